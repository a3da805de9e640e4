"""What a job specification refuses."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slurm.limits import LimitWarning
from slurm.spec import TASK_MARK, JobSpec
from slurm.text import quote, refuse_controls
from tests.hostile import CONTROLS, OPTIONS, QUOTING, TEXTS

GOOD: dict[str, Any] = {
    "name": "allgo-1",
    "comment": "a.B_c-1",
    "partition": "standard,batch",
    "time_limit_min": 1,
    "memory_mb": 1,
    "cpus": 1,
    "control_dir": Path("/c"),
    "work_dir": Path("/w"),
    "log_file": Path("/w/allgo.log"),
    "command": ("true", ""),
}
ARRAY: dict[str, Any] = {**GOOD, "tasks": 3, "work_dir": Path(f"/w/{TASK_MARK}"), "log_file": Path(f"/w/{TASK_MARK}/l")}
LABELS = [text for text in TEXTS if not (text.isascii() and text.replace("-", "").replace(".", "").isalnum())]


def test_good_values_pass() -> None:
    assert JobSpec(**GOOD).scratch_dir is None
    assert JobSpec(**{**GOOD, "scratch_dir": Path("/scratch/x")}).scratch_dir == Path("/scratch/x")


@pytest.mark.parametrize("field", ["name", "comment", "partition"])
@pytest.mark.parametrize("text", [text for text in LABELS if set(text) - set(".-")] + ["", "a b", "x" * 300, "é"])
def test_labels(field: str, text: str) -> None:
    with pytest.raises(ValueError, match="must be 1 to"):
        JobSpec(**{**GOOD, field: text})


@pytest.mark.parametrize("field", ["time_limit_min", "memory_mb", "cpus"])
@pytest.mark.parametrize("number", [0, -1, True, 1.5, "1", None])
def test_numbers(field: str, number: object) -> None:
    with pytest.raises(ValueError, match=f"{field} must be a whole number above 0"):
        JobSpec(**{**GOOD, field: number})


@pytest.mark.parametrize(
    ("minutes", "grace_s", "by_slurm", "stop_after", "kill_after"),
    [
        (1, None, 0, 53, 5),
        (5, None, 0, 293, 5),
        (6, None, 30, 0, 28),
        (1440, None, 30, 0, 28),
        (1, 3, 0, 57, 1),
        (1, 30, 0, 30, 28),
        (20, 600, 600, 0, 598),
    ],
)
def test_how_the_command_is_warned(
    minutes: int, grace_s: int | None, by_slurm: int, stop_after: int, kill_after: int
) -> None:
    spec = JobSpec(**{**GOOD, "time_limit_min": minutes, "grace_s": grace_s})
    assert spec.limit_warning == LimitWarning(by_slurm_s=by_slurm, stop_after_s=stop_after, kill_after_s=kill_after)


@given(minutes=st.integers(1, 10**6), grace_s=st.none() | st.integers(3, 30))
def test_a_command_is_gone_before_its_limit(minutes: int, grace_s: int | None) -> None:
    warning = JobSpec(**{**GOOD, "time_limit_min": minutes, "grace_s": grace_s}).limit_warning
    assert bool(warning.by_slurm_s) != bool(warning.stop_after_s), "one of both, never none"
    told_s = warning.stop_after_s or minutes * 60 - warning.by_slurm_s
    assert minutes * 30 <= told_s
    assert warning.kill_after_s >= 1
    assert told_s + warning.kill_after_s <= minutes * 60 - 2


@pytest.mark.parametrize(("minutes", "grace_s"), [(1, 31), (1, 2), (1, 0), (1, -7), (1, True), (1, 7.0), (9999, 65536)])
def test_no_other_time_of_grace(minutes: int, grace_s: object) -> None:
    with pytest.raises(ValueError, match="grace_s must be a whole number from 3 to"):
        JobSpec(**{**GOOD, "time_limit_min": minutes, "grace_s": grace_s})


def test_good_arrays_pass() -> None:
    assert JobSpec(**GOOD).tasks == 0
    scratch = {"scratch_dir": Path(f"/s/{TASK_MARK}"), "scratch_removal": ("rm", TASK_MARK)}
    assert JobSpec(**{**ARRAY, **scratch, "command": ("true", f"a{TASK_MARK}b")}).tasks == 3
    assert JobSpec(**{**ARRAY, "tasks": 1, "log_file": Path("/w/l")}).tasks == 1


@pytest.mark.parametrize("number", [-1, True, 1.5, "1", None])
def test_number_of_tasks(number: object) -> None:
    with pytest.raises(ValueError, match="tasks must be a whole number of 0 or more"):
        JobSpec(**{**ARRAY, "tasks": number})


@pytest.mark.parametrize(
    "change",
    [
        {"work_dir": Path(f"/w/{TASK_MARK}")},
        {"log_file": Path(f"/w/{TASK_MARK}/l")},
        {"scratch_dir": Path(f"/s{TASK_MARK}")},
        {"command": ("true", f"--bind={TASK_MARK}:/tmp")},
        {"scratch_removal": ("rm", TASK_MARK)},
    ],
)
def test_the_mark_needs_an_array(change: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="only in an array"):
        JobSpec(**{**GOOD, **change})


@pytest.mark.parametrize("what", ["work_dir", "scratch_dir"])
def test_tasks_do_not_share_folders(what: str) -> None:
    with pytest.raises(ValueError, match=f"{what} must hold @TASK@"):
        JobSpec(**{**ARRAY, what: Path("/same")})


@pytest.mark.parametrize("values", [GOOD, ARRAY])
def test_the_control_folder_is_the_same_for_all(values: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="control_dir must not hold @TASK@"):
        JobSpec(**{**values, "control_dir": Path(f"/c/{TASK_MARK}")})


@pytest.mark.parametrize("field", ["control_dir", "work_dir", "log_file", "scratch_dir"])
@pytest.mark.parametrize("path", ["relative", "", ".", "/a/../b", "-rf"])
def test_paths_must_be_absolute(field: str, path: str) -> None:
    with pytest.raises(ValueError, match=f"{field} must be an absolute path"):
        JobSpec(**{**GOOD, field: Path(path)})


@pytest.mark.parametrize("field", ["control_dir", "work_dir", "log_file", "scratch_dir"])
@pytest.mark.parametrize("text", CONTROLS)
def test_paths_hold_no_controls(field: str, text: str) -> None:
    with pytest.raises(ValueError, match=rf"{field} holds the character U\+"):
        JobSpec(**{**GOOD, field: Path("/w") / text})


@pytest.mark.parametrize("text", CONTROLS)
def test_the_command_holds_no_controls(text: str) -> None:
    with pytest.raises(ValueError, match=r"holds the character U\+"):
        JobSpec(**{**GOOD, "command": ("true", text)})


@pytest.mark.parametrize("command", [(), ("",), ("", "true")])
def test_the_command_is_not_empty(command: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match="at least one word"):
        JobSpec(**{**GOOD, "command": command})


@pytest.mark.parametrize("text", [*QUOTING, *OPTIONS])
def test_what_is_visible_is_not_refused(text: str) -> None:
    assert refuse_controls("it", text) == text
    JobSpec(**{**GOOD, "command": ("true", text), "work_dir": Path(f"/w{text}")})


def test_quoting_is_one_word() -> None:
    assert quote("it", "it's") == "'it'\"'\"'s'"
    assert quote("it", "") == "''"
