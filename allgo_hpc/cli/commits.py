"""``allgo-hpc commit``: what the API does for authors, at the portal's own machine."""

import time
from collections.abc import Callable
from pathlib import Path

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

from allgo_hpc.apps import app_named
from allgo_hpc.cli.context import open_services, open_session
from allgo_hpc.commits.ask import abort_commit, ask_commit, find_commit, retry_commit
from allgo_hpc.commits.recipes import commit_import, commit_recipe
from allgo_hpc.commits.states import CommitState, SandboxState
from allgo_hpc.models import Commit
from allgo_hpc.submitting.submission import new_staging

_LOOK_EVERY_S = 0.3
_CHUNK = 1024 * 1024
_SETTLED = {SandboxState.RUNNING, SandboxState.STOPPED, SandboxState.ERROR}
_WAIT = click.option("--wait/--no-wait", default=True, show_default=True, help="Wait for its end and show it.")


@click.group()
def commit() -> None:
    """Commits: a sandbox becomes a tested version of its app."""


@commit.command(name="start")
@click.argument("name")
@click.option("--changelog", default="", help="What is new in it.")
@click.option("--publish/--no-publish", default=None, help="Publish it once its sample passed (else: as the app says).")
@_WAIT
def start_commit(name: str, changelog: str, *, publish: bool | None, wait: bool) -> None:
    """Commit the sandbox of the app NAME; ends with 1 if there is no version."""
    with open_session(open_services()) as session:
        app = app_named(session, name)
        _follow(session, ask_commit(session, app.owner, app, changelog=changelog, publish=publish), wait=wait)


@commit.command(name="list")
@click.argument("name")
def list_commits(name: str) -> None:
    """List the commits of the app NAME, newest first."""
    with open_session(open_services()) as session:
        app = app_named(session, name)
        for each in session.scalars(select(Commit).where(Commit.app_id == app.id).order_by(Commit.id.desc())):
            click.echo(f"{each.id}\t{each.state}\t{each.created_at:%Y-%m-%d %H:%M:%S}\t{each.reason}")


@commit.command()
@click.argument("name")
@click.argument("number")
def show(name: str, number: str) -> None:
    """Show commit NUMBER of the app NAME, with its log."""
    with open_session(open_services()) as session:
        each = find_commit(session, app_named(session, name), number)
        click.echo(f"{each.state}: {each.reason}\n{each.log}")


@commit.command()
@click.argument("name")
@click.argument("number")
def abort(name: str, number: str) -> None:
    """End commit NUMBER of the app NAME without a version."""
    with open_session(open_services()) as session:
        abort_commit(session, find_commit(session, app_named(session, name), number))


@commit.command()
@click.argument("name")
@click.argument("number")
@_WAIT
def retry(name: str, number: str, *, wait: bool) -> None:
    """Try commit NUMBER of the app NAME once more, of the sandbox as it is now."""
    with open_session(open_services()) as session:
        app = app_named(session, name)
        _follow(session, retry_commit(session, app.owner, find_commit(session, app, number)), wait=wait)


@commit.command()
@click.argument("name")
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--changelog", default="", help="What is new in it.")
@click.option("--publish/--no-publish", default=None, help="Publish it once its sample passed (else: as the app says).")
@_WAIT
def recipe(name: str, files: tuple[Path, ...], changelog: str, *, publish: bool | None, wait: bool) -> None:
    """Build a version of the app NAME from a recipe (*.def or Dockerfile) and the FILES that it copies."""
    _send(name, files, commit_recipe, changelog=changelog, publish=publish, wait=wait)


@commit.command(name="import")
@click.argument("name")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--changelog", default="", help="What is new in it.")
@click.option("--publish/--no-publish", default=None, help="Publish it once its sample passed (else: as the app says).")
@_WAIT
def import_file(name: str, file: Path, changelog: str, *, publish: bool | None, wait: bool) -> None:
    """Make a version of the app NAME of a SIF image, or of an OCI or Docker archive."""
    _send(name, (file,), commit_import, changelog=changelog, publish=publish, wait=wait)


def _send(  # what a commit has
    name: str,
    files: tuple[Path, ...],
    make: Callable[..., Commit],
    *,
    changelog: str,
    publish: bool | None,
    wait: bool,
) -> None:
    services = open_services()
    with open_session(services) as session, new_staging(services) as staging:
        app = app_named(session, name)
        for path in files:
            with path.open("rb") as source, staging.new_file(path.name, field="FILES") as target:
                while data := source.read(_CHUNK):
                    target.write(data)
        made = make(session, services, app.owner, app, staging, changelog=changelog, publish=publish)
        _follow(session, made, wait=wait)


def _follow(session: Session, made: Commit, *, wait: bool) -> None:
    said = ""
    while wait and not CommitState(made.state).is_final:
        now = f"commit {made.id}: {made.state}" + (f" {made.percent} %" if made.percent is not None else "")
        if now != said:
            click.echo(now, err=True)
            said = now
        session.commit()  # nothing of the database is held while this waits
        time.sleep(_LOOK_EVERY_S)
        session.refresh(made)
    click.echo(f"commit {made.id}: {made.state}" + (f": {made.reason}" if made.reason else ""))
    if made.state in {CommitState.FAILED, CommitState.ABORTED}:
        click.echo(made.log, err=True)
        raise SystemExit(1)
