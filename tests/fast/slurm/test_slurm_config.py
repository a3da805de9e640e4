"""The controller's settings."""

import pytest

from slurm.config import config_argv, parse_config
from slurm.errors import AnswerUnreadable, CommandFailed, SlurmError, SlurmUnavailable

_OUT = b"""Configuration data as of 2026-11-26T05:30:11
AccountingStorageBackupHost = (null)
AccountingStoreFlags    = job_comment,job_env
SlurmctldHost[0]        = c0(127.0.0.1)
SlurmctldPort           = 17630
SchedulerParameters     = batch_sched_delay=0,sched_min_interval=0
Empty                   =

Cgroup Support Configuration:
AllowedRAMSpace         = 100.0%

Slurmctld(primary) at c0 is UP
"""


def test_settings() -> None:
    assert config_argv() == ["scontrol", "show", "config"]
    settings = parse_config(0, _OUT, b"")
    assert settings["AccountingStoreFlags"] == "job_comment,job_env"
    assert settings["SchedulerParameters"] == "batch_sched_delay=0,sched_min_interval=0"
    assert (settings["AccountingStorageBackupHost"], settings["Empty"]) == ("(null)", "")
    assert settings["AllowedRAMSpace"] == "100.0%"


@pytest.mark.parametrize("out", [b"", b"nonsense", b"A = b\n", b"\xff\xfe"])
def test_what_is_no_answer(out: bytes) -> None:
    with pytest.raises(AnswerUnreadable):
        parse_config(0, out, b"")


@pytest.mark.parametrize(
    ("rc", "err", "error"),
    [
        (1, b"slurm_load_ctl_conf error: Unable to contact slurm controller (connect failure)", SlurmUnavailable),
        (1, b"scontrol: error: nonsense", CommandFailed),
    ],
)
def test_failures(rc: int, err: bytes, error: type[SlurmError]) -> None:
    with pytest.raises(error):
        parse_config(rc, b"", err)
