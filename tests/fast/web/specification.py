"""A portal with something of everything in it, and what leads generated requests to it.

What is made up has numbers that nothing bears; most requests that are otherwise right are therefore led to what there
is. Meanwhile Slurm goes on: jobs run and end, files appear, and the sweep looks at it.
"""

from collections import Counter
from collections.abc import Iterable
from itertools import count
from typing import Any

from schemathesis import Case
from schemathesis.core import NOT_SET
from schemathesis.generation.meta import TestPhase
from sqlalchemy import select, update

from allgo_hpc.models import Job, JobFile, SshKey, Token, Upload, Webhook, WebhookDelivery
from allgo_hpc.states import JobState
from slurm import State
from tests.fast.domain.workbench import make_workbench
from tests.fast.pictures import png
from tests.fast.web import forms
from tests.fast.web.portal import JOBS, Portal
from tests.fast.web.specification_authors import a_key, author_body, is_of_authors, own_an_app
from tests.fast.web.specification_sandboxes import Sandboxes

HOOK = {"url": "https://93.184.215.14/hook"}
_OWN_TOKEN = 987_654_321
"""Number of the token that the requests bear: none of them is to revoke it."""
_RUNNING = 8
"""So many jobs have not ended yet."""
_STEP = 25
"""Slurm goes on at each so many requests."""
_ENDS = (State.COMPLETED, State.FAILED, State.TIMEOUT, State.OUT_OF_MEMORY, State.CANCELLED, State.NODE_FAIL)


class Inhabited:
    """See the module.

    Attributes:
        answered: how often each operation was answered with each status.
        bench: the portal's side that works on sandboxes and commits.
        gone: number of a job that was deleted.
    """

    def __init__(self, portal: Portal) -> None:
        """Make jobs that have ended, that run and that were deleted, and a batch."""
        self.portal = portal
        self.session = portal.world.session
        self.answered: dict[str, Counter[int]] = {}
        self._turns = count()
        self.session.execute(update(Token).values(id=_OWN_TOKEN))
        self.session.commit()
        self.bench = make_workbench(portal.world)
        own_an_app(portal.world)
        self._sandboxes = Sandboxes(self.bench)
        self.gone = portal.submit(forms.file("file", "sent.txt", b"a"))
        portal.end(self.gone)
        for number in range(3):
            portal.finished({"out.txt": b"0123456789", "deep/é 中.bin": bytes(range(256))})
            portal.submit(forms.field("job[param]", str(number)), forms.file("file", "a.txt", b"a"))
        portal.submit(forms.field("job[batch]", "each"), *(forms.file("file", f"{i}.txt", b"x") for i in range(3)))
        assert portal.client.delete(f"{JOBS}/{self.gone}", headers=portal.auth).status_code == 204

    def lead(self, case: Case) -> None:
        """Lead a request to what there is, keep its stream short; Slurm goes on now and then."""
        turn = next(self._turns)
        if turn % _STEP == 0:
            self._go_on()
        right = _right_parts(case)
        case.query = _short(case.query, case.path)
        path: dict[str, Any] | None = case.path_parameters
        if path and turn % 5 and "path" in right:
            path |= self._there_is(path, turn)
            path |= self._sandboxes.lead(case.operation.label, path, in_order=_is_in_order(case))
        if "body" in right and isinstance(case.body, dict):
            body = self._sandboxes.body(case.body, case.operation.label, turn)
            case.body = _lead_body(case.body, case.path, turn) if body is None else body
        if "body" in right and case.path.endswith("/icon") and turn % 3:
            case.body = png()
        if "header" in right and turn % 4 and _is_file(case.path):
            case.headers["Range"] = f"bytes={turn % 2}-3"  # an input has one byte
        if "header" in right:
            _lead_headers(case, turn)
        if "header" in right and turn % 3:
            _lead_upload(case)
        # What was right or wrong in it on purpose is so still; a file's bytes would be judged as no text.
        case._record_starting_state()

    def answer(self, case: Case, status: int) -> None:
        """Count what was answered."""
        self.answered.setdefault(case.operation.label, Counter())[status] += 1

    def _there_is(self, wanted: Iterable[str], turn: int) -> dict[str, Any]:
        self.session.expire_all()
        jobs = self.session.scalars(select(Job).order_by(Job.id.desc()).limit(40)).all()
        runs = [each for each in jobs if not JobState(each.state).is_final]
        job = self.session.get_one(Job, 1) if turn % 10 == 1 else _one(runs if runs and turn % 4 == 2 else jobs, turn)
        if "name" in wanted and turn % 2 and turn % 10 != 1:  # a file long enough for a part of it
            long = select(JobFile.job_id).where(JobFile.size > 3)
            job = _one(self.session.scalars(select(Job).where(Job.id.in_(long))).all() or [job], turn)
        files = self.session.scalars(select(JobFile.name).where(JobFile.job_id == job.id)).all()
        known = {
            "job_id": job.id, "user_id": job.user_id, "app_id": job.app_id, "folder": job.folder,
            "name": _one([*files, "allgo.log"], turn // 3), "app_name": _one(["textstats", str(job.app_id)], turn),
        }  # fmt: skip
        known["number"] = 1 + turn % 3
        if "upload_id" in wanted:
            uploads = self.session.scalars(select(Upload.key).where(Upload.job_id.is_(None))).all()
            known["upload_id"] = _one(uploads or [self._upload()], turn)
        if "key_id" in wanted:
            made = self.session.scalars(select(SshKey.id)).all()
            known["key_id"] = _one(made or [self._make("account/ssh-keys", {"key": a_key(turn)})], turn)
        if "token_id" in wanted:
            tokens = self.session.scalars(select(Token.id).where(Token.id != _OWN_TOKEN)).all()
            known["token_id"] = _one(tokens or [self._make("tokens", {})], turn)
        if "webhook_id" in wanted:
            known["webhook_id"] = _one(
                self.session.scalars(select(Webhook.id)).all() or [self._make("webhooks", HOOK)], turn
            )
        if "delivery_id" in wanted:
            sent = select(WebhookDelivery.id).where(WebhookDelivery.webhook_id == known["webhook_id"])
            test = f"webhooks/{known['webhook_id']}/test"
            known["delivery_id"] = _one(self.session.scalars(sent).all() or [self._make(test, {})], turn)
        return {name: known[name] for name in wanted if name in known}

    def _upload(self) -> str:
        headers = {"Tus-Resumable": "1.0.0", "Upload-Length": "4", "Upload-Metadata": "filename YQ=="}
        answer = self.portal.client.post("/api/v1/uploads", headers=self.portal.auth | headers)
        return str(answer.get_json()["id"])

    def _make(self, what: str, sent: dict[str, str]) -> int:
        answer = self.portal.client.post(f"/api/v1/{what}", json=sent, headers=self.portal.auth)
        assert answer.status_code in {201, 202}, answer.text
        return int(answer.get_json()["id"])

    def _go_on(self) -> None:
        """Let the oldest jobs end, each in another way, and those after them run."""
        slurm = self.portal.slurm
        known = {each.comment for each in slurm.controller}
        self.session.expire_all()
        jobs = self.session.scalars(select(Job).where(Job.uuid.in_(known)).order_by(Job.id)).all()
        for job in jobs:
            ended = job in jobs[:-_RUNNING] or job.cancel_at is not None
            end = State.CANCELLED if job.cancel_at is not None else _one(_ENDS, job.id)
            slurm.say(job.uuid, end if ended else State.RUNNING, exit_code=0, signal=0)
        self.portal.world.sweep()
        self.bench.turns()
        slurm.controller = [each for each in slurm.controller if each.state is State.RUNNING]


def _is_file(path: str) -> bool:
    return "/datastore/" in path or path.endswith("/archive")


def _lead_body(body: dict[str, Any], path: str, turn: int) -> dict[str, Any]:
    if path == JOBS:
        fewer = {name: value for name, value in body.items() if turn % 3 or not name.startswith("job[")}
        return fewer | {"job[webapp_name]": "textstats"}
    if is_of_authors(path):
        return author_body(body, path, turn)
    known = HOOK if path.endswith("/webhooks") else {"queue": "batch", "version": "1"}
    return body | {name: value for name, value in known.items() if name in body}


def _short(query: Any, path: str) -> Any:
    """Let a stream end at once: nothing else is to be waited for."""
    if not path.endswith("/events") or not isinstance(query, dict | None):
        return query
    try:
        endless = float((query or {}).get("wait", 1)) > 0
    except (TypeError, ValueError):
        endless = False  # it is refused
    return (query or {}) | {"wait": 0.01} if endless else query


def _is_in_order(case: Case) -> bool:
    """True for a request that follows from the ones before: what was deleted has to be gone."""
    return case.meta is not None and case.meta.phase.name is TestPhase.STATEFUL


def _lead_headers(case: Case, turn: int) -> None:
    headers = case.headers or {}
    if "Idempotency-Key" in headers and turn % 7:
        headers["Idempotency-Key"] = f"key-{turn}"
    for name, value in (("Range", "bytes=1-3"), ("If-None-Match", "*")):
        if name in headers and turn % 3:
            headers[name] = value


def _lead_upload(case: Case) -> None:
    """Send headers that belong together: what is made up begins no upload, and goes on with none."""
    if not case.path.startswith("/api/v1/uploads") or not case.headers:
        return
    case.headers.update({"Upload-Metadata": "filename YQ==", "Upload-Offset": "0"})
    case.headers.pop("Upload-Checksum", None)
    if case.method == "POST" and "upload_id" not in case.path:
        case.headers.pop("Upload-Defer-Length", None)
        case.headers["Upload-Length"] = "70"
        case.body = NOT_SET


def _right_parts(case: Case) -> set[str]:
    """Return the parts that are as the specification has them; asked later they would be judged anew."""
    parts = case.meta.components if case.meta is not None else {}
    return {str(place.value) for place, part in parts.items() if part.mode.is_positive}


def _one(things: Any, turn: int) -> Any:
    return things[turn % len(things)]
