"""Sandboxes, commits and samples as they are told; pure but for the rows that they read."""

from typing import Any

from allgo_hpc.commits.states import CommitState, SandboxState
from allgo_hpc.models import App, Commit, Sample, Sandbox, User
from allgo_hpc.settings import Settings
from allgo_hpc.times import stamp

_SSH_PORT = 22
_STATUS = {
    SandboxState.STOPPED: "idle",
    SandboxState.STARTING: "starting",
    SandboxState.RUNNING: "running",
    SandboxState.STOPPING: "stopping",
    SandboxState.DISCARDING: "stopping",
    SandboxState.ERROR: "error",
}


def sandbox_answer(
    settings: Settings, app: App, sandbox: Sandbox | None, commit: Commit | None, keys: int
) -> dict[str, Any]:
    """Return what is told of an app's sandbox, also where there is none."""
    committing = commit is not None and commit.origin == "sandbox" and commit.state in {"waiting", "building"}
    return {
        "app": app.name,
        "state": sandbox.state if sandbox is not None else "none",
        "status": "committing"
        if committing
        else _STATUS[SandboxState(sandbox.state)]
        if sandbox is not None
        else "idle",
        "reason": sandbox.reason if sandbox is not None else "",
        "origin": sandbox.origin if sandbox is not None else "",
        "ssh": ssh_command(settings, app) if sandbox is not None and sandbox.state == SandboxState.RUNNING else "",
        "keys": keys,
        "usage": sandbox.usage if sandbox is not None else None,
        "commit": commit.id if commit is not None else None,
        "created_at": stamp(sandbox.created_at) if sandbox is not None else None,
        "changed_at": stamp(sandbox.changed_at) if sandbox is not None else None,
    }


def ssh_command(settings: Settings, app: App) -> str:
    """Return the command that an author types."""
    host, port = _address(settings)
    return f"ssh {app.name}@{host}" + (f" -p {port}" if port != _SSH_PORT else "")


def copy_commands(settings: Settings, app: App) -> tuple[str, ...]:
    """Return how files come in and out: by scp, by sftp."""
    host, port = _address(settings)
    option = f" -P {port}" if port != _SSH_PORT else ""
    return (f"scp{option} -r FOLDER {app.name}@{host}:", f"sftp{option} {app.name}@{host}")


def _address(settings: Settings) -> tuple[str, int]:
    return settings.sandbox_host or settings.build_node_host, settings.sandbox_port or settings.build_node_port


def commit_entry(commit: Commit) -> dict[str, Any]:
    """Return what is told of a commit in a list."""
    ready = commit.state == CommitState.READY
    return {
        "id": commit.id,
        "app": commit.app.name,
        "state": commit.state,
        "reason": commit.reason,
        "percent": commit.percent,
        "origin": commit.origin,
        "changelog": commit.changelog,
        "publish": commit.publish,
        "sha256": commit.sha256,
        "size": commit.size,
        "version": commit.version.number if ready and commit.version is not None else None,
        "job": commit.job_id,
        "retry_of": commit.retry_of,
        "user": commit.user.name,
        "created_at": stamp(commit.created_at),
        "changed_at": stamp(commit.changed_at),
        "finished_at": stamp(commit.finished_at),
    }


def sample_answer(app: App, sample: Sample, user: User) -> dict[str, Any]:
    """Return what is told of an app's sample."""
    return {
        "app": app.name,
        "param": sample.param,
        "files": sample.files,
        "user": user.name,
        "created_at": stamp(sample.created_at),
    }
