"""``allgo-hpc user``."""

import sys

import click

from allgo_hpc.accounts import ROLES, add_user, find_user, set_password
from allgo_hpc.cli.context import open_services, open_session
from allgo_hpc.tokens import new_token


@click.group()
def user() -> None:
    """Accounts and their tokens."""


@user.command()
@click.argument("name")
@click.option("--email", required=True, help="The person's address.")
@click.option("--role", type=click.Choice(ROLES), default="user", show_default=True, help="What the account may do.")
@click.option("--password-stdin", is_flag=True, help="Read a password from the first line of standard input.")
def add(name: str, email: str, role: str, *, password_stdin: bool) -> None:
    """Add the account NAME."""
    password = _password() if password_stdin else None
    with open_session(open_services()) as session:
        made = add_user(session, name=name, email=email, role=role, password=password)
        click.echo(f"user {made.id} {made.name} ({made.role})")


@user.command()
@click.argument("name")
def password(name: str) -> None:
    """Set the password of NAME to the first line of standard input."""
    with open_session(open_services()) as session:
        set_password(session, find_user(session, name), _password())


@user.command()
@click.argument("name")
@click.option("--name", "token_name", default="command line", show_default=True, help="What the token is called.")
def token(name: str, token_name: str) -> None:
    """Make a new token for the account NAME and print it; it is shown this once."""
    with open_session(open_services()) as session:
        # A||GO's client takes what is in ~/.allgo_token as it is: no line break where this goes into a file.
        click.echo(new_token(session, find_user(session, name), name=token_name), nl=sys.stdout.isatty())


@user.command()
@click.argument("name")
@click.argument("role", type=click.Choice(ROLES))
def role(name: str, role: str) -> None:
    """Give the account NAME another ROLE."""
    with open_session(open_services()) as session:
        find_user(session, name).role = role
        session.commit()


def _password() -> str:
    return sys.stdin.readline().rstrip("\n")
