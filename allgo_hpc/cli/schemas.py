"""``allgo-hpc app presets | schema``: what a param string is made of, as JSON files."""

import json
from pathlib import Path
from typing import Any

import click

from allgo_hpc.apps import app_named, default_of
from allgo_hpc.authoring.change import change_app
from allgo_hpc.cli.context import open_services, open_session
from allgo_hpc.errors import BadInput
from allgo_hpc.parameters.boutiques.read import read_descriptor
from allgo_hpc.parameters.boutiques.write import write_descriptor
from allgo_hpc.parameters.drafting.draft import draft_parameters

_FILE = click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path)


@click.command()
@click.argument("name")
@click.argument("file", type=_FILE, required=False)
def presets(name: str, file: Path | None) -> None:
    """Show the presets of the app NAME as JSON, or replace all of them by those in FILE.

    FILE is a list of objects with `name`, `param` and `explanation`; - is standard input.
    """
    _show_or_set(name, "presets", file)


@click.command()
@click.argument("name")
@click.argument("file", type=_FILE, required=False)
@click.option("--boutiques", is_flag=True, help="FILE is, or what is shown becomes, a Boutiques descriptor.")
@click.option("--draft", is_flag=True, help="FILE is what the program says on --help: show a draft, store nothing.")
def schema(name: str, file: Path | None, *, boutiques: bool, draft: bool) -> None:
    """Show the parameters of the app NAME as JSON, or replace all of them by those in FILE.

    FILE is a list of objects as `[[parameter]]` of app.toml has them; - is standard input.
    """
    if draft and (file is None or boutiques):
        raise click.UsageError("--draft reads a FILE, and is not for --boutiques")
    if draft and file is not None:
        _print(draft_parameters(_read(file)))
    elif boutiques and file is not None:
        _take_descriptor(name, file)
    elif boutiques:
        _print(_descriptor(name))
    else:
        _show_or_set(name, "parameters", file)


def _show_or_set(name: str, what: str, file: Path | None) -> None:
    services = open_services()
    with open_session(services) as session:
        app = app_named(session, name)
        if file is None:
            _print(getattr(app, what) or [])
        else:
            changed = change_app(session, services, None, app, {what: _json(file)})
            click.echo(f"{what}: {len(getattr(app, what) or [])}" + ("" if changed else ", as before"))


def _take_descriptor(name: str, file: Path) -> None:
    descriptor = _json(file)
    if not isinstance(descriptor, dict):
        raise BadInput(f"{file} holds no JSON object", field="descriptor")
    services = open_services()
    with open_session(services) as session:
        made, left_out = read_descriptor(descriptor)
        change_app(session, services, None, app_named(session, name), {"parameters": made})
        for each in left_out:
            click.echo(f"left out: {each}", err=True)
        click.echo(f"parameters: {len(made)}")


def _descriptor(name: str) -> dict[str, Any]:
    with open_session(open_services()) as session:
        app = app_named(session, name)
        if not app.parameters:
            raise click.ClickException(f"the app '{name}' has no parameters: Boutiques wants at least one")
        default = default_of(app, app.versions)
        version = str(default.number) if default is not None else "0"
        return write_descriptor(app.name, app.description or app.title, version, app.parameters)


def _read(file: Path) -> str:
    with click.open_file(str(file), encoding="utf-8", errors="replace") as opened:
        return str(opened.read())


def _json(file: Path) -> Any:  # noqa: ANN401
    try:
        return json.loads(_read(file))
    except (ValueError, RecursionError) as error:
        raise BadInput(f"{file} is not JSON: {error}", field="file") from error


def _print(value: Any) -> None:  # noqa: ANN401
    click.echo(json.dumps(value, ensure_ascii=False, indent=2))
