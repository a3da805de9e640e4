"""The stream of a job: where it stands, its log byte by byte, and the end last."""

from pathlib import Path
from typing import Any

import pytest

from allgo_hpc.models import JobEvent
from slurm import State
from tests.fast.web.conftest import MakePortal
from tests.fast.web.live import Stage, make_stage
from web.live import job_stream as streaming

OK = {"exit_code": 0, "signal": 0}
LONG = "".join(f"line {number}: é中🙂\n" for number in range(20_000))


@pytest.fixture(params=["sqlite", "postgresql"])
def stage(request: pytest.FixtureRequest, make_portal: MakePortal, monkeypatch: pytest.MonkeyPatch) -> Stage:
    return make_stage(make_portal(request.param), monkeypatch)


def _log(stage: Stage, number: int) -> Path:
    return stage.portal.world.services.layout.job_dir(stage.portal.job(number)) / "allgo.log"


def _to(stage: Stage, number: int, state: State, log: bytes = b"") -> Any:
    def step() -> bool:
        with _log(stage, number).open("ab") as file:
            file.write(log)
        stage.portal.slurm.say(stage.portal.job(number).uuid, state, **OK)
        return bool(stage.portal.world.sweep().changed)

    return step


def _states(lines: list[dict[str, Any]]) -> list[str]:
    return [line["state"] for line in lines if "state" in line]


def _text(lines: list[dict[str, Any]]) -> str:
    return "".join(line["logs"] for line in lines if "logs" in line)


def test_first_where_it_stands_then_its_log_then_the_ends(stage: Stage) -> None:
    number = stage.portal.submit()
    _log(stage, number).write_bytes(b"hello\n")
    stage.portal.end(number)
    lines = stage.job(number)
    assert [sorted(line) for line in lines] == [
        ["at", "reason", "state", "status"], ["logs", "offset"], ["logs", "offset"], ["eof"],
    ]  # fmt: skip
    assert (lines[0]["status"], lines[0]["state"]) == ("DONE", "done")
    assert lines[1:] == [{"logs": "hello\n", "offset": 6}, {"logs": "", "offset": 6}, {"eof": None}]
    assert stage.waited == []


def test_a_whole_life_in_order(stage: Stage) -> None:
    number = stage.portal.submit()
    steps = [
        _to(stage, number, State.PENDING), _to(stage, number, State.RUNNING, b"one\n"),
        _to(stage, number, State.COMPLETED, b"two\n"),
    ]  # fmt: skip
    lines = stage.job(number, *steps)
    assert _states(lines) == ["submitted", "pending", "running", "done"]
    assert [line["logs"] for line in lines if "logs" in line] == ["one\n", "two\n", ""]
    assert lines[-1] == {"eof": None}


def test_changes_between_two_looks_are_all_told(stage: Stage) -> None:
    number = stage.portal.submit()

    def both() -> bool:
        _to(stage, number, State.RUNNING)()
        return bool(_to(stage, number, State.COMPLETED)())

    assert _states(stage.job(number, both)) == ["submitted", "running", "done"]


def test_a_row_that_is_newer_than_its_events_is_told_once(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    number = stage.portal.submit()
    real = streaming.job_events

    def move_after(*given: Any) -> list[JobEvent]:
        events = list(real(*given))
        monkeypatch.setattr(streaming, "job_events", real)
        _to(stage, number, State.RUNNING)()
        return events

    monkeypatch.setattr(streaming, "job_events", move_after)
    assert _states(stage.job(number, lambda: True)) == ["submitted", "running"]


@pytest.mark.parametrize("offset", [0, 1, 9, 10, 11, 12, 13, 14, 65_536, 10**9])
def test_the_log_from_a_byte_on_is_exactly_the_rest(stage: Stage, offset: int) -> None:
    number = stage.portal.submit()
    raw = LONG.encode()
    _log(stage, number).write_bytes(raw)
    stage.portal.end(number)
    lines = stage.job(number, offset=offset)
    assert _text(lines) == raw[offset:].decode("utf-8", "replace")
    offsets = [line["offset"] for line in lines if "offset" in line]
    assert offsets == sorted(offsets)
    assert offsets[-1] == max(offset, len(raw))


@pytest.mark.parametrize("chunk", [4, 5, 7, 64])
def test_a_character_at_a_border_is_whole(stage: Stage, monkeypatch: pytest.MonkeyPatch, chunk: int) -> None:
    monkeypatch.setattr(streaming, "_CHUNK", chunk)
    number = stage.portal.submit()
    text = "aé中🙂" * 30
    _log(stage, number).write_bytes(text.encode())
    stage.portal.end(number)
    lines = stage.job(number)
    assert _text(lines) == text
    reached = 0
    for line in lines:
        if line.get("logs"):
            reached += len(line["logs"].encode())
            assert line["offset"] == reached


def test_half_a_character_waits_for_its_other_half(stage: Stage) -> None:
    number = stage.portal.submit()
    _log(stage, number).write_bytes(b"a\xf0\x9f")
    lines = stage.job(number, _to(stage, number, State.RUNNING, b"\x99\x82b"), lambda: False)
    assert [line["logs"] for line in lines if "logs" in line] == ["a", "🙂b"]


@pytest.mark.parametrize("raw", [b"\xff\xfe", b"\xe9", b"\xf0\x9f", b"a\xc3", b"\xed\xa0\x80", b"\0\x1b[31m\x85"])
def test_what_is_no_text_is_told_to_its_last_byte(stage: Stage, raw: bytes) -> None:
    number = stage.portal.submit()
    _log(stage, number).write_bytes(raw)
    stage.portal.end(number)
    lines = stage.job(number)
    assert _text(lines) == raw.decode("utf-8", "replace")
    assert lines[-2]["offset"] == len(raw)


def test_a_stream_that_was_cut_goes_on_with_exactly_the_rest(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streaming, "_CHUNK", 1000)
    number = stage.portal.submit()
    raw = LONG[:20_000].encode()
    _log(stage, number).write_bytes(raw)
    stage.portal.end(number)
    whole = stage.job(number)
    for cut in (line for line in whole if line.get("logs")):
        rest = stage.job(number, offset=cut["offset"])
        assert _text(rest) == raw[cut["offset"] :].decode()


def test_without_a_log_only_states(stage: Stage) -> None:
    number = stage.portal.submit()
    _log(stage, number).write_bytes(b"hello\n")
    lines = stage.job(number, _to(stage, number, State.COMPLETED), log=False)
    assert [min(line) for line in lines] == ["at", "at", "eof"]


def test_a_log_that_cannot_be_read_is_waited_for(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    number = stage.portal.submit()
    _log(stage, number).write_bytes(b"hello\n")
    stage.portal.end(number)
    real, fails = streaming.read_log, [1, 1]

    def stale(*given: Any) -> tuple[bytes, int]:
        if fails:
            fails.pop()
            raise OSError(116, "Stale file handle")
        return real(*given)

    monkeypatch.setattr(streaming, "read_log", stale)
    lines = stage.job(number, stage.passes(1), stage.passes(1), stage.passes(1))
    assert _text(lines) == "hello\n"
    assert lines[-1] == {"eof": None}
