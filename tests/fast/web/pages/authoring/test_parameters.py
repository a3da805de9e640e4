"""The editors of presets and of the parameter schema."""

import json
from io import BytesIO
from typing import Any

import pytest

from tests.fast.web.pages.authoring.bench import Bench
from tests.hostile import TEXTS

NOISE = {"name": "Noise", "type": "number", "option": "-noise", "min": "0", "max": "100", "default": "5"}
MODEL = {"name": "Model", "type": "choice", "option": "--model", "choices": "small\r\nlarge\r\n", "default": "small"}
FAST = {"name": "Fast", "type": "flag", "option": "-f", "default": "1"}


def rows(*given: dict[str, str], do: str = "save", **more: str) -> dict[str, Any]:
    """The fields of a form with these rows."""
    fields = {f"row-{at}-{key}": value for at, row in enumerate(given) for key, value in row.items()}
    return fields | {"do": do} | more


def test_saved_rows_are_the_apps_schema(bench: Bench) -> None:
    assert "Stored" in bench.send("/parameters", rows(NOISE, MODEL, FAST))
    made = bench.app.parameters or []
    assert [one["name"] for one in made] == ["Noise", "Model", "Fast"]
    assert (made[0]["min"], made[0]["default"], made[1]["choices"]) == (0, 5, ["small", "large"])
    text = bench.page("/parameters")
    assert "-noise 5 --model small -f" in text
    assert 'id="value-0"' in text
    saved = json.dumps(made)
    # What the page shows is what it stores again.
    stored = [{"name": one["name"], "type": one["type"]} for one in made]
    assert [one["type"] for one in stored] == ["number", "choice", "flag"]
    bench.send("/parameters", rows(NOISE, MODEL, FAST))
    assert json.dumps(bench.app.parameters) == saved


@pytest.mark.parametrize(
    ("button", "order"),
    [("up-1", ["Model", "Noise", "Fast"]), ("down-1", ["Noise", "Fast", "Model"]), ("remove-0", ["Model", "Fast"]),
     ("up-0", ["Noise", "Model", "Fast"]), ("up-77", ["Noise", "Model", "Fast"]),
     ("add", ["Noise", "Model", "Fast", ""]),
     ("down-2", ["Noise", "Model", "Fast"]), ("no-such", ["Noise", "Model", "Fast"])],
)  # fmt: skip
def test_buttons_change_rows_and_store_nothing(bench: Bench, button: str, order: list[str]) -> None:
    text = bench.send("/parameters", rows(NOISE, MODEL, FAST, do=button), 200)
    for at, name in enumerate(order):
        assert f'name="row-{at}-name" type="text" value="{name}"' in text
    assert f'name="row-{len(order)}-name"' not in text
    assert "Not saved yet." in text
    assert not bench.app.parameters


def test_what_is_wrong_stands_beside_each_row(bench: Bench) -> None:
    wrong = NOISE | {"min": "many", "name": "N"}
    text = bench.send("/parameters", rows(wrong, MODEL, {"name": "", "type": "text"}), 400)
    assert "parameter 1: 'min' must be a number" in text
    assert "parameter 3: 'name' has 0 characters" in text
    assert text.count("is-wrong") == 2
    assert 'value="many"' in text
    assert not bench.app.parameters
    twice = bench.send("/parameters", rows(MODEL, MODEL), 400)
    assert "parameter 2: 'name' is the same" in twice


def test_the_preview_shows_what_was_tried(bench: Bench) -> None:
    tried = {"value[Noise]": "7", "shown[Noise]": "1", "value[Model]": "large", "shown[Model]": "1", "shown[Fast]": "1"}
    text = bench.send("/parameters", rows(NOISE, MODEL, FAST, do="preview", **tried), 200)
    assert "-noise 7 --model large</code>" in text
    high = bench.send("/parameters", rows(NOISE, do="preview", **{"value[Noise]": "700", "shown[Noise]": "1"}), 200)
    assert "'Noise' is 700" in high


def test_a_draft_from_help_is_rows_and_not_stored(bench: Bench) -> None:
    said = "usage: x [-h] [--rate RATE]\n\noptions:\n  -h, --help   show this\n  --rate RATE  how fast\n"
    text = bench.send("/parameters", rows(do="draft", help=said), 200)
    assert 'value="--rate"' in text
    assert not bench.app.parameters
    nothing = bench.send("/parameters", rows(NOISE, do="draft", help="hello"), 400)
    assert "no parameter was found" in nothing
    assert 'value="-noise"' in nothing


def test_boutiques_there_and_back(bench: Bench) -> None:
    assert bench.browser.get("/author/textstats/parameters/boutiques.json").status_code == 409
    bench.send("/parameters", rows(NOISE, MODEL, FAST))
    answer = bench.browser.get("/author/textstats/parameters/boutiques.json")
    assert "attachment" in answer.headers["Content-Disposition"]
    before = bench.app.parameters
    text = bench.send("/parameters", rows(do="boutiques", descriptor=answer.text), 200)
    assert 'value="-noise"' in text
    file = rows(do="boutiques") | {"file": (BytesIO(answer.data), "x.json")}
    assert 'value="-noise"' in bench.send("/parameters", file, 200)
    more = json.loads(answer.text) | {"container-image": {"type": "docker"}}
    assert "'container-image': has no counterpart" in bench.send(
        "/parameters", rows(do="boutiques", descriptor=json.dumps(more)), 200
    )
    assert bench.app.parameters == before


@pytest.mark.parametrize("text", ["", "{", "[]", "null", "[" * 10_000, '{"a": 1}'])
def test_a_descriptor_that_is_none(bench: Bench, text: str) -> None:
    answer = bench.browser.post("/author/textstats/parameters", rows(do="boutiques", descriptor=text))
    assert answer.status_code == 400
    assert 'role="alert"' in answer.text


def test_presets(bench: Bench) -> None:
    gentle = {"name": "gentle", "param": "-noise 5", "explanation": "For good <b>pictures</b>"}
    assert "Stored" in bench.send("/presets", rows(gentle))
    assert bench.app.presets == [gentle]
    assert "<b>" not in bench.browser.page("/author/textstats/parameters")
    text = bench.send("/presets", rows(gentle, gentle | {"name": "x", "param": "'open"}), 400)
    assert "preset 2:" in text
    assert bench.app.presets == [gentle]
    bench.send("/presets", {"do": "save"})
    assert bench.app.presets == []


def test_hostile_rows_are_texts_or_refused(bench: Bench) -> None:
    for text in TEXTS:
        sent = {key: text.encode("utf-8", "replace").decode() for key in ("name", "option", "default", "help")}
        for do, fine in (("preview", {200}), ("save", {303, 400})):
            answer = bench.browser.post("/author/textstats/parameters", rows(sent | {"type": "text"}, do=do))
            assert answer.status_code in fine, (text, answer.text)
    assert bench.browser.get("/author/textstats/parameters").status_code == 200
    odd = {"row-0-name": "a", "row-0-type": "<i>", "row-999-name": "b", "row-x-name": "c", "row-0-nosuch": "d"}
    assert "no type" in bench.send("/parameters", odd | {"do": "save"}, 400)
