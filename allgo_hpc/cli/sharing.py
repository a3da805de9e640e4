"""``allgo-hpc group`` and ``allgo-hpc app share | unshare | shares``."""

import click

from allgo_hpc.administration.actor import COMMAND_LINE
from allgo_hpc.administration.groups import add_member, create_group, delete_group, remove_member, rename_group
from allgo_hpc.apps import app_named
from allgo_hpc.cli.context import open_services, open_session
from allgo_hpc.sharing.groups import find_group, list_groups, members_of
from allgo_hpc.sharing.shares import list_shares, share_app, share_with, unshare_app, words_of
from allgo_hpc.times import stamp

_USER = click.option("--user", default="", help="A user, by name or address.")
_GROUP = click.option("--group", "group_name", default="", help="A group, by name.")


@click.group()
def group() -> None:
    """Groups of users, with whom apps are shared."""


@group.command(name="create")
@click.argument("name")
def create(name: str) -> None:
    """Make the group NAME; nobody is in it yet."""
    with open_session(open_services()) as session:
        made = create_group(session, COMMAND_LINE, name)
        click.echo(f"group {made.id} {made.name}")


@group.command()
@click.argument("name")
@click.argument("new_name")
def rename(name: str, new_name: str) -> None:
    """Give the group NAME another name."""
    with open_session(open_services()) as session:
        rename_group(session, COMMAND_LINE, find_group(session, name), new_name)


@group.command()
@click.argument("name")
def delete(name: str) -> None:
    """Delete the group NAME: what was shared with it is its members' no more."""
    with open_session(open_services()) as session:
        count = delete_group(session, COMMAND_LINE, find_group(session, name))
        click.echo(f"deleted; {count} apps were shared with it")


@group.command(name="list")
def list_all() -> None:
    """List all groups: name, members, apps that are shared with it."""
    with open_session(open_services()) as session:
        for each in list_groups(session):
            click.echo(f"{each.group.name}\t{each.members} members\t{each.apps} apps")


@group.command()
@click.argument("name")
def members(name: str) -> None:
    """List who is in the group NAME."""
    with open_session(open_services()) as session:
        for each in members_of(session, find_group(session, name)):
            click.echo(f"{each.name}\t{each.email}")


@group.command()
@click.argument("name")
@click.argument("users", nargs=-1, required=True)
def add(name: str, users: tuple[str, ...]) -> None:
    """Put USERS into the group NAME."""
    with open_session(open_services()) as session:
        found = find_group(session, name)
        for each in users:
            click.echo(f"added {add_member(session, COMMAND_LINE, found, each).name}")


@group.command()
@click.argument("name")
@click.argument("users", nargs=-1, required=True)
def remove(name: str, users: tuple[str, ...]) -> None:
    """Take USERS out of the group NAME."""
    with open_session(open_services()) as session:
        found = find_group(session, name)
        for each in users:
            remove_member(session, COMMAND_LINE, found, each)


@click.command()
@click.argument("name")
@_USER
@_GROUP
def share(name: str, user: str, group_name: str) -> None:
    """Let a user or a group run the private app NAME."""
    with open_session(open_services()) as session:
        made = share_app(session, None, app_named(session, name), user=user, group=group_name)
        click.echo(f"shared with {words_of(made)}")


@click.command()
@click.argument("name")
@_USER
@_GROUP
def unshare(name: str, user: str, group_name: str) -> None:
    """Take that back, at once; jobs that were accepted run and keep their results."""
    with open_session(open_services()) as session:
        app = app_named(session, name)
        unshare_app(session, None, app, share_with(session, app, user=user, group=group_name))


@click.command()
@click.argument("name")
def shares(name: str) -> None:
    """List with whom the app NAME is shared, and since when."""
    with open_session(open_services()) as session:
        for each in list_shares(session, app_named(session, name)):
            click.echo(f"{words_of(each)}\t{stamp(each.created_at)}")
