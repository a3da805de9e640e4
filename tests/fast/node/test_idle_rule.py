"""When a sandbox is told, and when it is stopped."""

import pytest

from containers.node.sandboxes.idleness.rule import Act, Activity, decide
from containers.node.settings import NodeSettings

SETTINGS = NodeSettings(idle_minutes=60, notice_minutes=10)
NOW = 1_000_000.0


def after(minutes: float, *, told: float | None = None, cpu_s: float = 5.0, typed: float = 0.0) -> Act:
    seen = Activity(NOW - minutes * 60, 5.0, None if told is None else NOW - told * 60)
    return decide(seen, cpu_s=cpu_s, typed=typed, now=NOW, settings=SETTINGS)[1]


def test_in_its_order() -> None:
    assert after(49) is Act.NOTHING
    assert after(50) is Act.TELL
    assert after(59, told=9) is Act.NOTHING
    assert after(60, told=9.9) is Act.NOTHING
    assert after(60, told=10) is Act.STOP


def test_nobody_is_stopped_untold() -> None:
    assert after(100_000) is Act.TELL


@pytest.mark.parametrize("told", [None, 100])
def test_work_and_typing_count(told: float | None) -> None:
    assert after(1000, told=told, cpu_s=5.1) is Act.NOTHING
    assert after(1000, told=told, typed=NOW - 60) is Act.NOTHING
    assert after(1000, told=told, cpu_s=5.01, typed=NOW - 60 * 1001) in {Act.TELL, Act.STOP}


def test_what_was_told_is_forgotten_by_activity() -> None:
    seen = Activity(NOW - 3600, 5.0, NOW - 700)
    noted, _ = decide(seen, cpu_s=6.0, typed=0.0, now=NOW, settings=SETTINGS)
    assert noted == Activity(NOW, 6.0, None)


def test_counter_that_began_anew_counts_as_activity() -> None:
    assert after(1000, told=100, cpu_s=0.0) is Act.NOTHING


@pytest.mark.parametrize("note", [{}, {"at": "x"}, {"at": None}, {"at": 1, "cpu_s": "x"}])
def test_unreadable_note_counts_as_activity(note: dict[str, object]) -> None:
    assert Activity.read(note, NOW) == Activity(NOW)


def test_note_from_a_clock_that_was_ahead() -> None:
    assert Activity.read({"at": NOW + 10**6, "cpu_s": 1.0, "told": NOW + 10**6}, NOW) == Activity(NOW, 1.0, NOW)
