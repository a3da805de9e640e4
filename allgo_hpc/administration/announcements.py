"""Sentences of the administrators' that stand on every page for a time."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from allgo_hpc.administration.actor import Actor
from allgo_hpc.errors import BadInput, NotFound
from allgo_hpc.models import Announcement, utc_now

LEVELS = ("info", "warning")
LONGEST = 1000
_SHOWN = 5
_LISTED = 100
_NUMBER_DIGITS = 9


def announce(
    session: Session, by: Actor, text: str, *, level: str = "info", begins_at: datetime | None = None,
    ends_at: datetime | None = None,
) -> Announcement:  # fmt: skip
    """Make an announcement.

    Raises:
        BadInput: no text, too long a text, no such level, or it ends before it begins.
    """
    made = Announcement(text="", user_id=by.user.id if by.user is not None else None)
    _fill(made, text, level, begins_at or utc_now(), ends_at)
    session.add(made)
    session.flush()
    by.note(session, "announcement.made", f"announcement {made.id}", {"text": made.text, "level": level})
    session.commit()
    return made


def change_announcement(
    session: Session, by: Actor, one: Announcement, text: str, *, level: str, begins_at: datetime,
    ends_at: datetime | None,
) -> None:  # fmt: skip
    """Change what an announcement says, and when it is shown.

    Raises:
        BadInput: see ``announce``.
    """
    old = one.text
    _fill(one, text, level, begins_at, ends_at)
    by.note(session, "announcement.changed", f"announcement {one.id}", {"old": old, "new": one.text, "level": level})
    session.commit()


def end_announcement(session: Session, by: Actor, one: Announcement, now: datetime) -> None:
    """Show it no more; that it had ended before is no error."""
    if one.ends_at is not None and one.ends_at <= now:
        return
    one.ends_at = now
    one.begins_at = min(one.begins_at, now)
    by.note(session, "announcement.ended", f"announcement {one.id}")
    session.commit()


def find_announcement(session: Session, number: str) -> Announcement:
    """Return the announcement of that number.

    Raises:
        NotFound: there is none.
    """
    fit = number.isascii() and number.isdigit() and len(number) <= _NUMBER_DIGITS
    found = session.get(Announcement, int(number)) if fit else None
    if found is None:
        raise NotFound("there is no such announcement", field="announcement")
    return found


def current_announcements(session: Session, now: datetime) -> Sequence[Announcement]:
    """Return what is to be shown now, warnings and newer ones first; one question for a few rows."""
    return session.scalars(
        select(Announcement)
        .where(Announcement.begins_at <= now, or_(Announcement.ends_at.is_(None), Announcement.ends_at > now))
        .order_by(Announcement.level.desc(), Announcement.id.desc())
        .limit(_SHOWN)
    ).all()


def list_announcements(session: Session) -> Sequence[Announcement]:
    """Return all announcements, newest first: the last hundred."""
    return session.scalars(select(Announcement).order_by(Announcement.id.desc()).limit(_LISTED)).all()


def _fill(one: Announcement, text: str, level: str, begins_at: datetime, ends_at: datetime | None) -> None:
    plain = " ".join(text.split())
    if not plain or len(plain) > LONGEST or "\0" in plain:
        raise BadInput(f"text: 1 to {LONGEST} characters", field="text")
    if level not in LEVELS:
        raise BadInput(f"level: one of {', '.join(LEVELS)}", field="level")
    if ends_at is not None and ends_at <= begins_at:
        raise BadInput("ends_at: must come after its beginning", field="ends_at")
    one.text, one.level, one.begins_at, one.ends_at = plain, level, begins_at, ends_at
