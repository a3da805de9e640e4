"""Reads what scripts/record-fixtures wrote."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from slurm.record import JobRecord

FIXTURES = Path(__file__).parents[2] / "fixtures/slurm"


@dataclass
class Recorded:
    folder: Path

    def answer(self, situation: str) -> tuple[int, bytes, bytes]:
        record: dict[str, Any] = json.loads((self.folder / f"{situation}.json").read_text())
        out, err = (record[name].encode("utf-8", "surrogateescape") for name in ("stdout", "stderr"))
        return record["rc"], out, err


def latest(records: list[JobRecord]) -> dict[str, JobRecord]:
    """The newest record of each situation (an instance may have been recorded before); ``name_3`` is a task's."""
    found: dict[str, JobRecord] = {}
    for job in sorted(records, key=lambda job: job.job_id):
        name = job.name.removeprefix("fixture-")
        found[name if job.task is None else f"{name}_{job.task}"] = job
    return found
