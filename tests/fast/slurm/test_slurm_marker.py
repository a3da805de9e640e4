"""The exit marker and the claim: whole, absent, or not readable; never a guess."""

import os
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from slurm.errors import AnswerUnreadable
from slurm.marker import Claim, Marker, parse_claim, parse_marker, read_claim, read_marker

WHOLE = "exit_code=3\nsignal=0\nslurm_job_id=42\nstarted_at=1700000000.500000\nfinished_at=1700000001\nproblem=\n"
LIMIT = WHOLE.replace("slurm_job_id", "limit=1\nslurm_job_id")  # where the script writes it: no cut can take it away
USED = "cpu_s=12.05\npeak_memory_bytes=62914560\n"
OWNER = "slurm_job_id=42\nnode=c1\nstarted_at=1700000000.5\n"
HALF_PAST = datetime(2023, 11, 14, 22, 13, 20, 500000, UTC)


def test_a_whole_marker() -> None:
    assert parse_marker(WHOLE) == Marker(
        exit_code=3,
        signal=0,
        slurm_job_id=42,
        started_at=HALF_PAST,
        finished_at=datetime(2023, 11, 14, 22, 13, 21, tzinfo=UTC),
        problem="",
    )


def test_what_the_job_used() -> None:
    assert parse_marker(WHOLE + USED) == replace(parse_marker(WHOLE), cpu_s=12.05, peak_memory_bytes=62914560)
    assert parse_marker(WHOLE + "cpu_s=0.00\n") == replace(parse_marker(WHOLE), cpu_s=0.0)
    assert parse_marker(WHOLE + "cpu_s=7\n").cpu_s == 7
    assert parse_marker(WHOLE + "peak_memory_bytes=9223372036854775807\n").peak_memory_bytes == 2**63 - 1


def test_whether_the_limit_was_near() -> None:
    assert not parse_marker(WHOLE).limit_reached
    assert not parse_marker(WHOLE + "limit=0\n").limit_reached
    assert parse_marker(LIMIT + USED) == replace(parse_marker(WHOLE + USED), limit_reached=True)


@pytest.mark.parametrize("text", ["", "2", "yes", "-1", " 1", "True", "10"])
def test_garbage_in_the_limit_is_refused(text: str) -> None:
    with pytest.raises(AnswerUnreadable, match="no usable limit"):
        parse_marker(WHOLE + f"limit={text}\n")


@pytest.mark.parametrize(
    "number", ["", "-1", "1.", ".5", "1e3", "nan", "inf", "1,5", " 1", "1 ", "0x1", "٣", "9" * 400]
)
def test_garbage_in_what_was_used_is_refused(number: str) -> None:
    for line in (f"cpu_s={number}\n", f"peak_memory_bytes={number}\n"):
        with pytest.raises(AnswerUnreadable, match=r"no usable (cpu_s|peak_memory_bytes)"):
            parse_marker(WHOLE + line)


@pytest.mark.parametrize("line", ["peak_memory_bytes=1.5\n", "peak_memory_bytes=9223372036854775808\n", USED + USED])
def test_more_garbage_in_what_was_used(line: str) -> None:
    with pytest.raises(AnswerUnreadable):
        parse_marker(WHOLE + line)


@pytest.mark.parametrize("length", range(len(LIMIT + USED)))
def test_no_cut_marker_is_read(length: int) -> None:
    cut = (LIMIT + USED)[:length]
    if cut.endswith("\n") and "finished_at" in cut:
        assert parse_marker(cut).limit_reached
        return  # only the problem or what was used is missing: the marker of another release of the script
    with pytest.raises(AnswerUnreadable):
        parse_marker(cut)


@pytest.mark.parametrize("length", range(len(OWNER)))
def test_no_cut_claim_is_read(length: int) -> None:
    with pytest.raises(AnswerUnreadable):
        parse_claim(OWNER[:length])


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("exit_code=3", "exit_code="),
        ("exit_code=3", "exit_code=-1"),
        ("exit_code=3", "exit_code=256"),
        ("exit_code=3", "exit_code=3 "),
        ("exit_code=3", "exit_code=٣"),
        ("exit_code=3", "exit_code=0\nexit_code=3"),
        ("exit_code=3", "exit_code"),
        ("signal=0", "signal=65"),
        ("signal=0", "\0"),
        ("slurm_job_id=42", "slurm_job_id=99999999999"),
        ("slurm_job_id=42", "slurm_job_id=" + "9" * 5000),
        ("started_at=1700000000.500000", "started_at=yesterday"),
        ("started_at=1700000000.500000", "started_at=1e9"),
        ("started_at=1700000000.500000", "started_at=nan"),
        ("started_at=1700000000.500000", "started_at=" + "9" * 400),
        ("started_at=1700000000.500000", "started_at=1,5"),
        ("finished_at=1700000001", "finished_at=-1"),
    ],
)
def test_garbage_is_refused(old: str, new: str) -> None:
    assert old in WHOLE
    with pytest.raises(AnswerUnreadable):
        parse_marker(WHOLE.replace(old, new))


def test_lines_of_a_later_release_are_no_garbage() -> None:
    assert parse_marker(WHOLE + "colour=blue\n") == parse_marker(WHOLE)


def test_absent_is_none(tmp_path: Path) -> None:
    assert read_marker(tmp_path) is None
    assert read_claim(tmp_path) is None
    assert read_marker(tmp_path / "nowhere") is None
    assert read_claim(tmp_path / "nowhere") is None


def test_a_half_written_marker_does_not_count_before_its_rename(tmp_path: Path) -> None:
    (tmp_path / "exit.tmp").write_text(WHOLE)
    assert read_marker(tmp_path) is None


def test_a_claim_without_its_owner(tmp_path: Path) -> None:
    (tmp_path / "claim").mkdir()
    assert read_claim(tmp_path) == Claim(slurm_job_id=None, node=None, started_at=None)
    (tmp_path / "claim/owner").write_text(OWNER)
    assert read_claim(tmp_path) == Claim(slurm_job_id=42, node="c1", started_at=HALF_PAST)


def test_a_claim_that_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "claim").write_text("")
    with pytest.raises(AnswerUnreadable):
        read_claim(tmp_path)


@pytest.mark.parametrize("kind", ["link", "pipe", "folder", "long", "bytes", "empty"])
def test_no_plain_small_file(tmp_path: Path, kind: str) -> None:
    file = tmp_path / "exit"
    match kind:
        case "link":
            (tmp_path / "real").write_text(WHOLE)
            file.symlink_to(tmp_path / "real")
        case "pipe":
            os.mkfifo(file)
        case "folder":
            file.mkdir()
        case "long":
            file.write_text(WHOLE + "x=" + "y" * 5000 + "\n")
        case "bytes":
            file.write_bytes(b"exit_code=\xff\n")
        case _:
            file.touch()
    with pytest.raises(AnswerUnreadable) as caught:
        read_marker(tmp_path)
    assert caught.value.transient
