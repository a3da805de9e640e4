"""What leads generated requests to a sandbox, a commit or a sample in the state that they need."""

from typing import Any

from sqlalchemy import select

from allgo_hpc.commits.ask import abort_commit, ask_commit, under_way
from allgo_hpc.models import Commit, Job, JobInput, Sample, Sandbox
from allgo_hpc.samples.store import keep_sample
from allgo_hpc.sandboxes.ask import start_sandbox
from allgo_hpc.submitting.submission import new_staging
from tests.fast.domain.workbench import Workbench

_APP = "/api/v1/apps/{app_name}"
_COMMIT = f"{_APP}/commits/{{commit_id}}"
_SENT: dict[str, dict[str, Any]] = {
    f"POST {_APP}/recipes": {"Dockerfile": b"FROM debian:13\n"},
    f"POST {_APP}/imports": {"image": b"x"},
    f"POST {_APP}/commits": {"changelog": "New"},
}
_QUIET = {
    f"POST {_APP}/sandbox", f"POST {_APP}/sandbox/stop", f"DELETE {_APP}/sandbox", *_SENT,
}  # fmt: skip
"""They are refused while something else is under way."""
_BODIES = {f"POST {_APP}/sandbox", f"PUT {_APP}/sample", *_SENT}
_SAMPLE = {f"GET {_APP}/sample", f"DELETE {_APP}/sample"}


class Sandboxes:
    """Brings the one app's sandbox, commits and sample to where a request can be answered well."""

    def __init__(self, bench: Workbench) -> None:
        """Take the portal's side that works on them."""
        self._bench = bench

    def lead(self, operation: str, path: dict[str, Any], *, in_order: bool) -> dict[str, Any]:
        """Make ready for a request; returns the variables of its address."""
        if operation in _QUIET:
            self._quiet()
        elif operation in _SAMPLE and not in_order:
            self._sample()
        if "commit_id" not in path:
            return {}
        if operation.endswith("/abort"):
            return {"commit_id": self._unfinished().id}
        if operation.endswith("/retry"):
            return {"commit_id": self._failed().id}
        last = self._bench.session.scalar(select(Commit).order_by(Commit.id.desc()).limit(1))
        return {"commit_id": (last or self._unfinished()).id}

    def body(self, body: dict[str, Any], operation: str, turn: int) -> dict[str, Any] | None:
        """Lead a body, two times in three; None if it is none of these."""
        if operation not in _BODIES:
            return None
        if turn % 3 == 0:
            return body
        if operation == f"POST {_APP}/sandbox":
            return {"anew": True} | ({"version": "1"} if turn % 2 else {"base": "debian-13"})
        if operation in _SENT:
            return dict(_SENT[operation])
        if "job" in body:
            one = select(Job.id).join(JobInput).where(Job.deleted_at.is_(None), Job.tasks.is_(None))
            return {"job": self._bench.session.scalar(one.order_by(Job.id.desc()).limit(1))}
        return body

    def _quiet(self) -> Sandbox:
        """A sandbox that runs or is stopped, and no commit under way."""
        bench = self._bench
        bench.session.expire_all()
        commit = under_way(bench.session, bench.app)
        if commit is not None:
            abort_commit(bench.session, commit)
        bench.turns()
        sandbox = bench.session.get(Sandbox, bench.app.id)
        if sandbox is None or sandbox.state not in {"running", "stopped"}:
            sandbox = start_sandbox(bench.session, bench.services, bench.author, bench.app)
            bench.turns()
        return sandbox

    def _unfinished(self) -> Commit:
        bench = self._bench
        commit = under_way(bench.session, bench.app)
        if commit is None or commit.origin != "sandbox":
            self._quiet()
            commit = ask_commit(bench.session, bench.author, bench.app)
        return commit

    def _failed(self) -> Commit:
        commit = self._unfinished()
        abort_commit(self._bench.session, commit)
        self._quiet()
        return commit

    def _sample(self) -> None:
        bench = self._bench
        if bench.session.get(Sample, bench.app.id) is None:
            with new_staging(bench.services) as staging:
                keep_sample(bench.session, bench.services, bench.author, bench.app, staging, param="-n 1")
