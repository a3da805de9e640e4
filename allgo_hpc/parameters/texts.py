"""Values of typed parameters as the fields of a form hold them: texts, empty where nothing is given; pure."""

from collections.abc import Mapping, Sequence

from allgo_hpc.parameters.values import Parameter, Values, read_word


def from_texts(parameters: Sequence[Parameter], texts: Mapping[str, str]) -> Values:
    """Return the values that the fields give; an empty field gives none, a flag's gives true.

    Raises:
        BadInput: naming the parameter that is to be a number and is none.
    """
    found: Values = {}
    for one in parameters:
        text = texts.get(one["name"], "")
        if text:
            found[one["name"]] = read_word(one, True if one["type"] == "flag" else text)  # its value
    return found


def to_texts(values: Mapping[str, object]) -> dict[str, str]:
    """Return what the fields hold for these values."""
    return {
        name: ("1" if value else "") if isinstance(value, bool) else str(value)
        for name, value in values.items()
        if value is not None
    }


def defaults(parameters: Sequence[Parameter]) -> dict[str, object]:
    """Return the values that the author gave as defaults."""
    return {one["name"]: one["default"] for one in parameters if one["default"] is not None}
