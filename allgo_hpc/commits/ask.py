"""What an author asks for: a commit, its end, a second try."""

from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from allgo_hpc.authoring.properties import check_long_text
from allgo_hpc.commits.moves import begin
from allgo_hpc.commits.states import CommitState, SandboxState
from allgo_hpc.errors import Conflict, NotFound
from allgo_hpc.models import App, Commit, Sandbox, User, utc_now
from allgo_hpc.versions.change import LONGEST_CHANGELOG

_CAN_BE_COMMITTED = {SandboxState.RUNNING, SandboxState.STOPPED}
_MOST_DIGITS = 9


def ask_commit(
    session: Session,
    user: User,
    app: App,
    *,
    changelog: str = "",
    publish: bool | None = None,
    retry_of: int | None = None,
) -> Commit:
    """Ask for a commit of the app's sandbox; it is made in the background.

    Args:
        session: of the caller.
        user: who asks, and may.
        app: of which app.
        changelog: what is new.
        publish: whether its version is published, and is the default, once it is tested; None: as the app says.
        retry_of: the commit that it repeats.

    Raises:
        BadInput: the changelog may not be.
        Conflict: there is no sandbox, it is in no state to be committed, or another commit is under way.
    """
    check_long_text("changelog", changelog, LONGEST_CHANGELOG)
    sandbox = session.get(Sandbox, app.id)
    if sandbox is None:
        raise Conflict(f"the app '{app.name}' has no sandbox: start one first", code="no_sandbox")
    if sandbox.state not in _CAN_BE_COMMITTED:
        raise Conflict(f"the sandbox of '{app.name}' is {sandbox.state}: {_advice(sandbox)}", code="sandbox_not_ready")
    commit = Commit(
        uuid=str(uuid4()),
        app_id=app.id,
        user_id=user.id,
        origin="sandbox",
        state=CommitState.WAITING.value,
        changelog=changelog,
        publish=app.auto_publish if publish is None else publish,
        retry_of=retry_of,
    )
    store_commit(session, app, commit)
    return commit


def abort_commit(session: Session, commit: Commit) -> None:
    """Ask that a commit ends without a version; that it was asked before is no error.

    Raises:
        Conflict: it has ended.
    """
    if CommitState(commit.state).is_final:
        raise Conflict(f"commit {commit.id} has ended ({commit.state})", code="commit_ended")
    if commit.abort_at is None:
        commit.abort_at = utc_now()
    session.commit()


def retry_commit(session: Session, user: User, commit: Commit) -> Commit:
    """Ask for the same commit once more, of the sandbox as it is now.

    Raises:
        Conflict: it has not ended, or it is a version; and as ``ask_commit``.
    """
    if commit.state == CommitState.READY:
        raise Conflict(f"commit {commit.id} is a version: commit the sandbox again for another", code="commit_ended")
    if not CommitState(commit.state).is_final:
        raise Conflict(f"commit {commit.id} is still {commit.state}", code="commit_under_way")
    if commit.origin != "sandbox":
        raise Conflict(f"commit {commit.id} was of files that were sent: send them again", code="commit_ended")
    return ask_commit(session, user, commit.app, changelog=commit.changelog, publish=commit.publish, retry_of=commit.id)


def find_commit(session: Session, app: App, wanted: str) -> Commit:
    """Return a commit of an app by its number.

    Raises:
        NotFound: there is none.
    """
    is_number = wanted.isascii() and wanted.isdigit() and len(wanted) <= _MOST_DIGITS
    commit = session.get(Commit, int(wanted)) if is_number else None
    if commit is None or commit.app_id != app.id:
        shown = wanted[:32] if wanted.isprintable() else "(what was sent)"
        raise NotFound(f"the app '{app.name}' has no commit '{shown}'", field="commit_id", code="unknown_commit")
    return commit


def under_way(session: Session, app: App) -> Commit | None:
    """Return the app's commit that has not ended."""
    return session.scalar(select(Commit).where(Commit.app_id == app.id, Commit.finished_at.is_(None)))


def store_commit(session: Session, app: App, commit: Commit) -> None:
    """Store a new commit, unless another one of the app is under way.

    Raises:
        Conflict: one is.
    """
    try:
        begin(session, commit)
    except IntegrityError as error:
        # The index on unfinished commits lets one of an app be under way, also of two that ask at once.
        session.rollback()
        other = under_way(session, app)
        shown = f" (commit {other.id}, {other.state})" if other is not None else ""
        raise Conflict(
            f"a commit of '{app.name}' is under way{shown}: wait for its end or abort it", code="commit_under_way"
        ) from error


def _advice(sandbox: Sandbox) -> str:
    return sandbox.reason or "wait until it is running"
