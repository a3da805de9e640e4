"""Tags: words to find an app by; pure."""

import unicodedata
from typing import Any

from allgo_hpc.errors import BadInput
from allgo_hpc.parameters.tables import check_text, check_unique

MOST_TAGS, LONGEST_TAG = 20, 32


def check_tags(tags: list[Any]) -> list[str]:
    """Return the tags in small letters and one way of writing (NFC), so that the same word is one tag.

    Raises:
        BadInput: one is no short text or is there twice, or there are too many.
    """
    if len(tags) > MOST_TAGS:
        raise BadInput(f"{len(tags)} 'tags' are more than {MOST_TAGS}", field="tags")
    found: list[str] = []
    for tag in tags:
        # Some letters become two when they are made small.
        check_text(tag, "tags", "a tag", least=1, most=LONGEST_TAG)
        made = check_text(unicodedata.normalize("NFC", tag.lower()), "tags", "a tag", least=1, most=LONGEST_TAG)
        check_unique(made, found, "tags", "a tag")
        found.append(made)
    return found
