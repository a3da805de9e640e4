"""Commits of what an author sends: a recipe with its files, or an image or archive."""

import secrets
import shutil
from pathlib import Path
from uuid import uuid4

from sqlalchemy.orm import Session

from allgo_hpc.authoring.properties import check_long_text
from allgo_hpc.commits.ask import store_commit
from allgo_hpc.commits.states import CommitState
from allgo_hpc.errors import BadInput
from allgo_hpc.models import App, Commit, User
from allgo_hpc.services import Services
from allgo_hpc.storage import storage_errors
from allgo_hpc.submitting.staging import Staging
from allgo_hpc.versions.change import LONGEST_CHANGELOG
from containers import ContainerError, find_recipe, read_recipe

_LARGEST_RECIPE = 256 * 1024


def commit_recipe(
    session: Session,
    services: Services,
    user: User,
    app: App,
    staging: Staging,
    *,
    changelog: str = "",
    publish: bool | None = None,
) -> Commit:
    """Ask for a version built from a recipe: one ``*.def`` or ``Dockerfile`` among the files that were sent.

    Raises:
        BadInput: there is no recipe or more than one, or lines of it cannot be honoured; each is named.
        Conflict: a commit of the app is under way.
    """
    try:
        path = find_recipe(staging.files)
        if path.stat().st_size > _LARGEST_RECIPE:
            raise BadInput(f"files: the recipe has more than {_LARGEST_RECIPE} bytes", field="files", code="bad_recipe")
        read_recipe(path)
        text = path.read_text(encoding="utf-8")
    except (ContainerError, UnicodeDecodeError) as error:
        raise BadInput(f"files: {error}", field="files", code="bad_recipe") from error
    return _store(session, services, app, staging, _new(user, app, "recipe", changelog, publish, recipe=text))


def commit_import(
    session: Session,
    services: Services,
    user: User,
    app: App,
    staging: Staging,
    *,
    changelog: str = "",
    publish: bool | None = None,
) -> Commit:
    """Ask for a version of an image that was sent: a SIF file, or an OCI or Docker archive.

    Raises:
        BadInput: not exactly one file was sent.
        Conflict: a commit of the app is under way.
    """
    if len(staging.names) != 1:
        raise BadInput(f"files: send one image or archive; {len(staging.names)} came", field="files", code="bad_image")
    return _store(session, services, app, staging, _new(user, app, "import", changelog, publish))


def source_of(services: Services, commit: Commit) -> Path:
    """Return what is built: the folder of a recipe, the file of an import."""
    folder = services.layout.builds / (commit.folder or "")
    return folder if commit.origin == "recipe" else next(folder.iterdir())


def _new(  # noqa: PLR0917  # what a row has
    user: User, app: App, origin: str, changelog: str, publish: bool | None, recipe: str | None = None
) -> Commit:
    check_long_text("changelog", changelog, LONGEST_CHANGELOG)
    return Commit(
        uuid=str(uuid4()),
        app_id=app.id,
        user_id=user.id,
        origin=origin,
        folder=secrets.token_hex(20),
        recipe=recipe,
        state=CommitState.WAITING.value,
        changelog=changelog,
        publish=app.auto_publish if publish is None else publish,
    )


def _store(session: Session, services: Services, app: App, staging: Staging, commit: Commit) -> Commit:
    layout, name = services.layout, str(commit.folder)
    target, control = layout.builds / name, layout.control / name
    staging.note([target], control)
    try:
        with storage_errors():
            control.mkdir(mode=0o700)
            (control / "argv").write_bytes(b"")
        staging.place(target)
        staging.settle(control)
        store_commit(session, app, commit)
    except BaseException:
        session.rollback()
        staging.take_back()
        shutil.rmtree(control, ignore_errors=True)
        raise
    return commit
