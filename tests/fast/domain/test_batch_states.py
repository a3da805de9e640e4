"""Where a batch stands is a table of where its tasks stand."""

import re
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from allgo_hpc.languages.said import translate
from allgo_hpc.states import FINAL, JobState
from allgo_hpc.sweeping.batches import state_of_batch

C, S, P, R, F = (
    JobState.CREATED, JobState.SUBMITTED, JobState.PENDING, JobState.RUNNING, JobState.FINISHING,
)  # fmt: skip
D, E, T, M, X, N, L = (
    JobState.DONE, JobState.ERROR, JobState.TIMEOUT, JobState.OUT_OF_MEMORY, JobState.CANCELLED, JobState.NODE_FAILURE,
    JobState.LOST,
)  # fmt: skip
TABLE = [
    ([C], C), ([C, C], C), ([S], S), ([C, S], S), ([S, P], P), ([P, P], P), ([P, R], R), ([C, R], R), ([R, R], R),
    ([F], R), ([F, F], R), ([P, F], R), ([R, F], R),
    ([D, P], R), ([D, S], R), ([D, C], R), ([D, R], R), ([E, P], R), ([X, P], R), ([L, R], R), ([D, E, C], R),
    ([D], D), ([D, D, D], D),
    ([E], E), ([D, E], E), ([T], T), ([D, T], T), ([T, T], T), ([D, M], M), ([D, N], N), ([D, L], L), ([L, L], L),
    ([D, X], X), ([X, X], X),
    ([E, T], E), ([M, T], E), ([D, M, T], E), ([N, L], E), ([X, E], E), ([X, L, D], E),
]  # fmt: skip
states = st.lists(st.sampled_from(list(JobState)), min_size=1, max_size=8)


@pytest.mark.parametrize(
    ("tasks", "expected"), TABLE, ids=lambda told: "+".join(told) if isinstance(told, list) else ""
)
def test_the_table(tasks: list[JobState], expected: JobState) -> None:
    assert state_of_batch(Counter(tasks), cancel_asked=False)[0] is expected


@pytest.mark.parametrize(
    ("tasks", "expected"), [([X, E], X), ([X, X], X), ([E, E], E), ([D, D], D), ([D, X], X), ([T, E], X), ([X, R], R)]
)
def test_the_table_of_one_that_somebody_cancelled(tasks: list[JobState], expected: JobState) -> None:
    assert state_of_batch(Counter(tasks), cancel_asked=True)[0] is expected


@given(states, st.booleans())
def test_it_has_ended_when_all_have_and_is_done_when_all_are(tasks: list[JobState], cancel: bool) -> None:
    state, reason = state_of_batch(Counter(tasks), cancel_asked=cancel)
    assert state.is_final == (set(tasks) <= FINAL)
    assert (state is D) == (set(tasks) == {D})
    assert bool(reason) == (state.is_final and state is not D)


@given(states, st.booleans())
def test_neither_order_nor_counts_of_zero_matter(tasks: list[JobState], cancel: bool) -> None:
    plain = state_of_batch(Counter(tasks), cancel_asked=cancel)
    padded = dict.fromkeys(JobState, 0) | Counter(tasks)
    assert state_of_batch(padded, cancel_asked=cancel) == plain
    assert state_of_batch(Counter(reversed(tasks)), cancel_asked=cancel) == plain


@given(states)
def test_more_tasks_that_stand_alike_change_nothing(tasks: list[JobState]) -> None:
    assert (
        state_of_batch(Counter(tasks * 3), cancel_asked=False)[0]
        is state_of_batch(Counter(tasks), cancel_asked=False)[0]
    )


@given(st.lists(st.sampled_from(sorted(FINAL)), min_size=1, max_size=8))
def test_the_reason_counts_what_did_not_end_well(tasks: list[JobState]) -> None:
    failed = [state for state in tasks if state is not D]
    _, reason = state_of_batch(Counter(tasks), cancel_asked=False)
    if not failed:
        assert reason == ""
        return
    assert reason.startswith(f"{len(failed)} of {len(tasks)} tasks did not end well. ")
    told = [int(count) for count in re.findall(r": (\d+)\.", reason)]
    assert told == [count for _, count in sorted(Counter(failed).items())]
    assert "did not end" not in translate(reason, "fr")
    assert "Tasks" not in translate(reason, "fr")
