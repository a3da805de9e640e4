"""Schemas and values of all kinds, made up for tests of what is written and read."""

import unicodedata
from typing import Any

from hypothesis import strategies as st

from allgo_hpc.errors import BadInput
from allgo_hpc.parameters.schema import check_parameters
from allgo_hpc.submitting.filenames import check_file_name

_PRINTABLE = st.characters(exclude_categories=("Cc", "Cs", "Cf", "Zl", "Zp", "Zs", "Co", "Cn"))
NAMES = st.text(_PRINTABLE, min_size=1, max_size=12)
OPTIONS = st.from_regex(r"-{0,2}[A-Za-z0-9][A-Za-z0-9._+-]{0,6}", fullmatch=True)
# What a param string may hold: everything but control characters and lone surrogates, and tabs.
TEXTS = st.text(st.characters(exclude_categories=("Cc", "Cs")) | st.just("\t"), max_size=20) | st.sampled_from(
    ["", " ", "it's", 'say "hi"', "$(id)", "a=b", "--x=1", "-i", "--", "\\", "#", "~", "é 中", "-5", "1e3"]
)
_NUMBERS = st.integers(-(2**53), 2**53) | st.floats(-(2.0**53), 2.0**53)


def _file_name(text: str) -> bool:
    try:
        return check_file_name(text, field="f") == text
    except BadInput:
        return False


@st.composite
def one_parameter(draw: st.DrawFn) -> dict[str, Any]:
    kind = draw(st.sampled_from(["text", "number", "choice", "flag", "file"]))
    made: dict[str, Any] = {"name": draw(NAMES), "type": kind}
    if kind == "flag" or draw(st.booleans()):
        made["option"] = draw(OPTIONS)
    if kind == "choice":
        made["choices"] = draw(st.lists(NAMES, min_size=1, max_size=4, unique=True))
    if kind == "number":
        made["integer"] = draw(st.booleans())
        numbers = st.integers(-(2**53), 2**53) if made["integer"] else _NUMBERS
        low, high = sorted([draw(numbers), draw(numbers)])
        made |= {key: value for key, value in (("min", low), ("max", high)) if draw(st.booleans())}
    if kind != "flag":
        made["required"] = draw(st.booleans())
    if draw(st.booleans()):
        made["help"] = draw(NAMES)
    return made


@st.composite
def schemas(draw: st.DrawFn) -> list[dict[str, Any]]:
    tables = draw(st.lists(one_parameter(), max_size=6, unique_by=lambda one: one["name"]))
    taken: set[str] = set()
    kept = []
    for table in tables:
        if table.get("option") in taken:
            continue
        taken.add(table.get("option", ""))
        taken.discard("")
        kept.append(table)
    return check_parameters(kept)


@st.composite
def given(draw: st.DrawFn, parameters: list[dict[str, Any]]) -> dict[str, Any]:
    """Values that a form could give: each right by itself."""
    values: dict[str, Any] = {}
    for one in parameters:
        if not (one["required"] or draw(st.booleans())):
            continue
        values[one["name"]] = draw(_value(one))
    return values


def _value(one: dict[str, Any]) -> st.SearchStrategy[Any]:
    match one["type"]:
        case "flag":
            return st.booleans()
        case "choice":
            return st.sampled_from(one["choices"])
        case "file":
            return st.text(max_size=10).map(lambda text: unicodedata.normalize("NFC", text)).filter(_file_name)
        case "number":
            low = one["min"] if one["min"] is not None else -(2**53)
            high = one["max"] if one["max"] is not None else 2**53
            return st.integers(int(low), int(high)) if one["integer"] else st.floats(low, high)
    return TEXTS
