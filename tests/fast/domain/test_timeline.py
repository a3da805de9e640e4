"""What a job has been through, step by step."""

from datetime import UTC, datetime, timedelta

from allgo_hpc.models import Job, JobEvent
from allgo_hpc.reading.timeline import timeline

AT = datetime(2026, 1, 2, 3, 0, 0, tzinfo=UTC)


def _at(seconds: float) -> datetime:
    return AT + timedelta(seconds=seconds)


def _events(*moves: tuple[str, str, float]) -> list[JobEvent]:
    return [JobEvent(old=old, new=new, at=_at(at), source="controller", detail="") for old, new, at in moves]


def test_each_state_lasted_until_the_next() -> None:
    job = Job(created_at=_at(0), started_at=_at(10), finished_at=_at(70))
    moves = ("", "created", 0.5), ("created", "pending", 2), ("pending", "running", 13), ("running", "done", 72)
    assert [(step.state, step.at, step.seconds) for step in timeline(job, _events(*moves))] == [
        ("created", _at(0), 2),
        ("pending", _at(2), 8),
        ("running", _at(10), 60),
        ("done", _at(70), None),
    ]


def test_a_requeue_shows_and_its_first_run_keeps_its_time() -> None:
    job = Job(created_at=_at(0), started_at=_at(50), finished_at=None)
    moves = (
        ("", "created", 0), ("created", "running", 10), ("running", "pending", 30), ("pending", "running", 52),
    )  # fmt: skip
    steps = timeline(job, _events(*moves))
    assert [(step.state, step.again) for step in steps] == [
        ("created", False), ("running", False), ("pending", True), ("running", False),
    ]  # fmt: skip
    assert [step.at for step in steps] == [_at(0), _at(10), _at(30), _at(50)]


def test_what_changed_no_state_stands_in_its_place() -> None:
    job = Job(created_at=_at(0), started_at=None, finished_at=None)
    events = _events(("", "created", 0), ("created", "created", 5), ("created", "pending", 9))
    events[1].detail = "Cancelling: it will not start any more."
    steps = timeline(job, events)
    assert [(step.state, step.said) for step in steps] == [
        ("created", ""), ("", "Cancelling: it will not start any more."), ("pending", ""),
    ]  # fmt: skip


def test_a_run_that_nobody_saw_is_told_all_the_same() -> None:
    job = Job(created_at=_at(0), started_at=_at(3), finished_at=_at(5))
    steps = timeline(job, _events(("", "created", 0), ("created", "submitted", 1), ("submitted", "done", 6)))
    assert [(step.state, step.seconds) for step in steps] == [
        ("created", 1), ("submitted", 2), ("running", 2), ("done", None),
    ]  # fmt: skip


def test_no_step_begins_after_the_next_though_clocks_differ() -> None:
    job = Job(created_at=_at(0), started_at=_at(500), finished_at=_at(60))
    steps = timeline(job, _events(("", "created", 0), ("created", "running", 10), ("running", "done", 61)))
    assert [step.at for step in steps] == [_at(0), _at(60), _at(60)]
    assert all(step.seconds is None or step.seconds >= 0 for step in steps)


def test_nothing_happened() -> None:
    assert timeline(Job(created_at=_at(0), started_at=None, finished_at=None), []) == []
