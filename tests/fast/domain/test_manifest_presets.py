"""``tags`` and ``[[preset]]`` of an author's app.toml."""

from typing import Any

import pytest

from allgo_hpc.errors import BadInput
from allgo_hpc.publishing.manifest import AppManifest, check_manifest
from allgo_hpc.settings import Settings
from tests.hostile import CONTROLS

SETTINGS = Settings()


def _read(settings: Settings = SETTINGS, **table: Any) -> AppManifest:
    return check_manifest({"name": "app"} | table, settings)


def test_what_is_taken() -> None:
    made = _read(
        tags=["image", "é 中"],
        preset=[{"name": "Fast", "param": "-iter 2 'a b'"}, {"name": "Own", "explanation": "Why."}],
    )
    assert made.tags == ["image", "é 中"]
    assert made.presets == [
        {"name": "Fast", "param": "-iter 2 'a b'", "explanation": ""},
        {"name": "Own", "param": "", "explanation": "Why."},
    ]
    assert (_read().tags, _read().presets) == ([], [])


@pytest.mark.parametrize(
    ("table", "field", "part"),
    [
        ({"tags": "image"}, "tags", "must be a list"), ({"tags": [1]}, "tags", "a text"),
        ({"tags": [""]}, "tags", "1 to 32"),
        ({"tags": ["x" * 33]}, "tags", "33"), ({"tags": ["a", "a"]}, "tags", "the same"),
        ({"tags": ["a "]}, "tags", "space"),
        ({"tags": [str(n) for n in range(21)]}, "tags", "more than 20"),
        ({"preset": {"name": "x"}}, "preset", "must be a list"), ({"preset": ["x"]}, "preset", "begun with [[preset]]"),
        ({"preset": [{"name": str(n)} for n in range(51)]}, "preset", "more than 50"),
        ({"preset": [{"nmae": "x"}]}, "nmae", "did you mean 'name'"),
        ({"preset": [{"param": "x"}]}, "name", "1 to 100"),
        ({"preset": [{"name": "x" * 101}]}, "name", "101"), ({"preset": [{"name": "x"}] * 2}, "name", "the same"),
        ({"preset": [{"name": "x", "param": 5}]}, "param", "a text"),
        ({"preset": [{"name": "x", "param": "it's"}]}, "param", "'param' has a quote that is not closed"),
        ({"preset": [{"name": "x", "param": "a\nb"}]}, "param", "U+000A"),
        ({"preset": [{"name": "x", "param": "a\\"}]}, "param", "lone backslash"),
        ({"preset": [{"name": "x", "explanation": "x" * 1001}]}, "explanation", "1001"),
        ({"preset": [{"name": "x", "explanation": ["a"]}]}, "explanation", "a text"),
    ],
)  # fmt: skip
def test_what_may_not_be_is_named(table: dict[str, Any], field: str, part: str) -> None:
    with pytest.raises(BadInput) as caught:
        _read(**table)
    assert caught.value.field == field
    assert part in str(caught.value)


def test_a_preset_is_no_longer_than_a_job_may_have() -> None:
    settings = Settings(param_max_bytes=5)
    assert _read(settings, preset=[{"name": "x", "param": "é é"}]).presets
    with pytest.raises(BadInput, match="the limit is 5"):
        _read(settings, preset=[{"name": "x", "param": "123456"}])


@pytest.mark.parametrize("text", CONTROLS)
def test_nothing_invisible_gets_in(text: str) -> None:
    for table in (
        {"tags": [text]}, {"preset": [{"name": text}]}, {"preset": [{"name": "x", "explanation": text}]},
    ):  # fmt: skip
        with pytest.raises(BadInput):
            _read(**table)
