"""Ended jobs in bulk, as real ones leave them: rows, events, files. Run as the portal's user, by ``stored``.

``make N FOLDERS EXPIRED BYTES [APART]`` prints the first job's number; ``forget`` removes the rows again; ``purge``
does what the housekeeping does to what has expired, and prints the seconds of its two halves.
"""

import os
import secrets
import sys
import time
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy import Engine, delete, insert, select, text
from sqlalchemy.orm import Session

from allgo_hpc.database import make_engine
from allgo_hpc.jobs.deletion import delete_expired
from allgo_hpc.jobs.trash import empty_trash
from allgo_hpc.layout import Layout
from allgo_hpc.models import App, Job, JobEvent, JobFile, JobInput, User, Version, utc_now
from allgo_hpc.services import Services, make_services
from allgo_hpc.settings import load_settings

PARAM = "-top 5 stock"
_LOG, _TEXT, _OUT = b"Processing moon.txt\n", b"m" * 292, b"o" * 145
_STATES = ("submitted", "pending", "running", "finishing", "done")


def make(
    session: Session, layout: Layout, many: int, *, folders: bool, expired: bool, size: int, apart: int = 0
) -> int:
    """Store so many ended jobs of the user demo; returns the first one's number.

    They are a second apart, or ``apart`` seconds and until now: then what is older than its time has been given up.
    """
    user = session.scalars(select(User).where(User.name == "demo")).one()
    app = session.scalars(select(App).where(App.name == "textstats")).one()
    version = session.scalars(select(Version).where(Version.app_id == app.id)).first()
    if version is None:
        raise ValueError("textstats has no version")
    now = utc_now()
    began = now - (timedelta(seconds=many * apart) if apart else timedelta(days=40 if expired else 1))
    first = 0
    for start in range(0, many, 1000):
        rows = [
            _row(user, app, version, began + timedelta(seconds=number * (apart or 1)))
            for number in range(start, min(start + 1000, many))
        ]
        if apart:
            for row in rows:
                row["deleted_at"] = row["trashed_at"] = row["expires_at"] if row["expires_at"] < now else None
        ids = session.scalars(insert(Job).returning(Job.id, sort_by_parameter_order=True), rows).all()
        first = first or ids[0]
        files = [("allgo.log", len(_LOG)), ("moon.txt", len(_TEXT)), ("moon.txt.output", size or len(_OUT))]
        session.execute(
            insert(JobFile),
            [
                {"job_id": number, "name": name, "path": name, "size": length, "sha256": "0" * 64}
                for number in ids
                for name, length in files
            ],
        )
        session.execute(
            insert(JobInput),
            [{"job_id": number, "name": "moon.txt", "size": len(_TEXT), "changed_ns": 1} for number in ids],
        )
        session.execute(
            insert(JobEvent),
            [
                {"job_id": number, "old": old, "new": new, "source": "controller", "detail": "", "at": began}
                for number in ids
                for old, new in zip(("created", *_STATES), _STATES, strict=False)
            ],
        )
        session.commit()
        if folders:
            for row in rows:
                _fill(layout, user.id, app.id, str(row["folder"]), size)
    return first


def _row(user: User, app: App, version: Version, at: datetime) -> dict[str, Any]:
    return {
        "uuid": str(uuid4()), "folder": secrets.token_hex(20), "user_id": user.id, "app_id": app.id,
        "version_id": version.id, "sha256": version.sha256, "queue": "batch", "param": PARAM, "memory_mb": 256,
        "cpus": 1, "state": "done", "exit_code": 0, "signal": 0, "slurm_id": 1, "created_at": at, "submitted_at": at,
        "started_at": at, "finished_at": at + timedelta(seconds=1), "confirmed_at": at, "cpu_s": 0.2,
        "peak_memory_bytes": 89198592, "input_bytes": len(_TEXT), "stored_bytes": 457, "log_tail": _LOG.decode(),
        "expires_at": at + timedelta(days=30),
    }  # fmt: skip


def _fill(layout: Layout, user: int, app: int, name: str, size: int) -> None:
    folder, control = layout.datastore / str(user) / str(app) / name, layout.control / name
    folder.mkdir(mode=0o750, parents=True)
    (control / "claim").mkdir(mode=0o700, parents=True)
    out = _OUT if not size else b""
    for path, content in (
        (folder / "moon.txt", _TEXT), (folder / "moon.txt.output", out), (folder / "allgo.log", _LOG),
        (control / "script.log", b""), (control / "exit", b"e" * 142), (control / "argv", b"-top 5\0"),
        (control / "claim" / "owner", b"c" * 52),
    ):  # fmt: skip
        path.write_bytes(content)
    if size:
        piece = os.urandom(1024 * 1024)
        with (folder / "moon.txt.output").open("wb") as file:
            while file.tell() < size:
                file.write(piece)


def forget(session: Session) -> None:
    """Remove the rows of all that was made here."""
    mine = select(Job.id).where(Job.param == PARAM).scalar_subquery()
    for table in (JobFile, JobInput, JobEvent):
        session.execute(delete(table).where(table.job_id.in_(mine)))
    session.execute(delete(Job).where(Job.param == PARAM))
    session.commit()


def _after_filling(engine: Engine) -> None:
    """Do what PostgreSQL does by itself within a minute after so much was stored: plans go by what there is."""
    if engine.dialect.name == "postgresql":
        with engine.connect() as connection:
            connection.execution_options(isolation_level="AUTOCOMMIT").execute(text("VACUUM ANALYZE"))


def main() -> None:
    """Do what the words say."""
    services = make_services(load_settings())
    engine = make_engine(services.settings.database_url)
    with Session(engine, expire_on_commit=False) as session:
        if sys.argv[1] == "make":
            many, folders, expired, size, apart = map(int, [*sys.argv[2:], 0][:5])
            first = make(
                session, services.layout, many, folders=bool(folders), expired=bool(expired), size=size, apart=apart
            )
            _after_filling(engine)
            sys.stdout.write(str(first))
        elif sys.argv[1] == "forget":
            forget(session)
        else:
            _purge(session, services)


def _purge(session: Session, services: Services) -> None:
    began = time.perf_counter()
    gone = 0
    while more := delete_expired(session, services, utc_now()):
        gone += more
    marked = time.perf_counter()
    removed = empty_trash(services.layout, utc_now() + timedelta(hours=2))
    sys.stdout.write(f"{gone} {removed} {marked - began} {time.perf_counter() - marked}\n")


if __name__ == "__main__":
    main()
