"""The draft itself. An author looks at it and changes it: what cannot be read is left out. Pure."""

from typing import Any

from allgo_hpc.errors import BadInput
from allgo_hpc.parameters.drafting.lines import read_entries
from allgo_hpc.parameters.drafting.tables import table_of
from allgo_hpc.parameters.schema import LONGEST_HELP, LONGEST_NAME, MOST_CHOICES, MOST_PARAMETERS, check_parameters

LONGEST_TEXT = 200_000
FIELD = "help"


def draft_parameters(text: str) -> list[dict[str, Any]]:
    """Return the parameters that a help text of argparse or click tells of; those without an option come last.

    Raises:
        BadInput: the text is too long, or nothing in it can be read.
    """
    if len(text) > LONGEST_TEXT:
        raise BadInput(f"'{FIELD}' has {len(text)} characters; the limit is {LONGEST_TEXT}", field=FIELD)
    made: list[dict[str, Any]] = []
    for entry in read_entries(text):
        table = table_of(entry)
        sound = _sound(table) if table is not None else None
        if sound is not None and _is_new(sound, made):
            made.append(sound)
    if not made:
        raise BadInput(f"'{FIELD}': no parameter was found (argparse's and click's texts are read)", field=FIELD)
    # An app's files stand at the end of a line, as people write it.
    return sorted(made, key=lambda one: not one["option"])[:MOST_PARAMETERS]


def _is_new(table: dict[str, Any], made: list[dict[str, Any]]) -> bool:
    same_option = table["option"] and any(one["option"] == table["option"] for one in made)
    return not same_option and all(one["name"] != table["name"] for one in made)


def _sound(table: dict[str, Any]) -> dict[str, Any] | None:
    """Return the parameter: as it was read, else without default and limits, else None."""
    texts = {"name": _one_line(table["name"], LONGEST_NAME), "help": _one_line(table["help"], LONGEST_HELP)}
    made = table | texts
    if "choices" in made:
        made["choices"] = list(dict.fromkeys(each for each in made["choices"] if each))[:MOST_CHOICES]
    bare = {key: value for key, value in made.items() if key not in {"default", "min", "max"}}
    for each in (made, bare):
        try:
            return check_parameters([each])[0]
        except BadInput:
            continue
    return None


def _one_line(text: str, most: int) -> str:
    return " ".join("".join(each if each.isprintable() else " " for each in text).split())[:most].strip()
