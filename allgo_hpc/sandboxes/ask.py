"""What an author asks of an app's sandbox: start, stop, begin anew, give up. The build node is not waited for."""

from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from allgo_hpc.commits.ask import under_way
from allgo_hpc.commits.moves import begin, move_sandbox
from allgo_hpc.commits.states import SandboxState
from allgo_hpc.errors import BadInput, Conflict
from allgo_hpc.models import App, Sandbox, User
from allgo_hpc.near import did_you_mean
from allgo_hpc.publishing.bases import known_bases
from allgo_hpc.services import Services
from allgo_hpc.versions.find import see_version

_ENDING = {SandboxState.STOPPING, SandboxState.DISCARDING}


def start_sandbox(
    session: Session,
    services: Services,
    user: User,
    app: App,
    *,
    base: str | None = None,
    version: str | None = None,
    anew: bool = False,
) -> Sandbox:
    """Start the app's sandbox; one that is stopped goes on with what was in it.

    Args:
        session: of the caller.
        services: of the portal.
        user: who asks, and may.
        app: of which app.
        base: the base image that a new one begins with; without it and without ``version`` the app's own.
        version: number of the version that a new one begins with.
        anew: give up what is in the sandbox that there is (the build node keeps it for 30 days), and begin again.

    Raises:
        BadInput: there is no such base or version, or both are given.
        Conflict: it is under way already, or has something else in it and ``anew`` was not said.
    """
    if not services.settings.build_node_host:
        raise Conflict("this site has no build node: an administrator can set build_node_host", code="no_build_node")
    _check_base(services, base)
    wanted = _origin(session, user, app, base, version)
    sandbox = session.get(Sandbox, app.id)
    if sandbox is None:
        values: dict[str, Any] = {"origin": wanted or f"base:{app.base}", "anew": True}
        sandbox = Sandbox(app_id=app.id, user_id=user.id, state=SandboxState.STARTING.value, **values)
        try:
            begin(session, sandbox)
        except IntegrityError as error:
            session.rollback()
            raise _busy(app, "starting") from error
        return sandbox
    if sandbox.state == SandboxState.STARTING:
        raise _busy(app, sandbox.state)
    _refuse_while_busy(session, app, sandbox)
    if anew:
        more = {"origin": wanted or sandbox.origin, "anew": True, "user_id": user.id}
    elif wanted is not None and wanted != sandbox.origin:
        raise Conflict(
            f"the sandbox of '{app.name}' was begun from {sandbox.origin}: say anew to give up what is in it, "
            "or start it without naming where to begin",
            code="sandbox_exists",
        )
    else:
        more = {}
        if sandbox.state == SandboxState.RUNNING:
            return sandbox
    if not move_sandbox(session, sandbox, SandboxState.STARTING, **more):
        raise _busy(app, sandbox.state)
    return sandbox


def stop_sandbox(session: Session, app: App) -> Sandbox:
    """Stop it, or what starts it: its sessions end, what is in it stays. That it was stopped before is no error.

    Raises:
        Conflict: there is none, or something else is under way.
    """
    sandbox = find_sandbox(session, app)
    _refuse_while_busy(session, app, sandbox)
    if sandbox.state != SandboxState.STOPPED and not move_sandbox(session, sandbox, SandboxState.STOPPING):
        raise _busy(app, sandbox.state)
    return sandbox


def discard_sandbox(session: Session, app: App) -> Sandbox:
    """Give it up; the build node keeps what was in it for 30 days, from where an administrator can take it back.

    Raises:
        Conflict: there is none, or something else is under way.
    """
    sandbox = find_sandbox(session, app)
    _refuse_while_busy(session, app, sandbox)
    if not move_sandbox(session, sandbox, SandboxState.DISCARDING):
        raise _busy(app, sandbox.state)
    return sandbox


def find_sandbox(session: Session, app: App) -> Sandbox:
    """Return the app's sandbox.

    Raises:
        Conflict: it has none.
    """
    sandbox = session.get(Sandbox, app.id)
    if sandbox is None:
        raise Conflict(f"the app '{app.name}' has no sandbox: start one first", code="no_sandbox")
    return sandbox


def _refuse_while_busy(session: Session, app: App, sandbox: Sandbox) -> None:
    if sandbox.state in _ENDING:
        raise _busy(app, sandbox.state)
    commit = under_way(session, app)
    if commit is not None and commit.origin == "sandbox" and commit.state in {"waiting", "building"}:
        raise Conflict(
            f"commit {commit.id} of '{app.name}' is reading the sandbox: wait for its end or abort it",
            code="commit_under_way",
        )


def _busy(app: App, state: str) -> Conflict:
    return Conflict(f"the sandbox of '{app.name}' is {state}: wait until that is done", code="sandbox_not_ready")


def _check_base(services: Services, base: str | None) -> None:
    known = known_bases(services.layout)
    if base is not None and base not in known:
        shown = base[:64] if base.isprintable() else "(what was sent)"
        raise BadInput(f"base: there is no base '{shown}'{did_you_mean(base[:64], known)}", field="base")


def _origin(session: Session, user: User, app: App, base: str | None, version: str | None) -> str | None:
    if base is not None and version is not None:
        raise BadInput("base, version: name one of them", field="base")
    if base is not None:
        return f"base:{base}"
    if version is not None:
        found = see_version(session, user, app, version, field="version")
        if found.deleted_at is not None:
            raise Conflict(f"version {found.number} was deleted: restore it first", code="version_deleted")
        return f"version:{found.number}"
    return None
