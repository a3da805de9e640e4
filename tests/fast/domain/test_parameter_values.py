"""What is written of values is read back as the same values, whatever they are."""

import shlex
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, example, settings
from hypothesis import given as tried
from hypothesis import strategies as st

from allgo_hpc.errors import BadInput
from allgo_hpc.parameters.schema import check_parameters
from allgo_hpc.parameters.values import check_values, parse, render
from tests import hostile
from tests.fast.domain.parameter_cases import given, schemas

MOST = 64 * 1024
SCHEMA = check_parameters(
    [
        {"name": "Noise", "type": "number", "option": "-noise", "min": 0, "max": 100},
        {"name": "Rounds", "type": "number", "option": "--iter", "integer": True, "required": True},
        {"name": "Mode", "type": "choice", "option": "--mode", "choices": ["fast", "best one"]},
        {"name": "Verbose", "type": "flag", "option": "-v"},
        {"name": "Label", "type": "text", "option": "--label"},
        {"name": "Input", "type": "file"},
        {"name": "Rest", "type": "text"},
    ]
)


def _render(values: dict[str, Any], schema: list[dict[str, Any]] = SCHEMA) -> str:
    return render(schema, values, most_bytes=MOST)


def _parse(param: str, schema: list[dict[str, Any]] = SCHEMA) -> dict[str, Any]:
    return parse(schema, param, most_bytes=MOST)


@settings(
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large], deadline=None
)
@tried(st.data())
def test_what_is_written_is_read_back(data: st.DataObject) -> None:
    schema = data.draw(schemas())
    values = data.draw(given(schema))
    try:
        param = _render(values, schema)
    except BadInput as error:
        # The two refusals of values that are right by themselves, and no other.
        assert any(words in str(error) for words in ("would be read as an option", "must be given too"))  # noqa: PT017
        return
    assert _parse(param, schema) == check_values(schema, values)
    types = {name: type(value) for name, value in check_values(schema, values).items()}
    numbers = {one["name"] for one in schema if one["type"] == "number"}
    assert {n: t for n, t in types.items() if n not in numbers} == {
        name: type(value) for name, value in _parse(param, schema).items() if name not in numbers
    }


@settings(
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large], deadline=None
)
@tried(st.data())
def test_with_an_option_each_nothing_is_refused(data: st.DataObject) -> None:
    schema = data.draw(schemas())
    assume(all(one["option"] for one in schema))
    values = data.draw(given(schema))
    assert _parse(_render(values, schema), schema) == check_values(schema, values)


@settings(deadline=None)
@tried(
    st.lists(st.sampled_from(["-noise", "--iter", "--iter=3", "1", "-v", "--mode", "fast", "x", "", "--label=", "-"]))
)
@example(["--iter", "1", "--label=a=b"])
def test_what_is_read_can_be_written_and_read_again(words: list[str]) -> None:
    try:
        values = _parse(shlex.join(words))
    except BadInput:
        return
    try:
        again = _render(values)
    except BadInput as error:
        assert "must be given too" in str(error)  # noqa: PT017
        return
    assert _parse(again) == values


@pytest.mark.parametrize(
    ("values", "param"),
    [
        ({"Rounds": 5}, "--iter 5"),
        ({"Rest": "b c", "Input": "a.png", "Verbose": True, "Rounds": -1}, "--iter -1 -v a.png 'b c'"),
        ({"Noise": 0.5, "Rounds": 2, "Mode": "best one", "Verbose": False}, "-noise 0.5 --iter 2 --mode 'best one'"),
        ({"Rounds": 1, "Label": "it's $HOME"}, "--iter 1 --label 'it'\"'\"'s $HOME'"),
        ({"Rounds": 1, "Label": ""}, "--iter 1 --label ''"), ({"Rounds": 1, "Label": "-v"}, "--iter 1 --label -v"),
    ],
)  # fmt: skip
def test_as_it_is_written(values: dict[str, Any], param: str) -> None:
    assert _render(values) == param
    assert _parse(param) == {name: value for name, value in values.items() if value is not False}


def test_options_come_in_any_order_and_with_an_equals_sign() -> None:
    assert _parse("a.png -v --iter=+3 --label=a=b -noise 1e1") == {
        "Noise": 10.0, "Rounds": 3, "Verbose": True, "Label": "a=b", "Input": "a.png",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("values", "field", "part"),
    [
        ({}, "Rounds", "is needed"), ({"Rounds": 1, "Nosie": 1}, "Nosie", "did you mean 'Noise'"),
        ({"Rounds": 1.5}, "Rounds", "whole number"), ({"Rounds": "1"}, "Rounds", "whole number"),
        ({"Rounds": True}, "Rounds", "whole number"), ({"Rounds": 10**400}, "Rounds", "2^53"),
        ({"Rounds": 1, "Noise": 101}, "Noise", "at least 0 and at most 100"),
        ({"Rounds": 1, "Noise": float("nan")}, "Noise", "a number"),
        ({"Rounds": 1, "Mode": "slow"}, "Mode", "one of: fast, best one"), ({"Rounds": 1, "Mode": 1}, "Mode", "a text"),
        ({"Rounds": 1, "Verbose": "yes"}, "Verbose", "true or false"), ({"Rounds": 1, "Label": 5}, "Label", "a text"),
        ({"Rounds": 1, "Input": "../x"}, "Input", "folder separator"),
        ({"Rounds": 1, "Input": ""}, "Input", "file name"),
        ({"Rounds": 1, "Rest": "x"}, "Rest", "after 'Input'"),
        ({"Rounds": 1, "Input": "-v"}, "Input", "would be read as an option"),
        ({"Rounds": 1, "Input": "a", "Rest": "--label=x"}, "Rest", "would be read as an option"),
    ],
)  # fmt: skip
def test_a_wrong_value_is_named(values: dict[str, Any], field: str, part: str) -> None:
    with pytest.raises(BadInput) as caught:
        _render(values)
    assert caught.value.field == field
    assert part in str(caught.value)


@pytest.mark.parametrize(
    ("param", "field", "part"),
    [
        ("", "Rounds", "is needed"), ("--iter", "Rounds", "needs a value"), ("--iter x", "Rounds", "not a number"),
        ("--iter 1 --iter 2", "Rounds", "twice"), ("--iter 1 a b c", "param", "word 5: 'c'"),
        ("--iter 1 a b --lable", "param", "did you mean '--label'"), ("--iter 1.5", "Rounds", "whole"),
        ("--iter \u0661", "Rounds", "not a number"), ("--iter 1_0", "Rounds", "not a number"),
        ("--iter inf", "Rounds", "not a number"), ("--iter " + "9" * 70, "Rounds", "not a number"),
        ("--iter 99999999999999999", "Rounds", "2^53"), ("it's", "job[param]", "not closed"),
        ("--iter 1 --mode slow", "Mode", "one of"), ("--iter 1 a\nb", "job[param]", "U+000A"),
    ],
)  # fmt: skip
def test_what_is_nothing_of_the_schema_is_named(param: str, field: str, part: str) -> None:
    with pytest.raises(BadInput) as caught:
        _parse(param)
    assert caught.value.field == field
    assert part in str(caught.value)


@pytest.mark.parametrize("text", hostile.TEXTS, ids=ascii)
def test_any_text_comes_back_or_is_refused(text: str) -> None:
    try:
        param = _render({"Rounds": 1, "Label": text})
    except BadInput:
        assert any(character in text for character in "\n\r\0\a\x1b\x1f\x1e\x7f\x85\udcff")
        return
    assert _parse(param)["Label"] == text


def test_a_param_string_has_its_limit() -> None:
    with pytest.raises(BadInput, match="the limit is 20"):
        render(SCHEMA, {"Rounds": 1, "Label": "x" * 30}, most_bytes=20)
