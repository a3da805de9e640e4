"""``allgo-hpc user``."""

import sys
from datetime import timedelta

import click

from allgo_hpc.accounts import ROLES, add_user, find_user, set_password
from allgo_hpc.cli.context import open_services, open_session
from allgo_hpc.models import utc_now
from allgo_hpc.times import stamp
from allgo_hpc.tokens import ALL_SCOPES, SCOPES, list_tokens, new_token, revoke_token


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
@click.option("--scope", "scopes", multiple=True, type=click.Choice(list(SCOPES)), help="What it may do; default: all.")
@click.option("--days", type=click.FloatRange(min=0.001, max=36500), help="Days until it ends; default: never.")
def token(name: str, token_name: str, scopes: tuple[str, ...], days: float | None) -> None:
    """Make a new token for the account NAME and print it; it is shown this once."""
    expires_at = utc_now() + timedelta(days=days) if days is not None else None
    with open_session(open_services()) as session:
        user = find_user(session, name)
        secret = new_token(session, user, name=token_name, scopes=scopes or ALL_SCOPES, expires_at=expires_at)
        # A||GO's client takes what is in ~/.allgo_token as it is: no line break where this goes into a file.
        click.echo(secret, nl=sys.stdout.isatty())


@user.command()
@click.argument("name")
def tokens(name: str) -> None:
    """List the tokens of the account NAME: number, name, scopes, end, last use."""
    with open_session(open_services()) as session:
        for each in list_tokens(session, find_user(session, name)):
            ends, used = stamp(each.expires_at) or "never ends", stamp(each.last_used_at) or "never used"
            click.echo(f"{each.id}\t{each.name}\t{each.scopes}\t{ends}\t{used}")


@user.command()
@click.argument("name")
@click.argument("token_id", type=int)
def revoke(name: str, token_id: int) -> None:
    """Revoke token TOKEN_ID of the account NAME: it is not valid from the next request on."""
    with open_session(open_services()) as session:
        revoke_token(session, find_user(session, name), token_id)


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
