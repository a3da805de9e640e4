"""What nobody fetched does not fill the build node's disk for ever."""

import json
import os
import time
from pathlib import Path

from containers.node import processes
from containers.node.commits.old import forget_old
from containers.node.settings import NodeSettings

DAYS = 24 * 3600.0


def _made(root: Path, name: str, *, alive: bool = False) -> Path:
    folder = root / "commits" / "app" / name
    folder.mkdir(parents=True)
    pid = os.getpid() if alive else 2**30
    (folder / "state.json").write_text(json.dumps({"pid": pid, "started": processes.start_time(os.getpid())}))
    return folder


def test_what_is_old_goes_and_nothing_else(tmp_path: Path) -> None:
    settings = NodeSettings(root=tmp_path, run=tmp_path / "run")
    old, running = _made(tmp_path, "old"), _made(tmp_path, "running", alive=True)
    image = tmp_path / "built" / "app" / f"{'0' * 64}.sif"
    image.parent.mkdir(parents=True)
    image.write_bytes(b"x")
    assert forget_old(settings, now=time.time() + 1 * DAYS) == []
    assert sorted(forget_old(settings, now=time.time() + 3 * DAYS)) == [image.name, "old"]
    assert (old.exists(), running.exists(), image.exists()) == (False, True, False)


def test_without_anything_it_is_no_error(tmp_path: Path) -> None:
    assert forget_old(NodeSettings(root=tmp_path / "none", run=tmp_path)) == []
