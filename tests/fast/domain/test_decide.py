"""From the words of Slurm and of the job itself to where the job stands."""

import itertools
from datetime import UTC, datetime
from typing import Any

import pytest

from allgo_hpc.states import JobState
from allgo_hpc.sweeping.decide import choose_record, decide, decide_by_marker
from slurm import NOT_STARTED, Claim, Marker, Phase, State
from tests.fakes import record

START, END = datetime(2026, 1, 1, 12, tzinfo=UTC), datetime(2026, 1, 1, 13, tzinfo=UTC)


@pytest.mark.parametrize("code", NOT_STARTED)
def test_a_start_that_failed_says_why_also_where_no_marker_could_be_written(code: int) -> None:
    failed = record("u", State.FAILED, exit_code=code, signal=0)
    with_marker, without = decide(failed, marker(code, 0, NOT_STARTED[code])), decide(failed, None)
    assert with_marker is not None
    assert without is not None
    assert with_marker.reason == without.reason
    assert with_marker.reason.startswith("The app was not started, for on its node ")
    assert "something" not in with_marker.reason
    own = decide(failed, marker(code))
    assert own is not None
    assert own.reason == f"The app ended with exit code {code}."


def marker(exit_code: int = 0, signal: int = 0, problem: str = "") -> Marker:
    return Marker(
        exit_code=exit_code, signal=signal, slurm_job_id=1, started_at=START, finished_at=END, problem=problem
    )


MARKERS = [None, marker(), marker(3), marker(137, 9), marker(92, 0, "argv")]
ENDS = {
    State.CANCELLED: JobState.CANCELLED,
    State.TIMEOUT: JobState.TIMEOUT,
    State.DEADLINE: JobState.TIMEOUT,
    State.OUT_OF_MEMORY: JobState.OUT_OF_MEMORY,
    State.NODE_FAIL: JobState.NODE_FAILURE,
    State.BOOT_FAIL: JobState.NODE_FAILURE,
    State.PREEMPTED: JobState.ERROR,
    State.FAILED: JobState.ERROR,
}
ALL = list(itertools.product(State, MARKERS))


@pytest.mark.parametrize(("state", "left"), ALL)
def test_only_a_final_word_of_slurm_ends_a_job_that_it_knows(state: State, left: Marker | None) -> None:
    verdict = decide(record("u", state, exit_code=0, signal=0), left)
    ended = verdict is not None and verdict.state.is_final
    assert ended == (state.phase is Phase.FINAL)


@pytest.mark.parametrize(("state", "left"), [each for each in ALL if each[0].phase is Phase.UNKNOWN])
def test_a_word_that_says_nothing_moves_nothing(state: State, left: Marker | None) -> None:
    assert decide(record("u", state), left) is None


@pytest.mark.parametrize(("state", "left"), [each for each in ALL if each[0].phase in {Phase.PENDING, Phase.FINISHING}])
def test_waiting_and_cleaning_up(state: State, left: Marker | None) -> None:
    verdict = decide(record("u", state, reason="Priority"), left)
    assert verdict is not None
    assert verdict.state == (JobState.PENDING if state.phase is Phase.PENDING else JobState.FINISHING)


@pytest.mark.parametrize("state", [state for state in State if state.phase is Phase.RUNNING])
def test_a_running_job_with_a_marker_waits_for_slurms_word(state: State) -> None:
    running, finishing = decide(record("u", state), None), decide(record("u", state), marker(3))
    assert running is not None
    assert finishing is not None
    assert (running.state, finishing.state) == (JobState.RUNNING, JobState.FINISHING)


@pytest.mark.parametrize("left", MARKERS)
@pytest.mark.parametrize(("state", "expected"), ENDS.items())
def test_each_final_word(state: State, expected: JobState, left: Marker | None) -> None:
    verdict = decide(record("u", state, exit_code=1, signal=0), left)
    assert verdict is not None
    assert verdict.state == expected
    assert verdict.reason


@pytest.mark.parametrize(
    ("said", "left", "expected", "code"),
    [
        ({"exit_code": 0, "signal": 0}, marker(), JobState.DONE, 0),
        ({"exit_code": 0, "signal": 0}, None, JobState.DONE, 0),
        ({}, None, JobState.DONE, 0),
        ({"exit_code": 0, "signal": 0}, marker(3), JobState.ERROR, 3),
        ({"exit_code": 0, "signal": 0}, marker(137, 9), JobState.ERROR, 137),
        ({"exit_code": 3, "signal": 0}, None, JobState.ERROR, 3),
    ],
)
def test_completed_is_done_only_if_nobody_says_otherwise(
    said: dict[str, Any], left: Marker | None, expected: JobState, code: int
) -> None:
    verdict = decide(record("u", State.COMPLETED, **said), left)
    assert verdict is not None
    assert (verdict.state, verdict.exit_code) == (expected, code)


def test_out_of_memory_wins_over_exit_code_0() -> None:
    verdict = decide(record("u", State.OUT_OF_MEMORY, exit_code=0, signal=0), marker(0))
    assert verdict is not None
    assert (verdict.state, verdict.exit_code) == (JobState.OUT_OF_MEMORY, 0)


def test_the_verdict_carries_who_said_it_and_when() -> None:
    said = record("u", State.COMPLETED, job_id=9, exit_code=0, signal=0, source="accounting", started_at=END)
    verdict = decide(said, marker())
    assert verdict is not None
    assert (verdict.source, verdict.slurm_id, verdict.started_at, verdict.finished_at) == ("accounting", 9, START, END)


@pytest.mark.parametrize(
    ("left", "state", "part"),
    [
        (marker(), JobState.DONE, ""),
        (marker(3), JobState.ERROR, "exit code 3"),
        (marker(143, 15), JobState.ERROR, "signal 15"),
        (marker(92, 0, "argv"), JobState.ERROR, "not started, for on its node the words of its param string"),
    ],
)
def test_a_marker_alone(left: Marker, state: JobState, part: str) -> None:
    verdict = decide_by_marker(left)
    assert (verdict.state, verdict.source) == (state, "marker")
    assert part in verdict.reason


def _claim(slurm_id: int | None) -> Claim:
    return Claim(slurm_job_id=slurm_id, node="c1", started_at=START)


@pytest.mark.parametrize(
    ("slurm_id", "claim", "chosen"),
    [
        (None, None, 30),
        (20, None, 20),
        (99, None, 30),
        (30, _claim(20), 20),
        (30, _claim(10), 10),
        (20, _claim(99), 30),
        (20, _claim(None), 20),
        (20, _claim(0), 20),
    ],
)
def test_among_several_the_claim_then_the_row_then_the_newest(
    slurm_id: int | None, claim: Claim | None, chosen: int
) -> None:
    records = [record("u", job_id=number) for number in (20, 30, 10)]
    found = choose_record(records, slurm_id, claim)
    assert found is not None
    assert found.job_id == chosen


def test_none_of_none() -> None:
    assert choose_record([], 1, None) is None
