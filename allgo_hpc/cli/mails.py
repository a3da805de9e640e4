"""``allgo-hpc mail``."""

import click
from sqlalchemy import select, update

from allgo_hpc.accounts import is_email
from allgo_hpc.cli.context import open_engine, open_services, open_session
from allgo_hpc.database import session_factory
from allgo_hpc.errors import BadInput, Refusal
from allgo_hpc.mail.notices import portal_address
from allgo_hpc.mail.sending import attempt, send_next
from allgo_hpc.mail.texts import trial_text
from allgo_hpc.mail.where import Folder, Server, parse_mail_url
from allgo_hpc.models import Mail, utc_now
from allgo_hpc.services import Services
from allgo_hpc.times import stamp


@click.group()
def mail() -> None:
    """Mails: what waits and what was sent, sending now, a test."""


@mail.command(name="list")
@click.option("--limit", type=click.IntRange(1, 10_000), default=50, show_default=True, help="Newest so many.")
def list_of(limit: int) -> None:
    """List mails, newest first: number, what became of it, made, to whom, subject, attempts, error."""
    with open_session(open_services()) as session:
        for each in session.scalars(select(Mail).order_by(Mail.id.desc()).limit(limit)):
            state = "sent" if each.sent_at else "waiting" if each.next_at else "given up"
            words = [str(each.id), state, stamp(each.created_at) or "", each.recipient, each.subject]
            click.echo("\t".join([*words, str(each.attempts), each.error]))


@mail.command()
@click.option("--all", "everything", is_flag=True, help="Also what would be tried again later.")
def send(*, everything: bool) -> None:
    """Send what is due, now; the sweep does it every second."""
    services = open_services()
    where = _where(services)
    now = utc_now()
    with open_engine(services) as engine:
        sessions = session_factory(engine)
        if everything:
            with sessions() as session:
                session.execute(update(Mail).where(Mail.next_at.is_not(None)).values(next_at=now))
                session.commit()
        tried = 0
        # Up to this moment: one that fails is due again, and later.
        while send_next(sessions, services.settings, where, now):
            tried += 1
        with sessions() as session:
            waiting = len(session.scalars(select(Mail.id).where(Mail.next_at.is_not(None))).all())
    click.echo(f"{tried} tried, {waiting} wait")


@mail.command()
@click.argument("address")
def test(address: str) -> None:
    """Send a mail to ADDRESS, here and now, and say what became of it."""
    services = open_services()
    if not is_email(address):
        raise BadInput("address: must be an address like name@example.org", field="address")
    subject, text = trial_text(portal_address(services.settings), services.settings.language)
    probe = Mail(id=0, recipient=address, subject=subject, text=text, created_at=utc_now(), attempts=0)
    outcome = attempt(probe, services.settings, _where(services))
    if outcome.error:
        raise Refusal(outcome.error)
    click.echo(f"taken; from {services.settings.mail_from} to {address}")


def _where(services: Services) -> Folder | Server:
    where = parse_mail_url(services.settings.mail_url)
    if where is None:
        raise Refusal("no mails are sent: set mail_url (see conf/allgo-hpc.toml)")
    return where
