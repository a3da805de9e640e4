"""One thread watches while somebody listens, wakes whom it concerns, and ends."""

import threading
import time
from collections.abc import Callable, Iterator

import pytest
from sqlalchemy.orm import Session

from allgo_hpc.accounts import add_user
from allgo_hpc.jobs.moves import move
from allgo_hpc.models import Job
from allgo_hpc.states import JobState
from tests.fast.domain.world import World
from tests.fast.web.conftest import MakePortal
from web.live.news import Listener, News, Said

SOON_S = 30.0


@pytest.fixture(params=["sqlite", "postgresql"])
def world(request: pytest.FixtureRequest, make_portal: MakePortal) -> Iterator[World]:
    _until(lambda: not _watching())  # of another file's streams
    yield make_portal(request.param).world
    _until(lambda: not _watching())


def _until(condition: Callable[[], object]) -> None:
    end = time.monotonic() + SOON_S
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.01)


def _watching() -> int:
    return sum(thread.name == "news" for thread in threading.enumerate())


def _move(world: World, job: Job, state: JobState) -> None:
    with world.sessions() as session:
        move(session, session.get_one(Job, job.id), state, source="controller")


def _begin(listener: Listener) -> None:
    """The first look wakes everybody once."""
    assert listener.wait(SOON_S)


def test_it_wakes_the_streams_of_the_user_and_of_the_job(world: World) -> None:
    eve = add_user(world.session, name="eve", email="eve@example.org")
    job, other = world.job(), world.job()
    news = News(world.sessions)
    with (
        news.listen(world.user.id) as mine, news.listen(eve.id) as hers, news.listen(world.user.id, job.id) as of_job,
        news.listen(world.user.id, other.id) as of_other,
    ):  # fmt: skip
        for each in (mine, hers, of_job, of_other):
            _begin(each)
        assert _watching() == 1
        _move(world, job, JobState.RUNNING)
        assert mine.wait(SOON_S)
        assert of_job.wait(SOON_S)
        assert not hers.wait(0.3)
        assert not of_other.wait(0)


def test_a_task_wakes_the_stream_of_its_batch(world: World) -> None:
    batch = world.batch(2)
    news = News(world.sessions)
    with news.listen(world.user.id, batch.id) as listener:
        _begin(listener)
        _move(world, world.tasks(batch)[1], JobState.RUNNING)
        assert listener.wait(SOON_S)


def test_the_thread_ends_when_nobody_listens_and_begins_again(world: World) -> None:
    news, job = News(world.sessions), world.job()
    for state in (JobState.PENDING, JobState.RUNNING):
        assert _watching() == 0
        with news.listen(world.user.id) as listener:
            _begin(listener)
            _move(world, job, state)
            assert listener.wait(SOON_S)
        _until(lambda: not _watching())


def test_progress_is_told_and_forgotten_with_the_last_listener(world: World) -> None:
    job = world.job(JobState.RUNNING, progress=0.5, progress_message="half")
    news = News(world.sessions)
    assert news.progress(world.user.id) == []
    with news.listen(world.user.id) as listener:
        _begin(listener)
        _until(lambda: news.progress(world.user.id) == [Said(job.id, 0.5, "half")])
        job.progress = 0.6
        world.session.commit()
        _until(lambda: news.progress(world.user.id) == [Said(job.id, 0.6, "half")])
        _move(world, job, JobState.DONE)
        _until(lambda: not news.progress(world.user.id))
        world.session.refresh(job)
        job.state = "running"
        world.session.commit()
        _until(lambda: news.progress(world.user.id))
    _until(lambda: not _watching())
    assert news.progress(world.user.id) == [], "it may have ended since"


def test_a_database_that_fails_is_asked_again_and_nothing_is_missed(world: World) -> None:
    job, fails = world.job(), threading.Event()

    def sessions() -> Session:
        if fails.is_set():
            raise RuntimeError("no database")
        return world.sessions()

    news = News(sessions)
    with news.listen(world.user.id) as listener:
        _begin(listener)
        fails.set()
        _move(world, job, JobState.RUNNING)
        assert not listener.wait(0.5)
        fails.clear()
        assert listener.wait(SOON_S)


def test_an_idle_listener_costs_no_wake(world: World) -> None:
    news = News(world.sessions)
    with news.listen(world.user.id) as listener:
        _begin(listener)
        assert not listener.wait(1.5)


def test_being_woken_just_after_the_time_is_over_is_kept_for_the_next_time() -> None:
    class Late(threading.Event):
        def wait(self, timeout: float | None = None) -> bool:  # noqa: ARG002
            was = self.is_set()
            self.set()
            return was

    listener = Listener(1, woken=Late())
    assert not listener.wait(0)
    assert listener.wait(0)
    assert not listener.wait(0)


def test_what_the_sweep_tells_ends_the_wait(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without that, this look at the database would be the last one for a while."""
    told = world.services.layout.news
    monkeypatch.setattr("web.live.news._LOOK_EVERY_S", SOON_S / 2)
    news, job = News(world.sessions, told), world.job()
    with news.listen(world.user.id) as listener:
        _begin(listener)
        begun = time.monotonic()
        _move(world, job, JobState.RUNNING)
        told.touch()
        assert listener.wait(SOON_S)
        assert time.monotonic() - begun < SOON_S / 2
        monkeypatch.undo()
        told.touch()  # the thread ends


def test_all_wake_soon_when_the_streams_are_to_end(world: World) -> None:
    closing = threading.Event()
    news = News(world.sessions, None, closing)
    with news.listen(world.user.id) as mine, news.listen(world.user.id, 1) as of_job:
        for each in (mine, of_job):
            _begin(each)
        closing.set()
        for each in (mine, of_job):
            assert each.wait(SOON_S)
