"""``allgo-hpc announce``."""

from datetime import timedelta

import click

from allgo_hpc.administration.actor import COMMAND_LINE
from allgo_hpc.administration.announcements import (
    LEVELS,
    announce,
    end_announcement,
    find_announcement,
    list_announcements,
)
from allgo_hpc.cli.context import open_services, open_session
from allgo_hpc.models import utc_now
from allgo_hpc.times import stamp


@click.group(name="announce")
def announcements() -> None:
    """Sentences that stand on every page for a time."""


@announcements.command()
@click.argument("text")
@click.option("--level", type=click.Choice(LEVELS), default="info", show_default=True, help="How it looks.")
@click.option("--hours", type=click.FloatRange(min=0.01, max=87600), help="Hours that it stands; default: until ended.")
def add(text: str, level: str, hours: float | None) -> None:
    """Show TEXT on every page from now on."""
    ends_at = utc_now() + timedelta(hours=hours) if hours is not None else None
    with open_session(open_services()) as session:
        made = announce(session, COMMAND_LINE, text, level=level, ends_at=ends_at)
        click.echo(f"announcement {made.id}")


@announcements.command(name="list")
def list_all() -> None:
    """List the announcements: number, level, from, until, text."""
    with open_session(open_services()) as session:
        for each in list_announcements(session):
            until = stamp(each.ends_at) or "until ended"
            click.echo(f"{each.id}\t{each.level}\t{stamp(each.begins_at)}\t{until}\t{each.text}")


@announcements.command()
@click.argument("number")
def end(number: str) -> None:
    """Show announcement NUMBER no more."""
    with open_session(open_services()) as session:
        end_announcement(session, COMMAND_LINE, find_announcement(session, number), utc_now())
