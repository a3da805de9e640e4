"""A process that sweeps as the portal's does, when it is told to, and says what it took; run as the portal's user.

It reads a command per line and answers each with a line of JSON: ``make N`` stores N jobs as a POST would leave them
and gives their marks, ``sweep`` makes one pass, ``unmake`` ends what it made.
"""

import json
import sys
import time
from collections.abc import Callable
from typing import Any
from uuid import uuid4

from sqlalchemy import select, update
from sqlalchemy.orm import Session, sessionmaker

from allgo_hpc.database import make_engine, session_factory
from allgo_hpc.jobs.events import add_event
from allgo_hpc.models import App, Job, Version, utc_now
from allgo_hpc.services import Services, make_services
from allgo_hpc.settings import load_settings
from allgo_hpc.states import JobState
from allgo_hpc.sweeping.lease import give_lease_back
from allgo_hpc.sweeping.process import holder_name
from allgo_hpc.sweeping.turns import Kept, sweep_once


class Sweeper:
    """What the process keeps from one command to the next."""

    def __init__(self, sessions: sessionmaker[Session], services: Services) -> None:
        self._sessions, self._services = sessions, services
        self._kept = Kept()
        self._made: list[int] = []

    def make(self, count: str) -> list[tuple[int, str]]:
        """Store jobs that Slurm is about to have; returns number and mark of each."""
        with self._sessions() as session:
            app = session.scalars(select(App).where(App.name == "textstats")).one()
            version = session.scalars(select(Version).where(Version.app_id == app.id)).first()
            if version is None:
                raise LookupError("the sample app has no version")
            jobs = []
            for _ in range(int(count)):
                uuid = str(uuid4())
                jobs.append(
                    Job(
                        uuid=uuid, folder=uuid.replace("-", "").ljust(40, "0"), user_id=app.owner_id, app_id=app.id,
                        version_id=version.id, sha256=version.sha256, queue="batch", memory_mb=256, cpus=1,
                        state=JobState.SUBMITTED.value, attempted_at=utc_now(), confirmed_at=utc_now(),
                    )
                )  # fmt: skip
            session.add_all(jobs)
            session.flush()
            add_event(session, jobs, old=JobState.CREATED.value, source="portal")
            session.commit()
            for job in jobs:
                folder = self._services.layout.job_dir(job)
                folder.mkdir(parents=True)
                (folder / "allgo.log").write_text("waiting\n")
                (folder / "moon.txt").write_text("The moon has come up.\n")
                self._services.layout.control_dir(job).mkdir()
            self._made += [job.id for job in jobs]
            return [(job.id, job.uuid) for job in jobs]

    def sweep(self) -> dict[str, Any]:
        """Make one pass, right and commit included."""
        wall, processor = time.perf_counter(), time.process_time()
        swept = sweep_once(self._sessions, self._services, holder_name(), self._kept)
        took = time.perf_counter() - wall
        if swept is None:
            raise RuntimeError("another process sweeps")
        told = {"s": took, "cpu_s": time.process_time() - processor}
        return told | {
            "again": swept.again,
            "unfinished": swept.unfinished,
            "changed": swept.changed,
            "failed": swept.failed,
        }

    def unmake(self) -> int:
        """End what was made, as far as it has not ended, without Slurm."""
        ended = {"state": JobState.CANCELLED.value, "finished_at": utc_now(), "reason": "It was made to measure."}
        with self._sessions() as session:
            for start in range(0, len(self._made), 500):
                some = Job.id.in_(self._made[start : start + 500])
                session.execute(update(Job).where(some, Job.finished_at.is_(None)).values(**ended))
            session.commit()
            give_lease_back(session, holder_name())
        return len(self._made)


def main() -> None:
    """Answer until the input ends."""
    settings = load_settings()
    sweeper = Sweeper(session_factory(make_engine(settings.database_url)), make_services(settings))
    commands: dict[str, Callable[..., Any]] = {
        "make": sweeper.make, "sweep": sweeper.sweep, "unmake": sweeper.unmake,
    }  # fmt: skip
    for line in sys.stdin:
        name, *words = line.split()
        sys.stdout.write(json.dumps(commands[name](*words)) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
