"""``allgo-hpc user``."""

import sys
from datetime import timedelta
from typing import IO

import click

from allgo_hpc.accounts import ROLES, add_user, find_user, set_password
from allgo_hpc.administration.actor import COMMAND_LINE
from allgo_hpc.administration.exceptions import change_quotas
from allgo_hpc.administration.users import (
    change_role,
    confirm_address,
    reopen_account,
    set_cluster_account,
    suspend_account,
)
from allgo_hpc.cli.context import open_services, open_session
from allgo_hpc.closing import close_account
from allgo_hpc.identities import link_account
from allgo_hpc.models import utc_now
from allgo_hpc.quotas.check import limits_of
from allgo_hpc.quotas.usage import usage_of
from allgo_hpc.ssh_keys import LONGEST_KEY, add_key, list_keys, revoke_key
from allgo_hpc.times import stamp
from allgo_hpc.tokens import ALL_SCOPES, SCOPES, list_tokens, new_token, revoke_token


@click.group()
def user() -> None:
    """Accounts, their tokens and SSH keys."""


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


@user.command("cluster-account")
@click.argument("name")
@click.argument("account", required=False)
@click.option("--none", "remove", is_flag=True, help="There is none any more.")
def cluster_account(name: str, account: str | None, *, remove: bool) -> None:
    """Note that NAME has the account ACCOUNT on the cluster; without it, say which."""
    with open_session(open_services()) as session:
        user = find_user(session, name)
        if account is not None or remove:
            set_cluster_account(session, COMMAND_LINE, user, "" if remove else account or "")
        click.echo(user.cluster_account or "none")


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


@user.group()
def keys() -> None:
    """The public SSH keys of an account: several, added and revoked."""


@keys.command(name="list")
@click.argument("name")
def list_of(name: str) -> None:
    """List the keys of the account NAME: number, name, kind, bits, fingerprint, date."""
    with open_session(open_services()) as session:
        for each in list_keys(session, find_user(session, name)):
            words = [str(each.id), each.name, each.type, str(each.bits), each.fingerprint, stamp(each.created_at) or ""]
            click.echo("\t".join(words))


@keys.command(name="add")
@click.argument("name")
@click.argument("file", type=click.File(encoding="utf-8", errors="replace"))
@click.option("--name", "key_name", default="", help="What the key is called; without it its own comment.")
def add_one(name: str, file: IO[str], key_name: str) -> None:
    """Add the public key in FILE (such as id_ed25519.pub; - is standard input) to the account NAME."""
    with open_session(open_services()) as session:
        made = add_key(session, find_user(session, name), file.read(2 * LONGEST_KEY), name=key_name)
        click.echo(f"key {made.id} {made.fingerprint}")


@keys.command(name="revoke")
@click.argument("name")
@click.argument("key_id", type=int)
def revoke_one(name: str, key_id: int) -> None:
    """Take key KEY_ID of the account NAME away: it lets nobody in any more."""
    with open_session(open_services()) as session:
        revoke_key(session, find_user(session, name), str(key_id))


@user.command()
@click.argument("name")
@click.argument("role", type=click.Choice(ROLES))
def role(name: str, role: str) -> None:
    """Give the account NAME another ROLE."""
    with open_session(open_services()) as session:
        change_role(session, COMMAND_LINE, find_user(session, name), role)


@user.command()
@click.argument("name")
def suspend(name: str) -> None:
    """Let nobody in as NAME until `reopen`; its jobs go on and its files stay."""
    with open_session(open_services()) as session:
        suspend_account(session, COMMAND_LINE, find_user(session, name))


@user.command()
@click.argument("name")
def reopen(name: str) -> None:
    """Let the suspended account NAME in again."""
    with open_session(open_services()) as session:
        reopen_account(session, COMMAND_LINE, find_user(session, name))


@user.command()
@click.argument("name")
def confirm(name: str) -> None:
    """Say that the address of the account NAME is its owner's, so that it can sign in without the mail."""
    with open_session(open_services()) as session:
        confirm_address(session, COMMAND_LINE, find_user(session, name))


@user.command()
@click.argument("name")
@click.argument("external_id", default="")
@click.option("--cluster-account", help="The person's own account on the cluster.")
@click.option("--remove", is_flag=True, help="Cut the link.")
def link(name: str, external_id: str, *, cluster_account: str | None, remove: bool) -> None:
    """Let a person in as NAME by a sign-in from outside.

    EXTERNAL_ID is 'header <name>' for the login portal's header, or '<issuer> <subject>' of an OpenID Connect provider.
    Without it, show what there is.
    """
    with open_session(open_services()) as session:
        found = find_user(session, name)
        if external_id or remove:
            link_account(session, found, None if remove else external_id, account=cluster_account)
        click.echo(
            f"{found.name}\t{found.external_id or 'not linked'}\t{found.cluster_account or 'no cluster account'}"
        )


@user.command()
@click.argument("name")
@click.confirmation_option(prompt="Close this account for good?")
def close(name: str) -> None:
    """Close the account NAME for good: nothing of it works any more, its jobs are cancelled and their files go."""
    services = open_services()
    with open_session(services) as session:
        close_account(session, services, find_user(session, name), by=None)


@user.command()
@click.argument("name")
@click.option("--jobs-at-once", type=click.IntRange(min=0), help="Jobs that may wait and run at once.")
@click.option("--jobs-a-day", type=click.IntRange(min=0), help="Jobs that may be submitted within 24 hours.")
@click.option("--stored-gb", type=click.FloatRange(min=0), help="Gibibytes that the files of all jobs may take.")
@click.option("--core-hours-a-month", type=click.FloatRange(min=0), help="Core-hours within 30 days.")
@click.option("--reset", is_flag=True, help="As for everybody again, before the other options are looked at.")
def quota(name: str, *, reset: bool, stored_gb: float | None, **limits: float | None) -> None:
    """Set limits of the account NAME that differ from everybody's; without options, show what it has and uses."""
    services = open_services()
    if stored_gb is not None:
        limits["stored_bytes"] = int(stored_gb * 2**30)
    with open_session(services) as session:
        found = find_user(session, name)
        own = {key: value for key, value in limits.items() if value is not None}
        change_quotas(session, COMMAND_LINE, found, own, reset=reset)
        used = usage_of(session, found.id, utc_now())
        for key, most in limits_of(session, found, services.settings).items():
            click.echo(f"{key}\t{getattr(used, key)}\tof {'any number' if most is None else most}")


def _password() -> str:
    return sys.stdin.readline().rstrip("\n")
