"""``allgo-hpc sandbox``: what the API does for authors, at the portal's own machine."""

import time

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

from allgo_hpc.apps import app_named
from allgo_hpc.cli.context import open_services, open_session
from allgo_hpc.commits.states import SandboxState
from allgo_hpc.models import Sandbox
from allgo_hpc.sandboxes.ask import discard_sandbox, start_sandbox, stop_sandbox

_LOOK_EVERY_S = 0.3
_CHUNK = 1024 * 1024
_SETTLED = {SandboxState.RUNNING, SandboxState.STOPPED, SandboxState.ERROR}
_WAIT = click.option("--wait/--no-wait", default=True, show_default=True, help="Wait for its end and show it.")


@click.group()
def sandbox() -> None:
    """Sandboxes on the build node, one for each app that has one. The sweep's process does the work."""


@sandbox.command(name="list")
def list_sandboxes() -> None:
    """List all sandboxes."""
    with open_session(open_services()) as session:
        for each in session.scalars(select(Sandbox).order_by(Sandbox.app_id)):
            click.echo(f"{each.app.name}\t{each.state}\t{each.origin}\t{each.reason}")


@sandbox.command()
@click.argument("name")
@click.option("--base", help="Base image that a new one begins with (default: the app's own).")
@click.option("--version", help="Number of the version that a new one begins with.")
@click.option("--anew", is_flag=True, help="Give up what is in it and begin again.")
@_WAIT
def start(name: str, base: str | None, version: str | None, *, anew: bool, wait: bool) -> None:
    """Start the sandbox of the app NAME."""
    services = open_services()
    with open_session(services) as session:
        app = app_named(session, name)
        made = start_sandbox(session, services, app.owner, app, base=base, version=version, anew=anew)
        _show(session, made, wait=wait)


@sandbox.command()
@click.argument("name")
@_WAIT
def stop(name: str, *, wait: bool) -> None:
    """Stop the sandbox of the app NAME; what is in it stays."""
    with open_session(open_services()) as session:
        _show(session, stop_sandbox(session, app_named(session, name)), wait=wait)


@sandbox.command()
@click.argument("name")
@click.confirmation_option(prompt="Give up what is in the sandbox?")
def discard(name: str) -> None:
    """Give the sandbox of the app NAME up; the build node keeps it for 30 days."""
    with open_session(open_services()) as session:
        discard_sandbox(session, app_named(session, name))
    click.echo(f"the sandbox of {name} is being given up")


def _show(session: Session, made: Sandbox, *, wait: bool) -> None:
    while wait and made.state not in _SETTLED:
        session.commit()  # nothing of the database is held while this waits
        time.sleep(_LOOK_EVERY_S)
        session.refresh(made)
    click.echo(f"{made.app.name}: {made.state}" + (f": {made.reason}" if made.reason else ""))
    if made.state == SandboxState.ERROR:
        raise SystemExit(1)
