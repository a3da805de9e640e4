"""A mounted folder in the place of an image's file: used where the node has it or makes it, else the word stays."""

from dataclasses import replace
from pathlib import Path

import pytest

from slurm.spec import JobSpec, Mounted
from tests.fast.slurm.node import ENV, control_log, logged, run, start

IMAGE = "/images/app/0123.sif"
TELLS = ("bash", "-c", 'echo "$0"; ls -l /proc/$$/fd | grep -c mounts', IMAGE)


@pytest.fixture
def mounted(spec: JobSpec, tmp_path: Path) -> JobSpec:
    """A node with a helper, in whose place the folder ``mounts`` stands for the word."""
    helper = tmp_path / "helper"
    helper.write_text("#!/bin/sh\nexit 1\n")
    helper.chmod(0o755)
    place = Mounted(word=IMAGE, folder=tmp_path / "mounts/0123", helper=helper, arguments=("app/0123.sif",))
    return replace(spec, command=TELLS, mounted=place)


def _make(folder: Path) -> None:
    (folder / ".singularity.d").mkdir(parents=True)


def _sudo(tmp_path: Path, does: str) -> tuple[str, str]:
    """Stands in for sudo, which would ask for root."""
    sudo = tmp_path / "sudo"
    sudo.write_text(f'#!/bin/bash\nprintf "%s " "$@" > {tmp_path}/asked\n{does}\n')
    sudo.chmod(0o755)
    return "timeout 30 sudo -n", f"timeout 30 {sudo} -n"


def test_what_is_mounted_is_used_and_nobody_is_asked(mounted: JobSpec, tmp_path: Path) -> None:
    assert mounted.mounted is not None
    _make(mounted.mounted.folder)
    assert start(mounted, edit=_sudo(tmp_path, "exit 1")).wait(20) == 1, "grep finds no folder that is open"
    assert logged(mounted) == f"{mounted.mounted.folder}\n0\n"
    assert (control_log(mounted), (tmp_path / "asked").exists()) == ("", False)


def test_what_is_not_mounted_is_asked_for(mounted: JobSpec, tmp_path: Path) -> None:
    assert mounted.mounted is not None
    makes = f"mkdir -p {mounted.mounted.folder}/.singularity.d"
    start(mounted, edit=_sudo(tmp_path, makes)).wait(20)
    assert logged(mounted) == f"{mounted.mounted.folder}\n0\n"
    assert (tmp_path / "asked").read_text() == f"-n -- {mounted.mounted.helper} app/0123.sif "


@pytest.mark.parametrize("does", ["exit 1", "mkdir -p FOLDER", "touch FOLDER", "kill $$"])
def test_where_it_cannot_be_mounted_the_image_is_run(mounted: JobSpec, tmp_path: Path, does: str) -> None:
    assert mounted.mounted is not None
    mounted.mounted.folder.parent.mkdir()
    start(mounted, edit=_sudo(tmp_path, does.replace("FOLDER", str(mounted.mounted.folder)))).wait(20)
    assert logged(mounted) == f"{IMAGE}\n0\n"


def test_a_node_without_the_helper_runs_the_image(mounted: JobSpec) -> None:
    assert mounted.mounted is not None
    _make(mounted.mounted.folder)
    mounted.mounted.helper.unlink()
    run(mounted, env=ENV)
    assert logged(mounted) == f"{IMAGE}\n0\n"


@pytest.mark.parametrize(
    "change",
    [{"word": "/another.sif"}, {"folder": Path("relative")}, {"helper": Path("/a/../b")}, {"arguments": ("a\nb",)}],
)
def test_a_place_that_may_not_be_is_refused(mounted: JobSpec, change: dict[str, object]) -> None:
    assert mounted.mounted is not None
    with pytest.raises(ValueError, match=r"word|absolute|U\+000A"):
        replace(mounted, mounted=replace(mounted.mounted, **change))  # type: ignore[arg-type]
