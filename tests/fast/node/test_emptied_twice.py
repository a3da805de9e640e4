"""Two helpers that empty the trash at the same time: the portal asks every minute, an administrator when he likes."""

import threading
import time
from pathlib import Path

import pytest

from containers.node.commits import old
from containers.node.locks import locked
from containers.node.sandboxes import trash
from containers.node.settings import NodeSettings


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> NodeSettings:
    monkeypatch.setattr(trash, "remove_account", lambda *_: None)
    return NodeSettings(root=tmp_path / "root", run=tmp_path / "run")


def test_what_another_helper_emptied_first(settings: NodeSettings, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = settings.root / "trash" / "t1"
    (folder / "1000").mkdir(parents=True)
    purged: list[list[str]] = []
    with locked(settings.run, "t1"):
        waiting = threading.Event()
        monkeypatch.setattr(time, "sleep", lambda seconds, sleep=time.sleep: (waiting.set(), sleep(seconds)))
        thread = threading.Thread(target=lambda: purged.append(trash.purge(settings)))
        thread.start()
        assert waiting.wait(30)
        (folder / "1000").rmdir()
        folder.rmdir()
    thread.join(30)
    assert purged == [[]]


def test_old_ones_are_named(settings: NodeSettings) -> None:
    for name, moment in (("t1", 1000), ("t1", 2000), ("t2", int(time.time()))):
        (settings.root / "trash" / name / str(moment)).mkdir(parents=True)
    assert trash.purge(settings) == ["t1"]
    assert [path.name for path in (settings.root / "trash").iterdir()] == ["t2"]


def test_a_commit_that_went_meanwhile(settings: NodeSettings, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = settings.root / "commits" / "t1" / "gone"
    folder.mkdir(parents=True)

    def read_and_lose(path: Path) -> dict[str, int]:
        path.parent.rmdir()
        return {}

    monkeypatch.setattr(old, "read_note", read_and_lose)
    assert old.forget_old(settings, now=time.time() + 10 * 86_400) == []
