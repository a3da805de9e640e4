"""The life of a job, as a table."""

import itertools

import pytest

from allgo_hpc.states import FINAL, MOVES, JobState, is_legal

ENDS = sorted(FINAL - {JobState.LOST})
V1 = {JobState.DONE: "done", JobState.TIMEOUT: "timeout"}


@pytest.mark.parametrize("state", JobState)
def test_the_table_knows_every_state(state: JobState) -> None:
    assert state in MOVES
    assert state not in MOVES[state]


@pytest.mark.parametrize("state", JobState)
def test_the_word_of_the_first_version(state: JobState) -> None:
    assert state.v1_status == ("in progress" if not state.is_final else V1.get(state, "error"))


@pytest.mark.parametrize(("old", "new"), list(itertools.product(ENDS, JobState)))
def test_an_ended_job_goes_nowhere(old: JobState, new: JobState) -> None:
    assert not is_legal(old, new)


@pytest.mark.parametrize("new", ENDS)
def test_a_lost_job_that_turns_up_becomes_what_it_is(new: JobState) -> None:
    assert is_legal(JobState.LOST, new)


@pytest.mark.parametrize(
    ("old", "new"), list(itertools.product([s for s in JobState if not s.is_final], sorted(FINAL)))
)
def test_every_unfinished_job_can_end_in_any_way(old: JobState, new: JobState) -> None:
    assert is_legal(old, new)


@pytest.mark.parametrize("old", [state for state in JobState if state is not JobState.CREATED])
def test_only_what_has_not_ended_becomes_created_again(old: JobState) -> None:
    assert is_legal(old, JobState.CREATED) is not old.is_final


def test_the_final_states_are_these() -> None:
    assert {state.value for state in FINAL} == {
        "done", "error", "timeout", "out_of_memory", "cancelled", "node_failure", "lost",
    }  # fmt: skip
