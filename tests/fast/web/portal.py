"""The portal's web as a client meets it, and what it left on disk and in the database."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from allgo_hpc.models import Job, JobEvent, User
from allgo_hpc.tokens import new_token
from slurm import State
from tests.fakes import FakeSlurm
from tests.fast.domain.world import World
from tests.fast.web import forms

JOBS = "/api/v1/jobs"


@dataclass
class Portal:
    app: Flask
    client: FlaskClient
    world: World
    token: str

    @property
    def slurm(self) -> FakeSlurm:
        return self.world.slurm

    @property
    def auth(self) -> dict[str, str]:
        return self.auth_of(self.token)

    @staticmethod
    def auth_of(token: str) -> dict[str, str]:
        return {"Authorization": f"Token token={token}"}

    def token_of(self, user: User) -> str:
        return new_token(self.world.session, user, name="test")

    def post(self, body: bytes, content_type: str = forms.MULTIPART, *, path: str = JOBS, **more: Any) -> TestResponse:
        more.setdefault("headers", self.auth)
        # Buffered: the answer is read and closed, as a server does.
        return self.client.post(path, data=body, content_type=content_type, buffered=True, **more)

    def submit(self, *parts: bytes) -> int:
        """Submit a job of the one app; returns its number."""
        answer = self.post(forms.body(forms.APP, *parts))
        assert answer.status_code == 200, answer.text
        assert answer.json is not None
        return int(answer.json["id"])

    def get(self, path: str, **more: Any) -> TestResponse:
        more.setdefault("headers", self.auth)
        # Buffered: the answer is read and its file closed, as a server does.
        return self.client.get(path, buffered=True, **more)

    def state(self, number: int) -> dict[str, Any]:
        answer = self.get(f"{JOBS}/{number}")
        assert answer.status_code == 200, answer.text
        made: dict[str, Any] = answer.get_json()
        return made

    def job(self, number: int) -> Job:
        self.world.session.expire_all()
        return self.world.session.get_one(Job, number)

    def end(self, number: int, state: State = State.COMPLETED, code: int = 0) -> dict[str, Any]:
        """Let Slurm end a job, sweep, and ask for it."""
        self.slurm.say(self.job(number).uuid, state, exit_code=code, signal=0)
        self.world.sweep()
        return self.state(number)

    def finished(self, files: dict[str | bytes, bytes]) -> tuple[Job, dict[str, str]]:
        """A job that has ended and left these files; with what is listed of them, as paths."""
        number = self.submit()
        folder = self.world.services.layout.job_dir(self.job(number))
        for name, content in files.items():
            path = folder / (name if isinstance(name, str) else name.decode("utf-8", "surrogateescape"))
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        listed = self.end(number)[str(number)]
        return self.job(number), {name: url.removeprefix("http://localhost") for name, url in listed.items()}

    def left(self) -> list[str]:
        """Everything that uploads and jobs left: folders, files, rows."""
        layout = self.world.services.layout
        found = [path for folder in (layout.staging, layout.control, layout.datastore) for path in folder.rglob("*")]
        self.world.session.expire_all()
        rows = {
            row.__tablename__: self.world.session.scalar(select(func.count()).select_from(row))
            for row in (Job, JobEvent)
        }
        return [str(path) for path in found] + [f"{count} of {row}" for row, count in rows.items() if count]

    def input_names(self, number: int) -> set[str]:
        folder: Path = self.world.services.layout.job_dir(self.job(number))
        return {path.name for path in folder.iterdir()} - {"allgo.log"}


def assert_refused(answer: TestResponse, status: int, *, code: str, field: str = "") -> str:
    """A refusal has one form: a sentence, a word for programs, the field; returns the sentence."""
    assert answer.status_code == status, answer.text
    assert answer.mimetype == "application/problem+json"
    assert answer.data.isascii()
    told = json.loads(answer.data)
    assert told["code"] == code, told
    assert told["status"] == status
    assert told["detail"] == told["error"]
    assert told.get("field", "") == field, told
    assert 0 < len(told["error"]) < 500
    return str(told["error"])
