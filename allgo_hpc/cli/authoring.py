"""``allgo-hpc app create | show | change | history | icon``."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from allgo_hpc.accounts import find_user
from allgo_hpc.apps import app_named, default_of, list_versions
from allgo_hpc.authoring.change import change_app
from allgo_hpc.authoring.create import create_app
from allgo_hpc.authoring.history import list_changes, who
from allgo_hpc.authoring.icons import find_icon, remove_icon, set_icon
from allgo_hpc.authoring.properties import PROPERTIES
from allgo_hpc.cli.context import open_services, open_session
from allgo_hpc.times import stamp

_LISTS = ("presets", "parameters")
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_OPTIONS = (
    click.option("--title", help="What people call it."),
    click.option("--description", help="What it does, in Markdown."),
    click.option("--description-file", type=_FILE, help="The same from a file."),
    click.option("--contact", help="Whom users ask."),
    click.option("--citation", help="How to cite it, in Markdown."),
    click.option("--example-job", "example_job_id", type=int, help="Job of its owner's that shows it; 0: none."),
    click.option("--tag", "tags", multiple=True, help="A word to find it by; may come several times, replaces all."),
    click.option("--public/--private", default=None, help="Anybody may run it; or only its author."),
    click.option("--queue", "default_queue", help="Queue of a job that names none."),
    click.option("--memory-mb", type=int, help="Mebibytes of each job."),
    click.option("--cpus", type=int, help="Processors of each job."),
    click.option("--gpus", type=int, help="Graphics processors of each job."),
    click.option("--network/--no-network", default=None, help="Its jobs may use the network."),
    click.option("--disk-scratch/--no-disk-scratch", default=None, help="Writes outside the job folder go to disk."),
    click.option("--input-max-mb", type=int, help="Mebibytes of the input files of one job; 0: what the site allows."),
    click.option(
        "--rerun-after-node-failure/--no-rerun-after-node-failure",
        default=None,
        help="A job whose node failed is started anew, once.",
    ),
    click.option("--base", help="Base image of a new sandbox."),
    click.option(
        "--auto-publish/--no-auto-publish", default=None, help="A version that passed its test is published at once."
    ),
)


def _with_properties[**P, R](command: Callable[P, R]) -> Callable[P, R]:
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


@click.command()
@click.argument("name")
@click.option("--author", required=True, help="The account that owns the app.")
@_with_properties
def create(name: str, author: str, **options: Any) -> None:  # noqa: ANN401
    """Make the app NAME, without a version; what is not said has its default.

    NAME is 1 to 32 of a-z, 0-9 and '-', the first a letter; it stays.
    """
    services = open_services()
    services.layout.make()
    with open_session(services) as session:
        made = create_app(session, services, find_user(session, author), name, _properties(options))
        click.echo(f"app {made.id} {made.name}")


@click.command()
@click.argument("name")
@_with_properties
def change(name: str, **options: Any) -> None:  # noqa: ANN401
    """Change the app NAME at once; what is not said stays."""
    services = open_services()
    with open_session(services) as session:
        changed = change_app(session, services, None, app_named(session, name), _properties(options))
        click.echo(f"changed: {', '.join(changed)}" if changed else "nothing is different")


@click.command()
@click.argument("name")
def show(name: str) -> None:
    """Show the app NAME: its properties, one a line, and its versions."""
    with open_session(open_services()) as session:
        app = app_named(session, name)
        for key in ("id", "name", *(each for each in PROPERTIES if each not in _LISTS)):
            click.echo(f"{key}\t{json.dumps(getattr(app, key), ensure_ascii=False)}")
        for key in _LISTS:
            click.echo(f"{key}\t{len(getattr(app, key) or [])}")
        click.echo(f"owner\t{app.owner.name}\nicon\t{app.icon_type or 'none'}")
        default = default_of(app, list_versions(session, app))
        click.echo(f"default version\t{default.number if default is not None else 'none'}")


@click.command()
@click.argument("name")
@click.option("--limit", type=click.IntRange(1, 10_000), default=50, show_default=True, help="So many, the newest.")
def history(name: str, limit: int) -> None:
    """Show what was changed of the app NAME, newest first: when, who, what, from what, to what."""
    with open_session(open_services()) as session:
        for each in list_changes(session, app_named(session, name), limit=limit)[0]:
            values = [json.dumps(value, ensure_ascii=False) for value in (each.old, each.new)]
            click.echo("\t".join([stamp(each.at) or "", who(each), each.what, *values]))


@click.command()
@click.argument("name")
@click.argument("file", type=_FILE, required=False)
@click.option("--remove", is_flag=True, help="Take its icon away.")
def icon(name: str, file: Path | None, *, remove: bool) -> None:
    """Give the app NAME the icon FILE (PNG, JPEG or WebP); without FILE, say where its icon lies."""
    services = open_services()
    services.layout.make()
    if remove and file is not None:
        raise click.UsageError("give a FILE or --remove, not both")
    with open_session(services) as session:
        app = app_named(session, name)
        if remove:
            remove_icon(session, services, None, app)
        elif file is not None:
            set_icon(session, services, None, app, file.read_bytes())
        else:
            click.echo(f"{app.icon_type}\t{find_icon(services.layout, app)}")


def _properties(options: dict[str, Any]) -> dict[str, Any]:
    """Return the properties that options gave."""
    given = {name: value for name, value in options.items() if value not in {None, ()}}
    file = given.pop("description_file", None)
    if file is not None:
        if "description" in given:
            raise click.UsageError("give --description or --description-file, not both")
        given["description"] = _read_text(file)
    if "tags" in given:
        given["tags"] = [tag for tag in given["tags"] if tag]
    if "example_job_id" in given:
        given["example_job_id"] = given["example_job_id"] or None
    if "input_max_mb" in given:
        given["input_max_bytes"] = given.pop("input_max_mb") * 2**20 or None
    return given


def _read_text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise click.ClickException(f"{file} is not UTF-8: {error}") from error
