"""Making a commit's image: of a sandbox by the build node, of a recipe or an import as a Slurm job."""

from sqlalchemy.orm import Session

from allgo_hpc.commits.build_job import begin_build, end_build, follow_build
from allgo_hpc.commits.told import Told
from allgo_hpc.models import Commit
from allgo_hpc.services import Services
from containers import LONGEST_MESSAGE

_WAIT_S = 2
"""An image of some hundred megabytes is made in less, and then the answer comes with its end."""


def begin_building(session: Session, services: Services, commit: Commit) -> None:
    """Let it begin; what has begun with this commit already goes on.

    Raises:
        ContainerError: build node or Slurm do not answer (transient), or refuse.
    """
    if commit.origin != "sandbox":
        begin_build(session, services, commit)
        return
    name, uuid, message = commit.app.name, commit.uuid, commit.changelog[:LONGEST_MESSAGE]
    session.commit()  # nothing is held while the build node is asked
    services.need_build_node().begin_commit(name, uuid, message)


def follow_building(session: Session, services: Services, commit: Commit) -> Told:
    """Ask how far it is; the build node answers at the end, or after two seconds.

    Raises:
        ContainerError: no answer (transient).
    """
    if commit.origin != "sandbox":
        return follow_build(session, services, commit)
    name, uuid = commit.app.name, commit.uuid
    session.commit()
    state = services.need_build_node().commit_status(name, uuid, wait_s=_WAIT_S)
    return Told(state.percent, state.log, state.failed, state.sha256, state.size, delivered=state.delivered)


def end_building(services: Services, commit: Commit) -> None:
    """Let what was made for the commit be forgotten: what is under way ends, and its image goes.

    Raises:
        ContainerError: no answer (transient).
    """
    if commit.origin != "sandbox":
        end_build(services, commit)
    else:
        services.need_build_node().end_commit(commit.app.name, commit.uuid)
