"""``allgo-hpc doctor``."""

import json
import logging
from collections.abc import Iterator

import click

from allgo_hpc.cli.context import open_services
from allgo_hpc.doctor import Finding, Level, examine
from allgo_hpc.settings import SettingsError

_COLOURS = {Level.OK: "green", Level.WARN: "yellow", Level.FAIL: "red"}
_WIDTH = 18


@click.command()
@click.option("--json", "as_json", is_flag=True, help="One list of objects: level, what, said, todo.")
def doctor(*, as_json: bool) -> None:
    """Look at everything that the portal needs; exit status 0 when nothing failed. Changes nothing."""
    found = []
    # What the parts say of themselves on their way is no finding.
    logging.disable(logging.WARNING)
    try:
        for finding in _findings():
            found.append(finding)
            if not as_json:
                _show(finding)
    finally:
        logging.disable(logging.NOTSET)
    failed = sum(each.level is Level.FAIL for each in found)
    warned = sum(each.level is Level.WARN for each in found)
    if as_json:
        click.echo(json.dumps([vars(each) | {"level": each.level.value} for each in found], indent=2))
    else:
        click.echo(f"{failed} failed, {warned} warned" if failed or warned else "all is well")
    raise SystemExit(1 if failed else 0)


def _findings() -> Iterator[Finding]:
    try:
        services = open_services()
    except SettingsError as error:
        yield Finding(Level.FAIL, "settings", str(error), "correct it in the settings file or the environment")
        return
    yield Finding(Level.OK, "settings", f"valid; root is {services.settings.root}")
    yield from examine(services)


def _show(finding: Finding) -> None:
    level = click.style(f"{finding.level.value:<4}", fg=_COLOURS[finding.level])
    click.echo(f"{level}  {finding.what:<{_WIDTH}}{finding.said}")
    if finding.todo:
        click.echo(f"      {'':<{_WIDTH}}-> {finding.todo}")
