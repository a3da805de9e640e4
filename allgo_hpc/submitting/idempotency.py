"""``Idempotency-Key``: the same key and the same content give the same job, for a day.

After draft-ietf-httpapi-idempotency-key-header: a key used again with another content is answered 422.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from allgo_hpc.errors import BadInput, Unprocessable
from allgo_hpc.models import IdempotencyKey, Job, User, utc_now

HEADER = "Idempotency-Key"
KEPT_FOR = timedelta(days=1)
_LONGEST = 255


@dataclass(frozen=True)
class Key:
    """What the client sent, and a hash of what it sent it with."""

    text: str
    fingerprint: str


class AlreadyAccepted(Exception):  # noqa: N818  # no error: the answer is that job
    """The same request was accepted while this one was on its way."""

    def __init__(self, job_id: int) -> None:
        super().__init__(str(job_id))
        self._job_id = job_id

    def job(self, session: Session) -> Job:
        """Return the job that was accepted."""
        return session.get_one(Job, self._job_id)


def check_key(text: str | None) -> str | None:
    """Return the header's value, None where there is none.

    Raises:
        BadInput: it is empty, too long or holds anything but visible ASCII.
    """
    if text is None:
        return None
    if not 0 < len(text) <= _LONGEST or not (text.isascii() and text.isprintable()) or " " in text:
        raise BadInput(f"{HEADER}: 1 to {_LONGEST} visible ASCII characters", field=HEADER)
    return text


def fingerprint(what: str, fields: Mapping[str, str], digests: Mapping[str, str]) -> str:
    """Return a hash of a request's content: not of its bytes, whose multipart boundary differs at every try.

    Args:
        what: the call.
        fields: its form fields.
        digests: SHA-256 of each file by its name.
    """
    told = json.dumps([what, sorted(fields.items()), sorted(digests.items())])
    return hashlib.sha256(told.encode("utf-8", "surrogatepass")).hexdigest()


def earlier(session: Session, user: User, key: Key | None) -> Job | None:
    """Return the job that was accepted under this key within the last day.

    Raises:
        Unprocessable: the key was used for something else.
    """
    if key is None:
        return None
    kept = session.get(IdempotencyKey, (user.id, key.text))
    if kept is None or kept.created_at < utc_now() - KEPT_FOR:
        return None
    if kept.fingerprint != key.fingerprint:
        raise Unprocessable(
            f"{HEADER}: this key was used for another request (job {kept.job_id}); use a new key for each", field=HEADER
        )
    return session.get_one(Job, kept.job_id)


def forget_keys(session: Session, now: datetime) -> int:
    """Remove the keys whose day is over; returns how many."""
    old = session.scalars(
        delete(IdempotencyKey).where(IdempotencyKey.created_at < now - KEPT_FOR).returning(IdempotencyKey.job_id)
    ).all()
    session.commit()
    return len(old)


def remember(session: Session, user: User, key: Key | None, job: Job) -> None:
    """Store the key with the job, in the caller's transaction.

    Raises:
        AlreadyAccepted: the same request came first.
        Unprocessable: another request with this key came first.
    """
    if key is None:
        return
    user_id = user.id  # a flush that fails expires what was read
    old = utc_now() - KEPT_FOR
    session.execute(
        delete(IdempotencyKey).where(
            IdempotencyKey.user_id == user_id, IdempotencyKey.key == key.text, IdempotencyKey.created_at < old
        )
    )
    session.add(IdempotencyKey(user_id=user_id, key=key.text, fingerprint=key.fingerprint, job_id=job.id))
    try:
        session.flush()
    except IntegrityError:
        session.rollback()
        kept = session.get_one(IdempotencyKey, (user_id, key.text))
        if kept.fingerprint != key.fingerprint:
            raise Unprocessable(
                f"{HEADER}: this key was used for another request (job {kept.job_id})", field=HEADER
            ) from None
        raise AlreadyAccepted(kept.job_id) from None
