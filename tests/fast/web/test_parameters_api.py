"""Parameters over HTTP: rendered, parsed, from and to Boutiques, drafted, sent back as they were told."""

from typing import Any

import pytest

from allgo_hpc.parameters.schema import check_parameters
from tests.fast.web.conftest import MakePortal
from tests.fast.web.portal import Portal, assert_refused
from tests.fast.web.test_authoring import author

OWN = "/api/v1/apps/textstats"
TABLES = [
    {"name": "Rounds", "type": "number", "option": "--iter", "integer": True, "required": True, "max": 9},
    {"name": "Fast", "type": "flag", "option": "-f"},
    {"name": "Image", "type": "file"},
]


@pytest.fixture
def with_parameters(portal: Portal) -> Portal:
    portal.world.app.parameters = check_parameters(TABLES)
    portal.world.session.commit()
    return portal


def _send(portal: Portal, path: str, body: Any, method: str = "POST") -> Any:
    return portal.client.open(path, method=method, json=body, headers=author(portal))


def test_written_and_read_back(with_parameters: Portal) -> None:
    portal, values = with_parameters, {"Rounds": 3, "Fast": True, "Image": "a b.png"}
    told = portal.client.post(f"{OWN}/parameters/render", json={"values": values}).get_json()
    assert told == {"param": "--iter 3 -f 'a b.png'"}
    assert portal.client.post(f"{OWN}/parameters/parse", json=told).get_json() == {"values": values}


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("render", {"values": {}}, "Rounds"), ("render", {"values": {"Rounds": 10}}, "Rounds"),
        ("render", {}, "values"),
        ("render", {"values": []}, "values"), ("render", {"values": {"Rounds": 1}, "x": 1}, "x"),
        ("parse", {"param": "--itr 3"}, "param"), ("parse", {"param": 5}, "param"),
        ("parse", {"param": "it's"}, "job[param]"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named(with_parameters: Portal, path: str, body: Any, field: str) -> None:
    answer = with_parameters.client.post(f"{OWN}/parameters/{path}", json=body)
    assert_refused(answer, 400, code="bad_input", field=field)


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_what_is_told_can_be_sent_back(make_portal: MakePortal, kind: str) -> None:
    portal = make_portal(kind)
    assert _send(portal, OWN, {"parameters": TABLES, "presets": [{"name": "x"}]}, "PATCH").status_code == 200
    told = portal.client.get(OWN).get_json()
    answer = _send(portal, OWN, {key: told[key] for key in ("parameters", "presets", "tags", "title")}, "PATCH")
    assert answer.status_code == 200, answer.text
    assert answer.get_json()["parameters"] == told["parameters"] == check_parameters(TABLES)
    assert len(portal.get(f"{OWN}/history", headers=author(portal)).get_json()["changes"]) == 2


def test_a_descriptor_is_written_and_taken(with_parameters: Portal) -> None:
    portal = with_parameters
    descriptor = portal.client.get(f"{OWN}/boutiques").get_json()["descriptor"]
    assert (descriptor["name"], descriptor["tool-version"], len(descriptor["inputs"])) == ("textstats", "1", 3)
    portal.world.app.parameters = []
    portal.world.session.commit()
    assert_refused(portal.client.get(f"{OWN}/boutiques"), 409, code="conflict", field="app_name")
    sent = {"descriptor": descriptor | {"container-image": {"type": "docker", "image": "x"}}}
    told = _send(portal, f"{OWN}/boutiques", sent, "PUT").get_json()
    assert told == {
        "parameters": check_parameters(TABLES), "left_out": ["'container-image': has no counterpart here"],
    }  # fmt: skip
    assert portal.client.get(OWN).get_json()["parameters"] == check_parameters(TABLES)
    answer = _send(portal, f"{OWN}/boutiques", {"descriptor": {"name": "x"}}, "PUT")
    assert_refused(answer, 400, code="bad_input", field="descriptor")
    assert portal.client.put(f"{OWN}/boutiques", json=sent, headers=portal.auth).status_code == 404


def test_a_draft_is_stored_nowhere(portal: Portal) -> None:
    text = (
        "usage: x [-h] [-n N] image\n\npositional arguments:\n  image  what\n\noptions:\n  -n N  rounds (default: 4)\n"
    )
    made = _send(portal, "/api/v1/parameters/draft", {"help": text}).get_json()["parameters"]
    assert [(one["name"], one["type"], one["default"]) for one in made] == [("n", "number", 4), ("image", "text", None)]
    assert portal.client.get(OWN).get_json()["parameters"] == []
    assert _send(portal, OWN, {"parameters": made}, "PATCH").status_code == 200
    assert_refused(_send(portal, "/api/v1/parameters/draft", {"help": "x"}), 400, code="bad_input", field="help")
