"""What brings a commit on: one step from each state, each of which can be done again after a crash.

waiting → building → fetching → checking → testing → ready. Until the last step nothing of the app has changed: the
version before serves, and the sandbox is as it was.
"""

import logging
from collections.abc import Callable

from sqlalchemy.orm import Session

from allgo_hpc.commits.building import begin_building, end_building, follow_building
from allgo_hpc.commits.candidate import check_image, drop_candidate, fetch_image, forget_image, was_delivered
from allgo_hpc.commits.moves import move_commit, note_progress
from allgo_hpc.commits.states import CommitState
from allgo_hpc.commits.testing import submit_sample, told_by
from allgo_hpc.errors import Refusal, StorageAway
from allgo_hpc.models import Commit, Job, Sample
from allgo_hpc.services import Services
from allgo_hpc.versions.change import change_version
from containers import ContainerError

_log = logging.getLogger(__name__)

type Step = Callable[[Session, Services, Commit], None]


def step(session: Session, services: Services, commit: Commit) -> None:
    """Bring a commit as far as it can come now; what is against it is noted and ends it, or is tried again.

    Raises:
        Exception: a fault of the program or the machine; the next turn tries again.
    """
    state = CommitState(commit.state)
    if state.is_final:
        return
    if commit.abort_at is not None:
        _give_up(session, services, commit, CommitState.ABORTED, "Its author aborted it.")
        return
    try:
        _STEPS[state](session, services, commit)
    except StorageAway as error:
        session.rollback()
        _log.warning("commit %s waits: %s", commit.id, error)
        _tell(session, commit, "It waits: the portal's storage cannot be reached now.")
    except ContainerError as error:
        session.rollback()
        if error.transient:
            _log.warning("commit %s waits: %s", commit.id, error)
            _tell(session, commit, str(error))
        else:
            _give_up(session, services, commit, CommitState.FAILED, str(error))
    except Refusal as error:
        session.rollback()
        _give_up(session, services, commit, CommitState.FAILED, str(error))


def _build(session: Session, services: Services, commit: Commit) -> None:
    begin_building(session, services, commit)
    move_commit(session, commit, CommitState.BUILDING)


def _follow(session: Session, services: Services, commit: Commit) -> None:
    told = follow_building(session, services, commit)
    note_progress(session, commit, percent=told.percent, log=told.log)
    if told.failed:
        _give_up(session, services, commit, CommitState.FAILED, told.failed)
    elif told.sha256:
        # What a job built lies on the shared file system already, as does what a build node that sees it has put there.
        is_here = commit.origin != "sandbox" or (told.delivered and was_delivered(services, commit, told.size))
        following = CommitState.CHECKING if is_here else CommitState.FETCHING
        move_commit(session, commit, following, sha256=told.sha256, size=told.size)


def _fetch(session: Session, services: Services, commit: Commit) -> None:
    def on_percent(percent: int) -> None:
        session.refresh(commit)
        if commit.abort_at is not None:
            raise _AbortedError
        note_progress(session, commit, percent=percent, log=commit.log)

    try:
        fetch_image(services, commit, on_percent)
    except _AbortedError:
        return  # the next turn ends it
    move_commit(session, commit, CommitState.CHECKING)


def _check(session: Session, services: Services, commit: Commit) -> None:
    version = check_image(session, services, commit)
    if commit.origin != "sandbox":
        end_building(services, commit)
    move_commit(session, commit, CommitState.TESTING, version_id=version.id)


def _test(session: Session, services: Services, commit: Commit) -> None:
    version, sample = commit.version, session.get(Sample, commit.app_id)
    if version is None:
        raise ValueError(f"commit {commit.id} is being tested and has no version")
    if commit.job_id is None and sample is None:
        _ready(
            session,
            services,
            commit,
            "Nothing was tested, for the app has no sample; publish it when you have tried it.",
        )
        return
    if commit.job_id is None and sample is not None:
        job = submit_sample(session, services, commit, sample, version)
        commit.job_id = job.id
        session.commit()
    passed, sentence = told_by(session.get(Job, commit.job_id))
    if passed is None:
        _tell(session, commit, sentence)
    elif passed:
        _ready(session, services, commit, sentence)
    else:
        _give_up(session, services, commit, CommitState.FAILED, sentence)


def _ready(session: Session, services: Services, commit: Commit, sentence: str) -> None:
    version, tested = commit.version, commit.job_id is not None
    if version is None:
        raise ValueError(f"commit {commit.id} has no version")
    version.ready = True
    session.commit()
    if commit.publish and tested:
        change_version(session, commit.user, version, published=True, default=True)
    move_commit(session, commit, CommitState.READY, reason=f"Version {version.number}. {sentence}")
    if commit.origin == "sandbox":
        # The build node need not keep it. It is asked last, for nobody waits for that; what it does not hear of it
        # forgets by itself.
        try:
            end_building(services, commit)
        except ContainerError as error:
            _log.warning("commit %s could not be ended on the build node: %s", commit.id, error)


def _give_up(session: Session, services: Services, commit: Commit, state: CommitState, reason: str) -> None:
    try:
        end_building(services, commit)
    except ContainerError as error:
        _log.warning("commit %s could not be ended where it is made: %s", commit.id, error)
        if commit.origin != "sandbox":  # a job in Slurm; the build node forgets what is old by itself
            _tell(session, commit, str(error))
            return
    forget_image(services, commit)
    drop_candidate(session, services, commit)
    move_commit(session, commit, state, reason=reason)


def _tell(session: Session, commit: Commit, sentence: str) -> None:
    if commit.reason != sentence:
        commit.reason = sentence
        session.commit()


class _AbortedError(Exception):
    """Somebody asked to end it while its image came over."""


_STEPS: dict[CommitState, Step] = {
    CommitState.WAITING: _build,
    CommitState.BUILDING: _follow,
    CommitState.FETCHING: _fetch,
    CommitState.CHECKING: _check,
    CommitState.TESTING: _test,
}
