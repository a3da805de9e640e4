"""A portal with one author, one user and one app, and the few things that the tests do with it."""

import shlex
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from allgo_hpc.layout import Layout
from allgo_hpc.models import App, IdempotencyKey, Job, JobEvent, JobInput, User, Version, utc_now
from allgo_hpc.services import Services
from allgo_hpc.settings import Settings
from allgo_hpc.states import JobState
from allgo_hpc.submitting.idempotency import Key
from allgo_hpc.submitting.request import Request
from allgo_hpc.submitting.rerun import rerun_job
from allgo_hpc.submitting.submission import new_staging, submit_job
from allgo_hpc.sweeping.sweep import sweep
from allgo_hpc.sweeping.swept import Swept
from tests.fakes import FakeSlurm


@dataclass
class World:
    services: Services
    sessions: sessionmaker[Session]
    session: Session
    slurm: FakeSlurm
    user: User
    app: App
    version: Version

    def submit(
        self, param: str = "", files: dict[str, bytes] | None = None, app: str = "textstats", *,
        key: Key | None = None, session: Session | None = None, **more: Any,
    ) -> Job:  # fmt: skip
        """Submit a job as a POST does; ``batch="each"`` makes a batch of it."""
        session = session or self.session
        with new_staging(self.services) as staging:
            for name, content in (files or {}).items():
                with staging.new_file(name, field="files[0]") as file:
                    file.write(content)
            request = Request(app=app, param=param, **more)
            return submit_job(session, self.services, self.user, request, staging, key=key)

    def rerun(
        self,
        job: Job,
        changes: dict[str, Any] | None = None,
        *,
        files: dict[str, bytes] | None = None,
        user: User | None = None,
        key: Key | None = None,
    ) -> Job:
        """Run a job again; ``files`` are sent with it."""
        with new_staging(self.services) as staging:
            for name, content in (files or {}).items():
                with staging.new_file(name, field="files[0]") as file:
                    file.write(content)
            return rerun_job(
                self.session, self.services, user or self.user, job, staging, changes=changes or {}, key=key
            )

    def batch(self, count: int = 3, param: str = "") -> Job:
        """Submit a batch of so many files."""
        return self.submit(param, {f"{number}.txt": b"%d" % number for number in range(count)}, batch="each")

    def tasks(self, batch: Job) -> list[Job]:
        """The tasks of a batch as they are stored now, in their order."""
        self.session.expire_all()
        return list(self.session.scalars(select(Job).where(Job.parent_id == batch.id).order_by(Job.task)))

    def left(self) -> list[str]:
        """Everything that uploads and jobs left but the empty folders of users and apps: folders, files, rows."""
        layout = self.services.layout
        found = [
            str(path.relative_to(layout.root))
            for folder in (layout.staging, layout.control, layout.datastore, layout.trash)
            for path in folder.rglob("*")
            if not (path.is_relative_to(layout.datastore) and path.name.isdigit() and len(path.name) < 40)
        ]
        self.session.expire_all()
        tables = (Job, JobEvent, JobInput, IdempotencyKey)
        rows = {row.__tablename__: self.session.scalar(select(func.count()).select_from(row)) for row in tables}
        return found + [f"{count} of {name}" for name, count in rows.items() if count]

    def job(self, state: JobState = JobState.SUBMITTED, **more: Any) -> Job:
        """Store a job and make its folders, without Slurm."""
        uuid = str(uuid4())
        values: dict[str, Any] = {"slurm_id": 7, "attempted_at": utc_now(), "queue": "standard"} | more
        job = Job(
            uuid=uuid, folder=uuid.replace("-", "").ljust(40, "0"), user_id=self.user.id, app_id=self.app.id,
            version_id=self.version.id, sha256=self.version.sha256, memory_mb=64, cpus=1, state=state.value, **values,
        )  # fmt: skip
        self.session.add(job)
        self.session.commit()
        self.services.layout.job_dir(job).mkdir(parents=True)
        (self.services.layout.job_dir(job) / "allgo.log").write_text("hello\n")
        self.services.layout.control_dir(job).mkdir()
        return job

    def mark(self, job: Job, exit_code: int = 0, *, slurm_id: int = 7) -> None:
        """Leave the exit marker that the job's script would."""
        values = {"exit_code": exit_code, "signal": 0, "slurm_job_id": slurm_id}
        times = {"started_at": 1700000000.5, "finished_at": 1700000002.5}
        lines = [f"{key}={value}\n" for key, value in (values | times).items()]
        (self.services.layout.control_dir(job) / "exit").write_text("".join(lines))

    def sweep(self, now: datetime | None = None) -> Swept:
        """Sweep once, with a session of its own as the sweep's process has."""
        with self.sessions() as session:
            swept = sweep(session, self.services, now or utc_now())
        self.session.expire_all()
        return swept

    def words(self, job: Job) -> list[str]:
        """The words that the job's script will read."""
        raw = (self.services.layout.control_dir(job) / "argv").read_bytes()
        return [word.decode() for word in raw.split(b"\0")[:-1]]


def make_services(root: Path, slurm: FakeSlurm, **settings: Any) -> Services:
    made = Settings(root=root, **{"secret_file": root.parent / "secret"} | settings)
    layout = Layout(root)
    layout.make()
    return Services(settings=made, layout=layout, slurm=slurm)


def add_app(session: Session, owner: User, name: str = "textstats", *, published: bool = True, **more: Any) -> App:
    """Store an app with version 1, whose image nobody will run."""
    values = {"title": shlex.quote(name), "default_queue": "standard", "memory_mb": 64} | more
    app = App(name=name, owner_id=owner.id, **values)
    session.add(app)
    session.flush()
    add_version(session, app, 1, published=published)
    session.commit()
    return app


def add_version(session: Session, app: App, number: int, *, published: bool = True) -> Version:
    version = Version(
        app_id=app.id, number=number, sha256=f"{number:064x}", size=1, entrypoint="/home/allgo/entrypoint",
        published=published,
    )  # fmt: skip
    session.add(version)
    session.commit()
    return version
