"""What the sample apps' app.toml says of their parameters is what their programs take."""

import subprocess
import tomllib
from pathlib import Path
from typing import Any

import pytest

from allgo_hpc.publishing.manifest import check_manifest
from allgo_hpc.settings import Settings
from tests.fast.containers.test_sample_logic import NAMES, SAMPLES, labels, options


def _parameters(app: str) -> list[dict[str, Any]]:
    return check_manifest(tomllib.loads((SAMPLES / app / "app.toml").read_text()), Settings()).parameters


def _values(parameter: dict[str, Any]) -> list[str]:
    """Its default and its limits, or all its choices: what a form may send at most."""
    if parameter["type"] == "choice":
        return list(parameter["choices"])
    assert parameter["type"] == "number"
    return [f"{parameter[key]:g}" for key in ("default", "min", "max")]


@pytest.mark.parametrize("app", NAMES)
def test_every_parameter_has_an_option_and_a_default_and_help(app: str) -> None:
    for parameter in _parameters(app):
        assert parameter["option"]
        assert parameter["default"] is not None
        assert parameter["help"]


def test_denoise_takes_what_is_offered_and_has_these_defaults() -> None:
    found = {one["option"].removeprefix("-"): one for one in _parameters("denoise")}
    assert set(found) == set(options.ALLOWED)
    for name, parameter in found.items():
        for value in _values(parameter):
            options.parse([f"-{name}", value])
        assert str(parameter["default"]) == str(getattr(options.Options(), name))
        if parameter["type"] == "number":
            for value in (parameter["min"] - 1, parameter["max"] + 1):
                with pytest.raises(options.UsageError):
                    options.parse([f"-{name}", str(value)])


def test_audioseg_takes_what_is_offered_and_has_these_defaults() -> None:
    found = {one["option"].removeprefix("-"): one for one in _parameters("audioseg")}
    assert set(found) == {"min", "silence"}
    for name, parameter in found.items():
        for value in _values(parameter):
            labels.parse([f"-{name}", value])
        assert parameter["default"] == getattr(labels.Options(), name)


def test_textstats_takes_what_is_offered(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(" ".join("x" * length for length in range(1, 21)))
    found = _parameters("textstats")
    assert {one["option"] for one in found} == {"-top", "-min"}
    outputs = []
    for words in [[], *([one["option"], value] for one in found for value in _values(one))]:
        argv = [SAMPLES / "textstats/textstats", "--input", "a.txt", "--output", "out", *words]
        done = subprocess.run(argv, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=20)
        assert (done.returncode, done.stderr) == (0, ""), words
        outputs.append((tmp_path / "out").read_text())
    assert outputs[1] == outputs[4] == outputs[0], "their defaults are what is taken where nothing is said"
