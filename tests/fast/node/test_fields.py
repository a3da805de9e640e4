"""Arguments of verbs, whatever somebody made up."""

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from containers.node.errors import NodeError
from containers.node.protocol import fields
from containers.node.protocol.verbs import VERBS

NAMES: list[Any] = [
    *(
        "",
        "..",
        "../x",
        "/etc/passwd",
        "a/b",
        "a b",
        "a\nb",
        "a\n",
        "a\0b",
        "-rf",
        "Upper",
        "ümlaut",
        ".x",
        "1x",
        "a_b",
    ),
    *("a" * 33, "a" * 100_000, "a\u202e"),
    *(5, None, True, ["a"], {"name": "a"}, 1.5),
]


@pytest.mark.parametrize("verb", [verb for verb, what in VERBS.items() if "name" in what.arguments])
def test_names(verb: str) -> None:
    for name in NAMES:
        with pytest.raises(NodeError, match="name: must be 1 to 32") as refusal:
            fields.name("name", name)
        assert refusal.value.code == "bad_request"
    with pytest.raises(NodeError, match="no such argument"):
        fields.check_arguments(VERBS[verb].arguments, {"name": "../x", "more": 1})


@pytest.mark.parametrize("name", ["a", "a-b", "a1", "a" * 32, "a-"])
def test_good_names(name: str) -> None:
    assert fields.name("name", name) == name


@pytest.mark.parametrize(
    "value", ["", "../" + "a" * 61, "A" * 64, "a" * 63, "a" * 65, "a" * 64 + "\n", 5, None, ["a" * 64]]
)
def test_digests(value: object) -> None:
    with pytest.raises(NodeError, match="image: must be a SHA-256"):
        fields.sha256("image", value)


@pytest.mark.parametrize("value", [0, -1, 3601, 1e3, "5", True, None, 10**30, float("nan")])
def test_numbers(value: object) -> None:
    with pytest.raises(NodeError, match="seconds: must be a whole number from 1 to 3600"):
        fields.number(1, 3600)("seconds", value)


def test_arguments_must_be_exactly_those() -> None:
    known = VERBS["create"].arguments
    for given_, sentence in (
        ({}, "name: is missing"),
        ({"name": "a"}, "image: is missing"),
        ({"name": "a", "image": "a" * 64, "path": "/"}, "path: no such argument"),
        ({"name": "a", "image": "a" * 64, "\x1b" * 50: "/"}, "(unreadable): no such argument"),
        ([], "one JSON object"),
        (None, "one JSON object"),
    ):
        with pytest.raises(NodeError) as refusal:
            fields.check_arguments(known, given_)
        assert sentence in str(refusal.value)


def test_too_many_keys() -> None:
    with pytest.raises(NodeError, match="at most 200 keys"):
        fields.keys("keys", ["x"] * 201)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda part: st.lists(part) | st.dictionaries(st.text(), part),
    )
)
def test_anything_is_refused_or_taken(value: Any) -> None:
    for verb in VERBS.values():
        for arguments in (value, dict.fromkeys(verb.arguments, value)):
            assert _code(verb.arguments, arguments) in {"", "bad_request"}


def _code(known: Mapping[str, fields.Check], arguments: object) -> str:
    try:
        fields.check_arguments(known, arguments)
    except NodeError as refusal:
        return refusal.code
    return ""
