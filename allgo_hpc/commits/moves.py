"""The one place that changes the state of a commit or a sandbox: a compare-and-swap and an event row, together."""

from typing import Any

from sqlalchemy import CursorResult, func, select, update
from sqlalchemy.orm import Session

from allgo_hpc.commits.states import CommitState, SandboxState, may_follow
from allgo_hpc.models import AppEvent, Commit, Sandbox, utc_now

_EVENT_LOCK = 0x6170706576  # "appev"; any number, the same everywhere
_LOG_MOST = 64 * 1024


class IllegalCommitMoveError(Exception):
    """A mistake of the program: no commit may go from the one state to the other."""


def move_commit(session: Session, commit: Commit, new: CommitState, **values: Any) -> bool:  # noqa: ANN401
    """Move a commit from the state that this session knows to another one, and commit.

    Args:
        session: of the caller; nothing else may be pending in it.
        commit: as it was read.
        new: where it goes.
        values: columns that change with it.

    Returns:
        False when somebody else moved it meanwhile; ``commit`` is fresh then.

    Raises:
        IllegalCommitMoveError: see allgo_hpc.commits.states.
    """
    old = CommitState(commit.state)
    if not may_follow(old, new):
        raise IllegalCommitMoveError(f"commit {commit.id}: {old} → {new}")
    now = utc_now()
    changed = {"reason": "", "percent": None, "changed_at": now} | values
    if new.is_final:
        changed["finished_at"] = now
    done = session.execute(
        update(Commit).where(Commit.id == commit.id, Commit.state == old.value).values(state=new.value, **changed),
        execution_options={"synchronize_session": False},
    )
    if not isinstance(done, CursorResult) or done.rowcount != 1:
        session.rollback()
        session.refresh(commit)
        return False
    session.refresh(commit)
    _add_event(session, commit, old=old.value)
    session.commit()
    return True


def note_progress(session: Session, commit: Commit, *, percent: int | None, log: str) -> None:
    """Note how far a commit is in the state that it is in, and what its build has said."""
    tail = log[-_LOG_MOST:]
    if (percent, tail) == (commit.percent, commit.log):
        return
    session.execute(
        update(Commit).where(Commit.id == commit.id, Commit.state == commit.state).values(percent=percent, log=tail),
        execution_options={"synchronize_session": False},
    )
    session.commit()
    session.refresh(commit)


def move_sandbox(session: Session, sandbox: Sandbox, new: SandboxState, **values: Any) -> bool:  # noqa: ANN401
    """Move a sandbox from the state that this session knows to another one, and commit; False when it was moved."""
    old = sandbox.state
    changed = {"reason": "", "changed_at": utc_now()} | values
    done = session.execute(
        update(Sandbox)
        .where(Sandbox.app_id == sandbox.app_id, Sandbox.state == old)
        .values(state=new.value, **changed),
        execution_options={"synchronize_session": False},
    )
    if not isinstance(done, CursorResult) or done.rowcount != 1:
        session.rollback()
        session.refresh(sandbox)
        return False
    session.refresh(sandbox)
    _add_event(session, sandbox, old=old)
    session.commit()
    return True


def leave_sandbox(session: Session, sandbox: Sandbox) -> None:
    """Remove the row of a sandbox that the build node has given up, and commit."""
    old, sandbox.state, sandbox.reason = sandbox.state, "", ""
    _add_event(session, sandbox, old=old)
    session.delete(sandbox)
    session.commit()


def begin(session: Session, made: Commit | Sandbox) -> None:
    """Store a new commit or sandbox with its first event, and commit."""
    session.add(made)
    session.flush()
    _add_event(session, made, old="")
    session.commit()


def _add_event(session: Session, of: Commit | Sandbox, *, old: str) -> None:
    # Numbers must become visible in their order, as those of jobs (allgo_hpc.jobs.moves.add_event).
    if session.get_bind().dialect.name == "postgresql":
        session.execute(select(func.pg_advisory_xact_lock(_EVENT_LOCK)))
    commit_id = of.id if isinstance(of, Commit) else None
    session.add(AppEvent(app_id=of.app_id, commit_id=commit_id, old=old, new=of.state, detail=of.reason))
    session.flush()
