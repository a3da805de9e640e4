"""What app.toml says of an app is stored at each publish, also where the image is the same."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from allgo_hpc.models import App, Version
from allgo_hpc.publishing import publish as publishing
from tests.fast.domain.world import World

FIRST = """
name = "filter"
tags = ["image"]
[[preset]]
name = "Fast"
param = "-iter 2"
[[parameter]]
name = "Iterations"
type = "number"
option = "-iter"
default = 4
"""


def _publish(world: World, folder: Path, toml: str) -> Version:
    (folder / "app.toml").write_text(toml)
    return publishing.publish(world.session, world.services, world.app.owner, folder, say=lambda _: None)


def test_it_is_stored_and_replaced(world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def same_image(*_: Any, **__: Any) -> SimpleNamespace:
        image = world.services.layout.image("filter", "1" * 64)
        image.parent.mkdir(exist_ok=True)
        image.write_bytes(b"x")
        return SimpleNamespace(sha256="1" * 64, size=1)

    monkeypatch.setattr(publishing, "make_image", same_image)
    (tmp_path / "recipe.def").write_text("Bootstrap: localimage\n")
    first = _publish(world, tmp_path, FIRST)
    app = world.session.get_one(App, first.app_id)
    world.session.refresh(app)
    assert app.tags == ["image"]
    assert app.presets == [{"name": "Fast", "param": "-iter 2", "explanation": ""}]
    assert app.parameters is not None
    assert [(one["name"], one["option"], one["default"]) for one in app.parameters] == [("Iterations", "-iter", 4)]
    second = _publish(world, tmp_path, 'name = "filter"\ntags = ["sound"]\n')
    world.session.refresh(app)
    assert second.id == first.id
    assert (app.tags, app.presets, app.parameters) == (["sound"], [], [])
