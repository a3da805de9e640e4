"""An author's text as one line, and what is left of it."""

import pytest

from web.look.plain import after_plain_line, plain_line


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("", ""),
        ("Counts *words*.", ""),
        ("Counts\nwords.\n\n## Files\n\n* a\n", "## Files\n\n* a"),
        ("Counts words, see [more](https://example.org).\n\nb", None),  # the line shows no link
        ("# Heading\n\nCounts words.", None),
        ("* a list\n", None),
        ("word " * 100, None),  # the line is cut
        ("<b>שלום</b>\x00\n\nb", "b"),
    ],
)
def test_what_the_line_shows_whole_is_not_said_twice(text: str, rest: str | None) -> None:
    assert after_plain_line(text, 220) == (text if rest is None else rest)
    assert len(plain_line(text, 220)) <= 222
