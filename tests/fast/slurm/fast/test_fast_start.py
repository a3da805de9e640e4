"""Where no helper is started, and why not, in words."""

import re
from pathlib import Path

import pytest

from slurm import CommandClient, FastClient
from slurm.fast import link as link_module
from slurm.fast import start as start_module
from slurm.fast.link import Link
from slurm.fast.start import Start, StartRefused, check_release, installed
from tests.fast.slurm.fast.conftest import Bench


def _why_not(bench: Bench, **more: str) -> str:
    client = bench.client(ready=False, **more)
    state = client.fast_path()
    assert not state.on
    assert client.submit(bench.spec) == 4711
    return state.said


def test_no_configuration(bench: Bench) -> None:
    start = bench.start()
    (bench.folder / "slurm.conf").unlink()
    state = Link(start).look()
    assert not state.on
    assert state.said == f"there is no {bench.folder}/slurm.conf that can be read"
    assert bench.log == []


def test_pyslurm_of_another_release(bench: Bench) -> None:
    assert _why_not(bench, release="24.11.5") == "pyslurm 26.5.0 is not built for Slurm 24.11.5"


def test_pyslurm_is_not_installed(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(start_module.importlib.util, "find_spec", lambda _: None)
    bench.start()
    client = FastClient(bench.commands())
    state = client.fast_path()
    assert (state.on, state.said) == (False, "pyslurm is not installed")
    assert client.submit(bench.spec) == 4711
    client.close()


def test_an_installed_one_is_known_without_loading_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "pyslurm").mkdir()
    (tmp_path / "pyslurm" / "__init__.py").write_text("raise SystemExit('loaded')")
    (tmp_path / "pyslurm-26.5.0.dist-info").mkdir()
    (tmp_path / "pyslurm-26.5.0.dist-info" / "METADATA").write_text("Name: pyslurm\nVersion: 26.5.0\n")
    monkeypatch.syspath_prepend(tmp_path)
    assert installed() == "26.5.0"


def test_one_that_ends_at_once_says_why(bench: Bench) -> None:
    said = _why_not(bench, before='sys.stderr.write("fatal: Unable to process\\nconfiguration file"); sys.exit(1)')
    assert said == "libslurm's process has ended: fatal: Unable to process configuration file"


def test_the_commands_are_not_there(bench: Bench, tmp_path: Path) -> None:
    bench.start()
    commands = CommandClient("nobody", bin_dir=tmp_path, slurm_conf=bench.folder / "slurm.conf")
    state = Link(Start(commands.env, commands.version, argv=["true"])).look()
    assert not state.on
    assert "sbatch cannot be started" in state.said


def test_a_program_that_cannot_be_started(bench: Bench) -> None:
    bench.start()
    commands = bench.commands()
    state = Link(Start(commands.env, commands.version, argv=["/nowhere/helper"])).look()
    assert state.said == "the helper cannot be started: No such file or directory"


@pytest.mark.parametrize(
    ("pyslurm", "slurm", "fits"),
    [
        ("26.5.0", "26.05.5", True),
        ("25.11.2", "25.11.0", True),
        ("25.11.2", "26.05.5", False),
        ("26.5.0", "26.11.0", False),
        ("unknown", "unknown", False),
        ("26", "26", False),
        ("", "26.05.5", False),
        ("26.5rc.1", "26.05.5", False),
    ],
)
def test_releases(pyslurm: str, slurm: str, *, fits: bool) -> None:
    if fits:
        check_release(pyslurm, slurm)
        return
    with pytest.raises(StartRefused, match=re.escape(f"pyslurm {pyslurm} is not built for Slurm {slurm}")):
        check_release(pyslurm, slurm)


def test_one_that_says_nothing(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(link_module, "START_S", 0.3)
    assert _why_not(bench, before="time.sleep(600)") == "libslurm was not loaded within 0.3 s"
