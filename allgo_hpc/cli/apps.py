"""``allgo-hpc app`` and ``allgo-hpc image``."""

from pathlib import Path

import click
from sqlalchemy import select

from allgo_hpc.accounts import find_user
from allgo_hpc.cli.context import open_services, open_session
from allgo_hpc.models import App
from allgo_hpc.publishing.images import provide_base
from allgo_hpc.publishing.publish import publish as publish_folder
from containers import KNOWN_BASES


@click.group()
def app() -> None:
    """Apps and their versions."""


@app.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--author", required=True, help="The account that owns the app.")
@click.option("--verbose", is_flag=True, help="Show the build's own output.")
def publish(folder: Path, author: str, *, verbose: bool) -> None:
    """Build the image of FOLDER (app.toml, recipe, files) and publish it as the app's next version."""
    services = open_services()

    with open_session(services) as session:
        owner = find_user(session, author)
        version = publish_folder(session, services, owner, folder, say=_say, on_line=_say if verbose else None)
        click.echo(f"{version.app.name} version {version.number}, {version.size / 1e6:.1f} MB, sha256 {version.sha256}")


@app.command(name="list")
def list_apps() -> None:
    """List all apps with their newest version."""
    with open_session(open_services()) as session:
        for each in session.scalars(select(App).order_by(App.name)):
            newest = max((one.number for one in each.versions if one.deleted_at is None), default="-")
            click.echo(
                f"{each.id}\t{each.name}\tversion {newest}\t{'public' if each.public else 'private'}\t{each.title}"
            )


@click.group()
def image() -> None:
    """Base images."""


@image.command()
@click.argument("name", type=click.Choice(sorted(KNOWN_BASES)))
def base(name: str) -> None:
    """Build the base image NAME unless it is there."""
    services = open_services()
    services.layout.make()
    click.echo(provide_base(services, name, _say))


def _say(line: str) -> None:
    click.echo(line, err=True)
