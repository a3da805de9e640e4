"""``/author/<app>/``: the sandbox, what to do next, and the commits."""

from typing import Any

from flask import Blueprint, Response, render_template, request, url_for
from flask_babel import gettext as _

from allgo_hpc.commits.ask import ask_commit, under_way
from allgo_hpc.commits.listing import page_of_commits
from allgo_hpc.commits.states import CommitState, SandboxState
from allgo_hpc.jobs.dispatch import wake_sweep
from allgo_hpc.models import Commit, Sample, Sandbox
from allgo_hpc.publishing.bases import known_bases
from allgo_hpc.sandboxes.ask import discard_sandbox, start_sandbox, stop_sandbox
from allgo_hpc.ssh_keys import list_keys
from allgo_hpc.versions.listing import page_of_versions
from web.api.sandboxes.answer import copy_commands, ssh_command
from web.look.work_states import commit_look, commit_words, sandbox_look, sandbox_words
from web.pages.authoring.bodies import limit_form
from web.pages.authoring.fields import one_line_ends
from web.pages.authoring.own import Work, act, own_app
from web.pages.authoring.paging import before_of
from web.signin.who import check_form

pages = Blueprint("author_sandbox", __name__)
_COMMITS = 10
_VERSIONS = 50


@pages.get("/author/<name>/")
def show(name: str) -> str:
    """Show how the sandbox and its commit stand, and what to do next."""
    return render_template("authoring/sandbox.html", **panel(own_app(name)))


@pages.post("/author/<name>/start")
def start(name: str) -> Response:
    """Start the sandbox, from what was chosen."""
    work, where = _posted(name)
    base, version = _origin(request.form.get("from", ""))
    anew = bool(request.form.get("anew"))
    return act(
        work,
        lambda: start_sandbox(work.session, work.services, work.user, work.app, base=base, version=version, anew=anew),
        _("The sandbox is being started."),
        where,
    )


@pages.post("/author/<name>/stop")
def stop(name: str) -> Response:
    """Stop the sandbox."""
    work, where = _posted(name)
    return act(work, lambda: stop_sandbox(work.session, work.app), _("The sandbox is being stopped."), where)


@pages.post("/author/<name>/discard")
def discard(name: str) -> Response:
    """Give the sandbox up."""
    work, where = _posted(name)
    said = _("The sandbox is being given up. An administrator can bring it back for 30 days.")
    return act(work, lambda: discard_sandbox(work.session, work.app), said, where)


@pages.post("/author/<name>/commit")
def commit(name: str) -> Response:
    """Ask for a commit of the sandbox."""
    work, where = _posted(name)
    answer = act(
        work,
        lambda: ask_commit(
            work.session,
            work.user,
            work.app,
            changelog=one_line_ends(request.form.get("changelog", "")),
            publish=bool(request.form.get("publish")),
        ),
        _("The commit is under way. You may close this page; it goes on."),
        f"{where}#commit",
    )
    wake_sweep(work.services)
    return answer


def panel(work: Work) -> dict[str, Any]:
    """Return what the page shows."""
    session, app, settings = work.session, work.app, work.services.settings
    sandbox, current = session.get(Sandbox, app.id), under_way(session, app)
    commits, following = page_of_commits(session, app, limit=_COMMITS, before=before_of(request.args.get("before")))
    versions, _more = page_of_versions(session, app, limit=_VERSIONS)
    versions = [one for one in versions if one.deleted_at is None]
    state = sandbox.state if sandbox is not None else None
    running = state == SandboxState.RUNNING
    return {
        "app": app,
        "site_has_node": bool(settings.build_node_host),
        "contact": settings.contact,
        "sandbox": sandbox,
        "usage": _usage(sandbox),
        "current": current,
        "latest": current or (commits[0] if commits and not request.args.get("before") else None),
        "commits": commits,
        "following": following,
        "versions": versions,
        "bases": known_bases(work.services.layout),
        "has_key": bool(list_keys(session, work.user)),
        "has_sample": session.get(Sample, app.id) is not None,
        "committed": any(one.origin == "sandbox" for one in commits),
        "ssh": ssh_command(settings, app) if running else "",
        "copying": copy_commands(settings, app) if running else (),
        "can_commit": state in {SandboxState.RUNNING, SandboxState.STOPPED} and current is None,
        "busy": state in {SandboxState.STARTING, SandboxState.STOPPING, SandboxState.DISCARDING},
        "order": commit_order(current),
        "sandbox_words": sandbox_words,
        "sandbox_look": sandbox_look,
        "commit_words": commit_words,
        "commit_look": commit_look,
    }


def commit_order(commit: Commit | None) -> list[tuple[str, str]]:
    """Return the states that a commit goes through, each with ``past``, ``now`` or ``ahead``."""
    if commit is None:
        return []
    order = [each for each in CommitState if not each.is_final]
    at = order.index(CommitState(commit.state)) if not CommitState(commit.state).is_final else len(order)
    if commit.origin != "sandbox":
        order.remove(CommitState.FETCHING)
    places = list(CommitState)
    return [
        (one.value, "now" if places.index(one) == at else "past" if places.index(one) < at else "ahead")
        for one in order
    ]


def _usage(sandbox: Sandbox | None) -> dict[str, Any]:
    usage = (sandbox.usage if sandbox is not None else None) or {}
    return {"limits": usage.get("limits") or {}, "used": usage.get("used") or {}, "sessions": usage.get("sessions", 0)}


def _origin(chosen: str) -> tuple[str | None, str | None]:
    kind, _sign, which = chosen.partition(":")
    return (which if kind == "base" else None), (which if kind == "version" else None)


def _posted(name: str) -> tuple[Work, str]:
    work = own_app(name)
    limit_form()
    check_form()
    return work, url_for("author_sandbox.show", name=work.app.name)
