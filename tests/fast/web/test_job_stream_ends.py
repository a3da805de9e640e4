"""When the stream of a job says that it is there, and when it ends."""

from pathlib import Path
from typing import Any

import pytest

from tests.fast.web.conftest import MakePortal
from tests.fast.web.live import Stage, make_stage
from web.live.news import Said


@pytest.fixture(params=["sqlite", "postgresql"])
def stage(request: pytest.FixtureRequest, make_portal: MakePortal, monkeypatch: pytest.MonkeyPatch) -> Stage:
    return make_stage(make_portal(request.param), monkeypatch)


def _log(stage: Stage, number: int) -> Path:
    return stage.portal.world.services.layout.job_dir(stage.portal.job(number)) / "allgo.log"


def _states(lines: list[dict[str, Any]]) -> list[str]:
    return [line["state"] for line in lines if "state" in line]


def _text(lines: list[dict[str, Any]]) -> str:
    return "".join(line["logs"] for line in lines if "logs" in line)


def test_progress_is_told_when_it_changes(stage: Stage) -> None:
    number = stage.portal.submit()
    stage.said = [Said(number + 1, 0.9, "another job's"), Said(number, 0.5, "half")]

    def further() -> bool:
        stage.said = [Said(number, 0.6, "more")]
        return False

    lines = stage.job(number, lambda: False, further, lambda: False)
    assert [line for line in lines if "progress" in line] == [
        {"progress": 0.5, "message": "half"}, {"progress": 0.6, "message": "more"},
    ]  # fmt: skip


def test_a_silent_stream_says_that_it_is_there_every_ten_seconds(stage: Stage) -> None:
    lines = stage.job(stage.portal.submit(), *(stage.passes(5) for _ in range(6)))
    assert [line for line in lines if line == {}] == [{}] * 3


def test_wait_0_tells_what_is_known_and_ends(stage: Stage) -> None:
    number = stage.portal.submit()
    _log(stage, number).write_bytes(b"hello\n")
    lines = stage.job(number, wait=0)
    assert (_states(lines), _text(lines), lines[-1].get("eof", 0)) == (["submitted"], "hello\n", 0)
    assert stage.waited == []


@pytest.mark.parametrize("chatty", [True, False])
@pytest.mark.parametrize("how", ["revoked", "over", "closed"])
def test_a_token_that_is_withdrawn_ends_it(stage: Stage, how: str, *, chatty: bool) -> None:
    number = stage.portal.submit()

    def withdraw() -> bool:
        session, token = stage.portal.world.session, stage.token()
        if how == "revoked":
            session.delete(token)
        elif how == "over":
            token.expires_at = token.created_at
        else:
            stage.portal.world.user.active = False
        session.commit()
        return False

    def later() -> bool:
        stage.now += 4
        if chatty:
            with _log(stage, number).open("ab") as file:
                file.write(b"line\n")
        return False

    stage.job(number, withdraw, *[later] * 50)
    assert len(stage.steps) > 40, "it ended by itself, within seconds"


@pytest.mark.parametrize("how", ["signed out", "closed"])
def test_a_browsers_session_that_has_ended_ends_it(stage: Stage, how: str) -> None:
    number = stage.portal.submit()
    stage.by_session = True

    def end() -> bool:
        user = stage.portal.world.user
        if how == "closed":
            user.active = False
        else:
            user.session_key = "0" * 32
        stage.portal.world.session.commit()
        return False

    stage.job(number, end, *[stage.passes(4)] * 50)
    assert len(stage.steps) > 40, "it ended by itself, within seconds"
