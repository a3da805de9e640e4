"""GET /api/v1/apps/<name>: presets and parameters as the author wrote them, in the form that the document promises."""

import pytest

from allgo_hpc.parameters.presets import check_presets
from allgo_hpc.parameters.schema import check_parameters
from tests.fast.web.conftest import MakePortal
from tests.fast.web.portal import Portal

TABLES = [
    {"name": "a", "type": "number", "option": "-a", "min": 0.5, "max": 2, "default": 1, "help": "How much."},
    {"name": "b", "type": "choice", "choices": ["0", "é 中"], "default": "0"},
    {"name": "c", "type": "flag", "option": "-c", "default": True},
    {"name": "d", "type": "text", "required": True},
    {"name": "e", "type": "file"},
]


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_as_the_author_wrote_them(make_portal: MakePortal, kind: str) -> None:
    portal = make_portal(kind)
    app = portal.world.app
    app.tags = ["image"]
    app.presets = check_presets([{"name": "Fast", "param": "-a 1"}], param_max_bytes=100)
    app.parameters = check_parameters(TABLES)
    portal.world.session.commit()
    told = portal.client.get("/api/v1/apps/textstats").get_json()
    assert told["tags"] == ["image"]
    assert told["presets"] == [{"name": "Fast", "param": "-a 1", "explanation": ""}]
    assert told["parameters"] == check_parameters(TABLES)
    assert [one["default"] for one in told["parameters"]] == [1, "0", True, None, None]


def test_an_app_without_any(portal: Portal) -> None:
    told = portal.client.get("/api/v1/apps/textstats").get_json()
    assert (told["tags"], told["presets"], told["parameters"]) == ([], [], [])


def test_the_document_has_their_fields(portal: Portal) -> None:
    schemas = portal.client.get("/api/v1/openapi.json").get_json()["components"]["schemas"]
    (made,) = check_parameters([{"name": "n"}])
    assert set(schemas["Parameter"]["properties"]) == set(schemas["Parameter"]["required"]) == set(made)
    assert set(schemas["Preset"]["properties"]) == {"name", "param", "explanation"}
    assert schemas["AppAnswer"]["properties"]["parameters"]["items"] == {"$ref": "#/components/schemas/Parameter"}
