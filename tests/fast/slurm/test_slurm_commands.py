"""scancel, ping, version and what all commands have in common, with answers that no recorded Slurm gave."""

from datetime import UTC, datetime

import pytest

from slurm.errors import AnswerUnreadable, CommandFailed
from slurm.failures import check_answer, failure, main_error
from slurm.ping import parse_ping
from slurm.rows import exit_and_signal, instant, split_rows
from slurm.scancel import parse_scancel, scancel_argv
from slurm.version import parse_version


def test_scancel_options() -> None:
    assert scancel_argv([3, 1]) == ["scancel", "3", "1"]
    assert scancel_argv([3], [(4, 0), (4, 12)]) == ["scancel", "3", "4_0", "4_12"]
    assert scancel_argv([], [(4, 0)]) == ["scancel", "4_0"]
    for ids in ([], [0], [-1], [1, 0]):
        with pytest.raises(ValueError, match="above 0"):
            scancel_argv(ids)
    for task in ((0, 1), (-4, 1), (4, -1)):
        with pytest.raises(ValueError, match="above 0"):
            scancel_argv([3], [task])


def test_scancel_of_ended_and_forbidden_jobs() -> None:
    ended = b"scancel: error: Kill job error on job id 5: Invalid job id specified\n"
    ended += b"scancel: error: Kill job error on job id 6: Job/step already completing or completed\n"
    parse_scancel(1, b"", ended)
    with pytest.raises(CommandFailed, match="denied"):
        parse_scancel(1, b"", ended + b"scancel: error: Kill job error on job id 7: Access/permission denied\n")
    with pytest.raises(CommandFailed):
        parse_scancel(1, b"", b"")


def test_ping_counts_any_controller() -> None:
    assert parse_ping(1, b"Slurmctld(primary) at a is DOWN\nSlurmctld(backup) at b is UP\n", b"")
    assert not parse_ping(0, b"Slurmctld(primary) at UP is DOWN\n", b"")
    assert not parse_ping(0, b"", b"")


@pytest.mark.parametrize(("out", "version"), [(b"slurm 24.05.1\n", (24, 5, 1)), (b"slurm-wlm 26.05.5-1\n", (26, 5, 5))])
def test_version(out: bytes, version: tuple[int, int, int]) -> None:
    assert parse_version(0, out, b"") == version
    with pytest.raises(AnswerUnreadable):
        parse_version(0, b"pbs_version = 20\n", b"")


def test_failures_say_something() -> None:
    assert str(failure("squeue", 3, b"")) == "squeue failed: exit status 3 and no word"
    assert str(failure("squeue", -9, b"")) == "squeue was ended by signal 9"
    assert main_error(b"squeue: error: first\nsqueue: error: last\nTry --help\n") == "last"
    assert main_error(b"sbatch: unknown option '--x'\nTry \"sbatch --help\"\n") == "unknown option '--x'"
    assert main_error(b"one\ntwo\n") == "two"
    assert len(main_error(b"x" * 5000)) == 300
    check_answer("squeue", 0, b"note\n")


def test_instants() -> None:
    assert instant("p", "t", "1700000000") == datetime(2023, 11, 14, 22, 13, 20, tzinfo=UTC)
    for text in ("", "Unknown", "N/A", "None", "0", "unknown"):
        assert instant("p", "t", text) is None
    assert exit_and_signal("p", "3:9") == (3, 9)
    assert split_rows("p", ("a",), b"") == []
