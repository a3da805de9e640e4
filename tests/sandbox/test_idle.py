"""Idle sandboxes: told, then stopped, and nothing is lost. Time passes by setting the notes back.

The portal looks every minute, and may look between two lines of a test: what a look did is read from what it left.
"""

import json
import os
import time
from pathlib import Path
from typing import Any

from tests.sandbox.clients import Author, good, said, type_in, until

HOURS_8 = 8 * 3600
MINUTES_10 = 600


def note(name: str, **values: Any) -> None:
    """What the last look saw, changed."""
    path = Path(f"/run/allgo-node/sandboxes/{name}/activity.json")
    path.write_text(json.dumps({**json.loads(path.read_text()), **values}))
    for session in (path.parent / "sessions").iterdir():
        terminal = json.loads(session.read_text())["terminal"]
        if terminal:
            os.utime(terminal, (values["at"], values["at"]))


def was_told(name: str) -> None:
    path = Path(f"/run/allgo-node/sandboxes/{name}/activity.json")
    good("stop-idle")
    until(lambda: json.loads(path.read_text()).get("told"), "the sandbox to be told")


def is_stopped(name: str) -> None:
    good("stop-idle")
    until(lambda: good("status", name=name)["state"] == "stopped", "the sandbox to be stopped")


def settle(name: str) -> None:
    """Look until the start's own processor time has been counted."""

    def quiet() -> bool:
        path = Path(f"/run/allgo-node/sandboxes/{name}/activity.json")
        before = json.loads(path.read_text())["at"]
        good("stop-idle")
        return bool(json.loads(path.read_text())["at"] == before)

    until(quiet, "the sandbox to be quiet")


def test_told_then_stopped_and_nothing_lost(author: Author, own: str) -> None:
    with author.session(own, "-tt") as session:
        said(session, b"Stopped after 8 h")
        type_in(session, b"echo kept > /data/file; echo done-$((40+2))\n")
        said(session, b"done-42")
        settle(own)
        note(own, at=time.time() - HOURS_8 + MINUTES_10 - 1)
        was_told(own)
        said(session, b"in 10 min it will be stopped")
        assert own not in good("stop-idle")["stopped"]
        note(own, at=time.time() - HOURS_8 - 1, told=time.time() - MINUTES_10 - 1)
        is_stopped(own)
        assert session.wait(30) != 0
    assert good("status", name=own)["state"] == "stopped"
    assert author.good(own, "cat /data/file") == "kept\n"


def test_nobody_is_stopped_untold(author: Author, own: str) -> None:
    author.good(own, "true")
    settle(own)
    note(own, at=time.time() - 10 * HOURS_8)
    was_told(own)
    assert good("status", name=own)["state"] == "running"


def test_work_keeps_it(author: Author, own: str) -> None:
    author.good(own, "true")
    settle(own)
    note(own, at=time.time() - 10 * HOURS_8, told=time.time() - HOURS_8)
    author.good(own, "i=0; while [ $i -lt 300000 ]; do i=$((i+1)); done")
    found = good("stop-idle")
    assert own not in [*found["told"], *found["stopped"]]


def test_session_that_begins_keeps_it(author: Author, own: str) -> None:
    author.good(own, "true")
    settle(own)
    note(own, at=time.time() - 10 * HOURS_8, told=time.time() - HOURS_8)
    author.good(own, "true")
    assert own not in good("stop-idle")["stopped"]


def test_stopped_one_is_not_looked_at(own: str) -> None:
    found = good("stop-idle")
    assert own not in [*found["told"], *found["stopped"]]
