"""``[[parameter]]`` of an author's app.toml: what is taken, and what is refused with its key."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from allgo_hpc.errors import BadInput
from allgo_hpc.parameters.schema import MOST_CHOICES, MOST_PARAMETERS, check_parameters
from allgo_hpc.publishing.manifest import check_manifest
from allgo_hpc.settings import Settings
from tests.hostile import CONTROLS

ALL = {"option": "", "default": None, "min": None, "max": None, "integer": None, "choices": None, "required": False}


def _one(**table: Any) -> dict[str, Any]:
    (made,) = check_parameters([{"name": "n"} | table])
    return made


def test_what_is_not_said() -> None:
    assert check_manifest({"name": "a"}, Settings()).parameters == []
    assert _one() == {"name": "n", "type": "text", "help": "", **ALL}


@pytest.mark.parametrize(
    ("table", "made"),
    [
        ({"type": "text", "default": "a b"}, {"default": "a b"}),
        ({"type": "text", "required": True, "default": ""}, {"required": True, "default": ""}),
        (
            {"type": "number", "min": 0, "max": 1.5, "default": 0.5},
            {"integer": False, "min": 0, "max": 1.5, "default": 0.5},
        ),
        ({"type": "number", "integer": True, "default": -3}, {"integer": True, "default": -3}),
        ({"type": "number", "min": 4, "max": 4}, {"integer": False, "min": 4, "max": 4}),
        (
            {"type": "choice", "choices": ["a", "é 中"], "default": "é 中"},
            {"choices": ["a", "é 中"], "default": "é 中"},
        ),
        ({"type": "flag", "option": "--fast", "default": True}, {"option": "--fast", "default": True}),
        ({"type": "file", "option": "-mask"}, {"option": "-mask"}),
        ({"option": "-2dt"}, {"option": "-2dt"}),
        ({"option": "key", "help": "Why."}, {"option": "key", "help": "Why."}),
    ],
)
def test_each_type(table: dict[str, Any], made: dict[str, Any]) -> None:
    assert _one(**table) == {"name": "n", "type": table.get("type", "text"), "help": "", **ALL, **made}


@pytest.mark.parametrize(
    ("table", "field", "part"),
    [
        ({"nmae": "x"}, "nmae", "did you mean 'name'"), ({"defualt": 1}, "defualt", "did you mean 'default'"),
        ({"name": ""}, "name", "1 to 64"), ({"name": "x" * 65}, "name", "65 characters"),
        ({"name": 5}, "name", "a text"),
        ({"name": " n"}, "name", "space"), ({"name": "a\nb"}, "name", "U+000A"),
        ({"type": "nubmer"}, "type", "did you mean 'number'"), ({"type": ["text"]}, "type", "a text"),
        ({"option": "-no ise"}, "option", "one word"), ({"option": "-"}, "option", "one word"),
        ({"option": "---x"}, "option", "one word"), ({"option": "-x" * 50}, "option", "one word"),
        ({"option": "-a'b"}, "option", "one word"), ({"option": "-x\n"}, "option", "one word"),
        ({"type": "flag"}, "option", "needs an 'option'"),
        ({"type": "flag", "option": "-f", "required": True}, "required", "cannot be required"),
        ({"type": "flag", "option": "-f", "default": 1}, "default", "true or false"),
        ({"type": "file", "default": "a.txt"}, "default", "no 'default'"),
        ({"min": 1}, "min", "for the type number"), ({"type": "choice", "max": 1}, "max", "for the type number"),
        ({"integer": True}, "integer", "for the type number"), ({"choices": ["a"]}, "choices", "for the type choice"),
        ({"type": "number", "choices": ["a"]}, "choices", "for the type choice"),
        ({"type": "choice"}, "choices", "1 to 100"), ({"type": "choice", "choices": []}, "choices", "1 to 100"),
        ({"type": "choice", "choices": [1, 2]}, "choices", "must be a text"),
        ({"type": "choice", "choices": ["a", "a"]}, "choices", "the same"),
        ({"type": "choice", "choices": [""]}, "choices", "1 to 200"),
        ({"type": "choice", "choices": ["x" * 201]}, "choices", "201"),
        ({"type": "choice", "choices": [str(n) for n in range(MOST_CHOICES + 1)]}, "choices", "1 to 100"),
        ({"type": "choice", "choices": ["0", "1"], "default": 0}, "default", "one of the choices: 0, 1"),
        ({"type": "choice", "choices": ["a"], "default": ["a"]}, "default", "one of the choices"),
        ({"type": "number", "min": "1"}, "min", "a number"), ({"type": "number", "min": True}, "min", "a number"),
        ({"type": "number", "min": 2, "max": 1}, "min", "above 'max'"),
        ({"type": "number", "max": float("inf")}, "max", "2^53"),
        ({"type": "number", "max": float("nan")}, "max", "2^53"), ({"type": "number", "max": 10**400}, "max", "2^53"),
        ({"type": "number", "min": -(2**53) - 1}, "min", "2^53"),
        ({"type": "number", "integer": True, "min": 0.5}, "min", "whole"),
        ({"type": "number", "integer": True, "default": 1.0}, "default", "whole"),
        ({"type": "number", "integer": 1}, "integer", "true or false"),
        ({"type": "number", "default": "1"}, "default", "a number"),
        ({"type": "number", "default": True}, "default", "a number"),
        ({"type": "number", "min": 1, "default": 0}, "default", "not between"),
        ({"type": "number", "max": 1, "default": 2}, "default", "not between"),
        ({"default": 5}, "default", "a text"), ({"default": "x" * 201}, "default", "201"),
        ({"default": "a\tb"}, "default", "U+0009"),
        ({"required": "yes"}, "required", "true or false"), ({"help": "x" * 1001}, "help", "1001"),
        ({"help": "a\x1bb"}, "help", "U+001B"),
    ],
)  # fmt: skip
def test_what_may_not_be_is_named(table: dict[str, Any], field: str, part: str) -> None:
    with pytest.raises(BadInput) as caught:
        check_manifest({"name": "app", "parameter": [{"name": "n"} | table]}, Settings())
    assert caught.value.field == field
    assert part in str(caught.value)
    assert "app.toml: parameter 1" in str(caught.value)


@pytest.mark.parametrize("text", CONTROLS)
def test_nothing_invisible_gets_in(text: str) -> None:
    for table in (
        {"name": text},
        {"help": text},
        {"default": text},
        {"type": "choice", "choices": [text]},
        {"option": text},
    ):
        with pytest.raises(BadInput):
            _one(**table)


@pytest.mark.parametrize("option", ["-noise", "-2dt", "-rf", "-c", "--help", "--a-b", "key", "a.b", "-x_1", "-x+"])
def test_options_that_programs_have(option: str) -> None:
    assert _one(option=option)["option"] == option


@pytest.mark.parametrize(
    "option",
    [
        "-", "--", "---x", "--wrap=id", "-a b", " -a", "it's", "$HOME", "`id`", "a;b", "a\\", "*", "~", "-é", "../x",
        "/x", "x" * 66,
    ],
)  # fmt: skip
def test_an_option_is_one_plain_word(option: str) -> None:
    with pytest.raises(BadInput, match="one word"):
        _one(option=option)


def test_names_and_options_are_unique_and_the_second_is_named() -> None:
    with pytest.raises(BadInput, match=r"parameter 2.*'name' is the same"):
        check_parameters([{"name": "n"}, {"name": "n"}])
    with pytest.raises(BadInput, match=r"parameter 2.*'option' is the same"):
        check_parameters([{"name": "a", "option": "-x"}, {"name": "b", "option": "-x"}])
    assert len(check_parameters([{"name": "a"}, {"name": "b"}])) == 2


def test_too_many_and_none_at_all() -> None:
    many = [{"name": str(number)} for number in range(MOST_PARAMETERS)]
    assert len(check_parameters(many)) == MOST_PARAMETERS
    with pytest.raises(BadInput, match="more than 50"):
        check_parameters([*many, {"name": "one more"}])
    for tables in ([1], ["n"], [["n"]]):
        with pytest.raises(BadInput, match=r"begun with \[\[parameter\]\]"):
            check_parameters(tables)


_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3),
)
_KEYS = st.sampled_from(["name", "type", "option", "default", "min", "max", "integer", "choices", "required", "help"])


@given(st.dictionaries(_KEYS, _VALUES | st.sampled_from(["number", "choice", "flag", "file"])))
def test_whatever_is_written_is_taken_or_refused(table: dict[str, Any]) -> None:
    try:
        made = check_parameters([table])
    except BadInput:
        return
    assert set(made[0]) == {"name", "type", "help", *ALL}
    assert json.loads(json.dumps(made, allow_nan=False)) == made, "any database keeps it"
