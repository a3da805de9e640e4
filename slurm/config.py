"""Scontrol show config: how the controller is set."""

import re

from slurm.errors import AnswerUnreadable
from slurm.failures import check_answer

_LINE = re.compile(r"^(?P<name>[A-Za-z][A-Za-z0-9_/]*) *= ?(?P<value>.*)$", re.MULTILINE)


def config_argv() -> list[str]:
    """Return the command that lists the controller's settings."""
    return ["scontrol", "show", "config"]


def parse_config(rc: int, out: bytes, err: bytes) -> dict[str, str]:
    """Return the settings by their names; one that was not set is ``(null)``, as Slurm says it.

    Raises:
        SlurmUnavailable, CommandFailed: scontrol failed (see ``check_answer``).
        AnswerUnreadable: there is no setting in the answer.
    """
    check_answer("scontrol", rc, err)
    settings = {found["name"]: found["value"].strip() for found in _LINE.finditer(out.decode("utf-8", "replace"))}
    if "SlurmctldPort" not in settings:
        raise AnswerUnreadable("scontrol gave no settings of the controller")
    return settings
