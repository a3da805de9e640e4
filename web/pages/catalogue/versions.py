"""``/apps/<name>/versions``: each version, and what differs between two."""

from flask import Blueprint, render_template, request

from allgo_hpc.apps import owns
from allgo_hpc.errors import NotFound, Refusal
from allgo_hpc.models import App, User, Version
from allgo_hpc.versions.compare import compare_files, compare_packages
from allgo_hpc.versions.find import see_version
from allgo_hpc.versions.shown import default_version, numbers_of, page_of_versions
from web.context import get_services, get_session
from web.pages.catalogue.found import shown_app

pages = Blueprint("app_versions", __name__)


@pages.get("/apps/<name>/versions")
def show(name: str) -> str:
    """List the versions of an app, newest first."""
    app, user = shown_app(name)
    session = get_session()
    wanted = request.args.get("page", "1")
    page = int(wanted) if wanted.isascii() and wanted.isdigit() and len(wanted) < 7 else 1  # noqa: PLR2004
    return render_template(
        "catalogue/versions.html",
        app=app,
        user=user,
        owner=owns(app, user),
        found=page_of_versions(session, user, app, page),
        default=default_version(session, app),
        numbers=numbers_of(session, user, app),
    )


@pages.get("/apps/<name>/versions/compare")
def compare(name: str) -> str:
    """Show what differs between the versions ``a`` and ``b``: packages, and for the owner files."""
    app, user = shown_app(name)
    session = get_session()
    numbers = numbers_of(session, user, app)
    old, refused = _version(app, user, "a")
    new, refused_too = _version(app, user, "b")
    packages = compare_packages(old.packages, new.packages) if old is not None and new is not None else None
    session.commit()  # nothing is held while images are listed
    owner = owns(app, user)
    listed = owner and request.args.get("files") == "1" and old is not None and new is not None
    files = compare_files(get_services(), app, old, new) if listed and old is not None and new is not None else None
    return render_template(
        "catalogue/compare.html", app=app, user=user, owner=owner, numbers=numbers, old=old, new=new,
        refused=refused or refused_too, packages=packages, listed=listed, files=files,
    )  # fmt: skip


def _version(app: App, user: User | None, field: str) -> tuple[Version | None, Refusal | None]:
    """Return the version that the address names, or why it is none; nothing of both where it names none."""
    wanted = request.args.get(field, "").strip()
    if not wanted:
        return None, None
    try:
        return see_version(get_session(), user, app, wanted, field=field), None
    except NotFound as error:
        return None, error
