"""A portal with an author, an app with a version whose image is a file, and a build node in memory."""

from dataclasses import dataclass, replace
from hashlib import sha256

from sqlalchemy.orm import Session, sessionmaker

from allgo_hpc.models import App, SshKey, User, Version
from allgo_hpc.services import Services
from containers import BuildNode
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

    def without_node(self) -> Services:
        """The services of a site that has no build node."""
        return replace(self.services, build_node=None, settings=replace(self.services.settings, build_node_host=""))


def make_workbench(world: World) -> Workbench:
    """Make one of a world."""
    node, settings = FakeNode(), replace(world.services.settings, build_node_host="build.example.org")
    services = replace(world.services, build_node=BuildNode(node), settings=settings)
    world.version.sha256, world.version.size = sha256(IMAGE).hexdigest(), len(IMAGE)
    world.session.commit()
    image = services.layout.image(world.app.name, world.version.sha256)
    image.parent.mkdir()
    image.write_bytes(IMAGE)
    (services.layout.bases / "debian-13.sif").write_bytes(b"a base image")
    return Workbench(
        services, world.sessions, world.session, world.slurm, node, world.app.owner, world.app, world.version
    )
