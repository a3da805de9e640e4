"""An app's page: what it does, how to cite it, how it ran, an example, and the form that runs it."""

from email.utils import parseaddr
from typing import Any
from urllib.parse import quote

from flask import Blueprint, render_template
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from allgo_hpc.apps import owns
from allgo_hpc.models import App, Job, JobFile
from allgo_hpc.reading.access import example_of
from allgo_hpc.reading.figures import figures_of
from allgo_hpc.sharing.rule import is_shared_with
from allgo_hpc.versions.shown import default_version
from web.context import get_services, get_session
from web.look.plain import after_plain_line, plain_line
from web.look.tiles import ground, letter
from web.pages.catalogue.found import shown_app
from web.pages.running.form import form_context

pages = Blueprint("app", __name__)
_FILES_SHOWN = 8
_LEAD = 220
"""Characters of the description under the title."""
_PICTURES = (".png", ".jpg", ".jpeg", ".gif", ".webp")
_LARGEST_PICTURE = 2 * 1024 * 1024
"""Bytes; larger ones are named, not shown."""


@pages.get("/apps/<name>")
def show(name: str) -> str:
    """Show an app with its run form."""
    app, user = shown_app(name)
    session, settings = get_session(), get_services().settings
    told = {
        "owner": owns(app, user),
        "shared": user is not None and not app.public and is_shared_with(session, app, user),
        "version": default_version(session, app),
        "figures": figures_of(session, app),
        "example": _example(session, app),
        "input_bytes": min(settings.upload_max_bytes, app.input_max_bytes or settings.upload_max_bytes),
        "input_files": settings.upload_max_files,
        "queue": next((each for each in settings.queues if each.name == app.default_queue), None),
        "mailto": mail_address(app.contact),
        "line": plain_line(app.description, _LEAD),
        "rest": after_plain_line(app.description, _LEAD),
        "letter": letter,
        "ground": ground,
    }
    return render_template("catalogue/app.html", **(form_context(app, user) | told | {"app": app, "user": user}))


def mail_address(contact: str) -> str:
    """Return the address for a ``mailto:`` link, if the contact is one and nothing else; else nothing; pure."""
    name, address = parseaddr(contact)
    whole = address in {contact, contact.strip("<>")} and not name
    fits = address.count("@") == 1 and not any(each in address for each in " ,;:<>()[]\\\"'")
    return quote(address, safe="@+.-_") if whole and fits else ""


def _example(session: Session, app: App) -> dict[str, Any] | None:
    """Return the example's job with its first files; a batch has those of its tasks on its own page."""
    job = example_of(session, app)
    if job is None:
        return None
    listed = select(JobFile).where(JobFile.job_id == job.id, JobFile.name != "allgo.log")
    files = session.scalars(listed.order_by(JobFile.name).limit(_FILES_SHOWN)).all()
    count = session.scalar(select(func.count()).select_from(listed.subquery())) or 0
    return {"job": job, "files": [_entry(job, file) for file in files], "more": count - len(files)}


def _entry(job: Job, file: JobFile) -> dict[str, Any]:
    name = quote(file.name, safe="")
    is_picture = file.name.lower().endswith(_PICTURES) and 0 < file.size <= _LARGEST_PICTURE
    return {
        "name": file.name,
        "size": file.size,
        "page": f"/jobs/{job.id}/files/{name}",
        "picture": f"/jobs/{job.id}/raw/{name}" if is_picture else None,
    }
