"""A job takes finished uploads: their files are moved into its folder, once, and come back if it is refused.

Before a file is moved, the upload's folder notes which submission moves it; that submission holds a lock for as long as
it is at work. So whoever finds a file moved away and no job that has it can tell whether to wait or to bring it back:
after a crash nothing is lost.
"""

import fcntl
import os
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from allgo_hpc.errors import BadInput, Conflict, NotFound
from allgo_hpc.failpoints import reach
from allgo_hpc.models import Job, Upload, User
from allgo_hpc.services import Services
from allgo_hpc.submitting.staging import Staging
from allgo_hpc.uploading.bring_back import ALIVE, bring_back, is_at_work
from allgo_hpc.uploading.find import is_key, refresh, taken
from allgo_hpc.uploading.finish import finish
from allgo_hpc.uploading.place import Place, gone

FIELD = "job[uploads]"
_PATIENCE_S = 60.0
_AT_ONCE = 500


class Claim:
    """The uploads that one submission takes."""

    def __init__(self, session: Session, services: Services, staging: Staging) -> None:
        """Take what they go to."""
        self._session, self._services, self._staging = session, services, staging
        self._moved: list[Upload] = []
        self.digests: dict[str, str] = {}

    def take(self, upload: Upload, field: str) -> None:
        """Move an upload's file to the submission's files.

        Raises:
            Conflict: it is not whole, or another job has it.
            TooLarge: more files or bytes than a job may have.
            BadInput: a file of that name is there.
        """
        place = Place(self._services.layout, upload.key)
        while not self._move(upload, place, field):
            pass  # another submission was faster: wait for its end
        reach("claim.moved")
        if upload.sha256 is not None:
            self.digests[upload.name] = upload.sha256

    def _move(self, upload: Upload, place: Place, field: str) -> bool:
        self._wait_for(upload, place, field)
        if not place.folder.exists():  # removed this moment: by the job that has it, or by its user
            refresh(self._session, upload)
            raise _named(taken(upload), field)
        with place.locked():
            if place.taken_by() is not None:
                return False
            place.set_taken(self._staging.folder.name, upload.name)
            self._moved.append(upload)
            reach("claim.noted")
            self._staging.adopt(place.data, upload.name, field=field)
        return True

    def mark(self, job: Job) -> None:
        """Note in the caller's transaction that the job has them.

        Raises:
            Conflict: another job has one of them.
        """
        ids = [upload.id for upload in self._moved]
        for start in range(0, len(ids), _AT_ONCE):
            part = ids[start : start + _AT_ONCE]
            marked = self._session.scalars(
                update(Upload).where(Upload.id.in_(part), Upload.job_id.is_(None)).values(job_id=job.id)
                .returning(Upload.id),
                execution_options={"synchronize_session": False},
            ).all()  # fmt: skip
            if len(marked) != len(part):
                raise Conflict("one of the uploads was taken by another job", field=FIELD, code="upload_taken")

    def give_back(self) -> None:
        """Bring every file back to its upload: the submission is refused."""
        for upload in self._moved:
            with suppress(NotFound):
                bring_back(self._services.layout, Place(self._services.layout, upload.key))
        self._moved.clear()

    def forget(self) -> None:
        """Leave the files where they are."""
        self._moved.clear()

    def done(self) -> None:
        """Remove what is left of the uploads: the job has them."""
        for upload in self._moved:
            Place(self._services.layout, upload.key).remove()
        self._moved.clear()

    def _wait_for(self, upload: Upload, place: Place, field: str) -> None:
        """Wait while another submission is at it, finish what is whole, bring back what a crash left elsewhere."""
        until = time.monotonic() + _PATIENCE_S
        while True:
            refresh(self._session, upload)
            if upload.job_id is not None:
                raise _named(taken(upload), field)
            holder = place.taken_by()
            if holder is None:
                break
            if not is_at_work(self._services.layout, holder):
                recover(self._session, self._services, upload)
            elif time.monotonic() > until:
                raise Conflict(f"another submission is at work on '{upload.name}': try again", field=field)
            else:
                time.sleep(0.05)
        if upload.finished_at is None:
            if upload.size is None or place.offset() != upload.size:
                have = place.offset()
                whole = f"{upload.size} bytes" if upload.size is not None else "an unknown length"
                raise Conflict(
                    f"the upload of '{upload.name}' is not whole: {have} bytes of {whole} are here",
                    field=field, code="upload_unfinished",
                )  # fmt: skip
            finish(self._session, self._services, upload)


@contextmanager
def claiming(
    session: Session, services: Services, user: User, keys: Sequence[str], staging: Staging, *, field: str = FIELD
) -> Iterator[Claim]:
    """Move uploads into a submission; they come back if the block fails before their job is stored.

    Raises:
        NotFound: there is no such upload of the user's.
        Conflict: one is not whole, or another job has it.
        BadInput: one is named twice, or two have one name.
        TooLarge: more files or bytes than a job may have.
    """
    claim = Claim(session, services, staging)
    if not keys:
        yield claim
        return
    uploads = named_uploads(session, user, keys, field=field)
    session.commit()
    alive = os.open(staging.folder / ALIVE, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o640)
    try:
        fcntl.flock(alive, fcntl.LOCK_EX)
        for upload in uploads:
            claim.take(upload, field)
        yield claim
    except BaseException:
        claim.give_back()
        raise
    else:
        claim.done()
    finally:
        os.close(alive)


def named_uploads(session: Session, user: User, keys: Sequence[str], *, field: str = FIELD) -> list[Upload]:
    """Return the user's uploads that somebody names, in that order.

    Raises:
        NotFound: there is no such upload of theirs.
        Conflict: a job has it.
        BadInput: one is named twice.
    """
    if len(set(keys)) != len(keys):
        raise BadInput(f"{field}: an upload is named twice", field=field)
    known = [key for key in keys if is_key(key)]
    found: dict[str, Upload] = {}
    for start in range(0, len(known), _AT_ONCE):
        asked = select(Upload).where(Upload.key.in_(known[start : start + _AT_ONCE]), Upload.user_id == user.id)
        found |= {upload.key: upload for upload in session.scalars(asked)}
    for key in keys:
        if key not in found:
            shown = key[:40] if key.isprintable() else "(what was sent)"
            raise NotFound(f"{field}: {shown}: {gone()}", field=field, code="unknown_upload")
        if found[key].job_id is not None:
            raise _named(taken(found[key]), field)
    return [found[key] for key in keys]


def recover(session: Session, services: Services, upload: Upload) -> None:
    """Bring an upload's file back that a submission took which came to nothing."""
    # Where a lost connection may still be committing, this waits for its end.
    owner = session.scalar(select(Upload.job_id).where(Upload.id == upload.id).with_for_update())
    session.commit()
    if owner is None:
        bring_back(services.layout, Place(services.layout, upload.key))


def _named(refusal: Conflict, field: str) -> Conflict:
    return Conflict(f"{field}: {refusal}", field=field, code=refusal.code)
