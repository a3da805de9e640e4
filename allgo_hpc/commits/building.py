"""Making a commit's image: asked of the build node, followed there, ended there."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from allgo_hpc.models import Commit
from allgo_hpc.services import Services
from containers import LONGEST_MESSAGE


@dataclass(frozen=True)
class Told:
    """How far an image is.

    Attributes:
        percent: of what is done; None where it is not known.
        log: what was said so far.
        failed: why there will be none; empty while there may be one.
        sha256: of the image, once it is made; empty before.
        size: its bytes.
    """

    percent: int | None
    log: str
    failed: str = ""
    sha256: str = ""
    size: int = 0


def begin_building(session: Session, services: Services, commit: Commit) -> None:
    """Let the build node begin; one that has begun with this commit already goes on.

    Raises:
        ContainerError: it does not answer (transient), or it refuses.
    """
    name, uuid, message = commit.app.name, commit.uuid, commit.changelog[:LONGEST_MESSAGE]
    session.commit()  # nothing is held while the build node is asked
    services.need_build_node().begin_commit(name, uuid, message)


def follow_building(session: Session, services: Services, commit: Commit) -> Told:
    """Ask the build node how far it is.

    Raises:
        ContainerError: it does not answer (transient).
    """
    name, uuid = commit.app.name, commit.uuid
    session.commit()
    state = services.need_build_node().commit_status(name, uuid)
    return Told(state.percent, state.log, state.failed, state.sha256, state.size)


def end_building(services: Services, commit: Commit) -> None:
    """Let the build node forget the commit: what it is doing for it ends, and its image goes.

    Raises:
        ContainerError: it does not answer (transient).
    """
    if commit.origin == "sandbox":
        services.need_build_node().end_commit(commit.app.name, commit.uuid)
