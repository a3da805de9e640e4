"""The mails that the portal has queued, as their reader sees them."""

import re

from sqlalchemy import select

from allgo_hpc.models import Mail
from tests.fast.web.portal import Portal

_LINK = re.compile(r"http://localhost(/\S+)")


def mails(portal: Portal, to: str) -> list[Mail]:
    portal.world.session.rollback()
    found = select(Mail).where(Mail.recipient == to).order_by(Mail.id)
    return list(portal.world.session.scalars(found.execution_options(populate_existing=True)))


def link(portal: Portal, to: str) -> str:
    """The path of the link in the newest mail."""
    newest = mails(portal, to)[-1]
    links = [each for each in _LINK.findall(newest.text) if each not in {"", "/"}]
    assert len(links) == 1, newest.text
    return str(links[0])
