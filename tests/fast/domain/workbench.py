"""A portal with an author, an app with a version whose image is a file, and a build node in memory."""

from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path, PurePosixPath

from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from allgo_hpc.commits.steps import step as commit_step
from allgo_hpc.models import App, Commit, Sandbox, SshKey, User, Version
from allgo_hpc.sandboxes.steps import step as sandbox_step
from allgo_hpc.services import Services
from containers import BuildNode, ImageError, Inspection, Package, PackageList
from tests.fake_node import FakeNode
from tests.fakes import FakeSlurm
from tests.fast.domain.world import World

IMAGE = b"an image, as far as anybody here looks"


@dataclass
class Workbench:
    """What tests of sandboxes and commits work with."""

    services: Services
    sessions: sessionmaker[Session]
    session: Session
    slurm: FakeSlurm
    node: FakeNode
    author: User
    app: App
    version: Version

    def add_key(self, line: str) -> SshKey:
        """Give the author a key."""
        kind, blob = line.split()
        key = SshKey(user_id=self.author.id, name="laptop", type=kind, blob=blob, fingerprint="SHA256:x", bits=256)
        self.session.add(key)
        self.session.commit()
        return key

    def turns(self, times: int = 1) -> None:
        """Let so many turns of every commit and sandbox that is under way pass; the build node makes what it should."""
        for _ in range(times):
            with self.sessions() as session:
                for sandbox in session.scalars(select(Sandbox)).all():
                    sandbox_step(session, self.services, sandbox)
                for commit in session.scalars(select(Commit).where(Commit.finished_at.is_(None))).all():
                    commit_step(session, self.services, commit)
                    if commit.state == "building" and commit.origin == "sandbox":
                        self.node.make(commit.uuid, b"image of " + commit.uuid.encode())
        self.session.expire_all()

    def without_node(self) -> Services:
        """The services of a site that has no build node."""
        return replace(self.services, build_node=None, settings=replace(self.services.settings, build_node_host=""))


class Looked:
    """Stands for ``inspect_image``: the inspection of real images is tested in tests/containers.

    Attributes:
        refused: why the next images are none that can be run.
    """

    def __init__(self) -> None:
        self.refused: list[str] = []

    def __call__(self, path: Path, entrypoint: PurePosixPath, *, limits: object, sha256: str) -> Inspection:  # noqa: ARG002
        data = path.read_bytes()
        if digest_of(data) != sha256:
            raise ImageError("the image is not the one that was announced")
        if self.refused:
            raise ImageError(self.refused[0])
        packages = PackageList((Package("dpkg", "bash", "5.2"),), ())
        return Inspection(entrypoint, None, len(data), sha256, 7, packages, signed=False)


def digest_of(data: bytes) -> str:
    """Return the SHA-256 in hexadecimal digits."""
    return sha256(data).hexdigest()


def make_workbench(world: World) -> Workbench:
    """Make one of a world."""
    node, settings = FakeNode(), replace(world.services.settings, build_node_host="build.example.org")
    services = replace(world.services, build_node=BuildNode(node), settings=settings)
    world.version.sha256, world.version.size = digest_of(IMAGE), len(IMAGE)
    world.session.commit()
    image = services.layout.image(world.app.name, world.version.sha256)
    image.parent.mkdir()
    image.write_bytes(IMAGE)
    (services.layout.bases / "debian-13.sif").write_bytes(b"a base image")
    return Workbench(
        services, world.sessions, world.session, world.slurm, node, world.app.owner, world.app, world.version
    )
