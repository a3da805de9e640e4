"""Descriptors: what is written is read back as the same parameters; what has no counterpart is named."""

import copy
import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from allgo_hpc.errors import BadInput
from allgo_hpc.parameters.boutiques.read import read_descriptor
from allgo_hpc.parameters.boutiques.rules import check_descriptor
from allgo_hpc.parameters.boutiques.write import write_descriptor
from allgo_hpc.parameters.schema import check_parameters
from tests.fast.domain.parameter_cases import schemas

GOOD: dict[str, Any] = {
    "name": "tool", "description": "A tool.", "tool-version": "1.0", "schema-version": "0.5",
    "command-line": "tool [IN] [NOISE] [FAST]",
    "inputs": [
        {"id": "noise", "name": "Noise", "type": "Number", "value-key": "[NOISE]", "command-line-flag": "-n",
         "minimum": 0, "maximum": 10, "integer": True, "optional": True, "default-value": 3,
         "description": "How much\nof it."},
        {"id": "fast", "name": "Fast", "type": "Flag", "value-key": "[FAST]", "command-line-flag": "--fast"},
        {"id": "in", "name": "Input", "type": "File", "value-key": "[IN]"},
    ],
}  # fmt: skip


def test_in_the_order_of_the_command_line() -> None:
    made, left_out = read_descriptor(GOOD)
    assert [(one["name"], one["type"], one["option"], one["required"]) for one in made] == [
        ("Input", "file", "", True), ("Noise", "number", "-n", False), ("Fast", "flag", "--fast", False),
    ]  # fmt: skip
    noise = made[1]
    assert (noise["min"], noise["max"], noise["integer"], noise["default"]) == (0, 10, True, 3)
    assert noise["help"] == "How much of it."
    assert left_out == []


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(schemas())
def test_what_is_written_is_read_back(parameters: list[dict[str, Any]]) -> None:
    descriptor = json.loads(json.dumps(write_descriptor("tool", "", "3", parameters)))
    if not parameters:
        with pytest.raises(BadInput, match="'inputs' is empty"):
            read_descriptor(descriptor)
        return
    assert read_descriptor(descriptor) == (parameters, [])


def _changed(path: str, value: Any) -> dict[str, Any]:
    made = copy.deepcopy(GOOD)
    place: Any = made
    *way, last = path.split("/")
    for step in way:
        place = place[int(step) if step.isdigit() else step]
    if value is ...:
        del place[last]
    else:
        place[last] = value
    return made


@pytest.mark.parametrize(
    ("path", "value", "part"),
    [
        ("name", ..., "'name' is missing"), ("inputs", ..., "'inputs' is missing"), ("inputs", [], "'inputs' is empty"),
        ("inputs", {}, "must be a list"), ("inputs", [5], "input 1: it must be an object"),
        ("name", 5, "must be a text"),
        ("schema-version", "0.4", "must be '0.5'"), ("description", "", "'description' is empty"),
        ("inputs/0/id", ..., "input 1: 'id' is missing"), ("inputs/0/id", "a-b", "'id' must be letters"),
        ("inputs/0/id", "fast", "is there twice"), ("inputs/0/type", "Integer", "must be one of String"),
        ("inputs/0/minimun", 1, "no 'minimun'"), ("inputs/0/minimum", "1", "must be a number"),
        ("inputs/0/minimum", True, "must be a number"), ("inputs/1/minimum", 1, "for Number only"),
        ("inputs/1/integer", True, "for Number only"), ("inputs/1/command-line-flag", ..., "a Flag has"),
        ("inputs/1/value-choices", ["a"], "for String and Number only"), ("inputs/1/list", True, "is no list"),
        ("inputs/0/list-separator", ",", "needs 'list'"), ("inputs/2/uses-absolute-path", 1, "true or false"),
        ("inputs/2/exclusive-minimum", True, "needs 'minimum'"), ("inputs/0/name", "a\nb", "U+000A"),
        ("inputs/0/command-line-flag", "-n x", "one word"), ("inputs/0/minimum", 11, "above 'max'"),
        ("inputs/0/default-value", "x", "must be a number"), ("inputs/0/name", "", "'name' not empty"),
        ("inputs/2/name", "Noise", "the same"),
    ],
)  # fmt: skip
def test_what_is_no_descriptor_is_named(path: str, value: Any, part: str) -> None:
    with pytest.raises(BadInput) as caught:
        read_descriptor(_changed(path, value))
    assert caught.value.field == "descriptor"
    assert part in str(caught.value)


@pytest.mark.parametrize(
    ("path", "value", "part"),
    [
        ("container-image", {"type": "docker", "image": "x"}, "'container-image'"),
        ("output-files", [], "'output-files'"),
        ("command-line", "tool convert [IN] [NOISE] -x [FAST]", "'convert -x' is left out"),
        ("command-line", "tool [IN] [FAST]", "input 'noise': its value-key is not in the command line"),
        ("inputs/2/list", True, "input 'in': 'list'"), ("inputs/0/exclusive-minimum", True, "'exclusive-minimum'"),
        ("inputs/0/command-line-flag-separator", "=", "two words"), ("inputs/0/value-choices", [1, 2], "numbers"),
        ("inputs/2/default-value", "a.txt", "no default"), ("inputs/1/disables-inputs", ["in"], "'disables-inputs'"),
        ("inputs/0/description", "x" * 1200, "was cut"), ("inputs/2/value-key", "", "input 'in': its value-key"),
    ],
)  # fmt: skip
def test_what_has_no_counterpart_is_named(path: str, value: Any, part: str) -> None:
    made, left_out = read_descriptor(_changed(path, value))
    assert made
    # What no input takes is left over in the command line as well.
    assert len(left_out) == 1 + (path == "inputs/2/value-key")
    assert part in left_out[0]


def test_a_string_of_choices_is_a_choice() -> None:
    one = {"id": "mode", "name": "Mode", "type": "String", "value-key": "[IN]", "value-choices": ["a", "b"]}
    (made,), _ = read_descriptor(_changed("inputs", [one]))
    assert (made["type"], made["choices"]) == ("choice", ["a", "b"])


def test_names_that_look_alike_get_ids_of_their_own() -> None:
    parameters = check_parameters([{"name": name} for name in ("A b", "a-B", "a b", "é", "中")])
    descriptor = write_descriptor("tool", "x", "1", parameters)
    assert [one["id"] for one in descriptor["inputs"]] == ["a_b", "a_b_2", "a_b_3", "input", "input_2"]
    assert len(check_descriptor(descriptor)) == 5


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
_PARTS = st.sampled_from(
    [
        "name", "inputs/0/type", "inputs/0/minimum", "inputs/0/default-value", "inputs/1/value-key", "inputs/2",
        "inputs/0/description", "inputs/0/value-choices", "command-line", "inputs/0/id",
    ]
)  # fmt: skip


@given(_PARTS, _JSON)
def test_whatever_is_sent_is_read_or_refused(path: str, value: Any) -> None:
    made = copy.deepcopy(GOOD)
    place: Any = made
    *way, last = path.split("/")
    for step in way:
        place = place[int(step) if step.isdigit() else step]
    place[int(last) if last.isdigit() else last] = value
    try:
        parameters, _ = read_descriptor(made)
    except BadInput:
        return
    json.dumps(parameters, allow_nan=False)
