"""Publishing: an author's folder becomes an app, or a new version of one."""

from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from allgo_hpc.authoring.change import lock_app, set_properties
from allgo_hpc.authoring.create import add_app, check_author
from allgo_hpc.authoring.names import check_new_name
from allgo_hpc.authoring.properties import default_properties
from allgo_hpc.errors import NotAllowed
from allgo_hpc.models import App, User, Version
from allgo_hpc.publishing.images import Say, make_image
from allgo_hpc.publishing.manifest import AppManifest, read_manifest
from allgo_hpc.services import Services
from allgo_hpc.versions.store import StoredImage, newest_version, store_version
from containers import find_recipe


def publish(
    session: Session, services: Services, author: User, folder: Path, *, say: Say, on_line: Say | None = None
) -> Version:
    """Build the image of an author's folder and store it as the app's next version.

    The same image again makes no new version; what app.toml says of the app is taken over all the same.

    Raises:
        BadInput: app.toml is wrong.
        NotAllowed: not an author, the app is another author's, or the author has as many as one may have.
        ContainerError: the recipe is wrong, or the build failed.
    """
    check_author(author)
    manifest = read_manifest(folder, services.settings)
    app = session.scalar(select(App).where(App.name == manifest.name))
    if app is None:
        check_new_name(manifest.name)
    elif app.owner_id != author.id and author.role != "admin":
        raise NotAllowed(f"the app '{manifest.name}' belongs to another author")
    services.layout.make()
    session.commit()  # nothing of the database is held while it is built
    image = make_image(services, manifest.name, folder, manifest.entrypoint, say=say, on_line=on_line)
    properties = _properties(manifest, services)
    if app is None:
        app = add_app(session, services.settings, author, manifest.name, properties)
    else:
        lock_app(session, app)
        set_properties(session, author, app, properties)
    session.commit()
    latest = newest_version(session, app)
    if latest is not None and latest.sha256 == image.sha256:
        return latest
    return store_version(
        session,
        services,
        app,
        StoredImage(services.layout.image(app.name, image.sha256), image.sha256, image.size),
        user=author,
        origin="folder",
        entrypoint=str(manifest.entrypoint),
        changelog=manifest.changelog,
        recipe=find_recipe(folder).read_text(encoding="utf-8", errors="replace"),
        publish=True,
    )


def _properties(manifest: AppManifest, services: Services) -> dict[str, object]:
    return {name: getattr(manifest, name) for name in default_properties(manifest.name, services.settings)}
