"""Publishing: an author's folder becomes an app, or a new version of one."""

from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from allgo_hpc.errors import NotAllowed
from allgo_hpc.models import App, User, Version
from allgo_hpc.publishing.images import Say, make_image
from allgo_hpc.publishing.manifest import AppManifest, read_manifest
from allgo_hpc.services import Services


def publish(
    session: Session, services: Services, author: User, folder: Path, *, say: Say, on_line: Say | None = None
) -> Version:
    """Build the image of an author's folder and store it as the app's next version.

    The same image again makes no new version; what app.toml says of the app is taken over all the same.

    Raises:
        BadInput: app.toml is wrong.
        NotAllowed: not an author, or the app is another author's.
        ContainerError: the recipe is wrong, or the build failed.
    """
    if author.role not in {"author", "admin"}:
        raise NotAllowed(f"'{author.name}' is no author: an administrator can make them one (allgo-hpc user role)")
    manifest = read_manifest(folder, services.settings)
    app = session.scalar(select(App).where(App.name == manifest.name))
    if app is not None and app.owner_id != author.id and author.role != "admin":
        raise NotAllowed(f"the app '{manifest.name}' belongs to another author")
    services.layout.make()
    image = make_image(services, manifest.name, folder, manifest.entrypoint, say=say, on_line=on_line)
    if app is None:
        app = App(name=manifest.name, owner_id=author.id)
        session.add(app)
    _describe(app, manifest)
    session.flush()
    latest = session.scalar(select(Version).where(Version.app_id == app.id).order_by(Version.number.desc()).limit(1))
    if latest is not None and latest.sha256 == image.sha256:
        session.commit()
        return latest
    number = (session.scalar(select(func.max(Version.number)).where(Version.app_id == app.id)) or 0) + 1
    version = Version(
        app_id=app.id,
        number=number,
        sha256=image.sha256,
        size=image.size,
        entrypoint=str(manifest.entrypoint),
        changelog=manifest.changelog,
        published=True,
    )
    session.add(version)
    session.commit()
    return version


def _describe(app: App, manifest: AppManifest) -> None:
    for name in (
        "title",
        "description",
        "contact",
        "public",
        "memory_mb",
        "cpus",
        "default_queue",
        "network",
        "disk_scratch",
        "tags",
        "presets",
        "parameters",
    ):
        setattr(app, name, getattr(manifest, name))
