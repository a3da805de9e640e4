"""The stream of all of one's jobs: each change once and in order, nobody else's, none missed."""

import json
import threading

import pytest

from allgo_hpc.accounts import add_user
from allgo_hpc.jobs.moves import move
from allgo_hpc.models import Job
from allgo_hpc.reading import events as reading
from allgo_hpc.reading.events import events_after, newest_event
from allgo_hpc.states import JobState
from slurm import State
from tests.fast.web.conftest import MakePortal
from tests.fast.web.live import Stage, events, make_stage
from web.live import feed as feeding
from web.live.feed import sse
from web.live.news import Said


@pytest.fixture(params=["sqlite", "postgresql"])
def stage(request: pytest.FixtureRequest, make_portal: MakePortal, monkeypatch: pytest.MonkeyPatch) -> Stage:
    return make_stage(make_portal(request.param), monkeypatch)


def _newest(stage: Stage) -> int:
    return newest_event(stage.portal.world.session)


def test_it_tells_what_happens_after_the_number(stage: Stage) -> None:
    first = stage.portal.submit()
    last = _newest(stage)

    def happens() -> bool:
        stage.portal.end(first, State.RUNNING)
        return True

    told = events(stage.feed(last, happens))
    assert [(one["job"], one["old"], one["state"], one["status"]) for one in told] == [
        (first, "submitted", "running", "in progress")
    ]
    assert {"event", "job", "parent", "app", "old", "state", "status", "reason", "at"} == set(told[0])


def test_from_the_beginning_it_tells_all_in_order(stage: Stage) -> None:
    number = stage.portal.submit()
    for state in (State.PENDING, State.RUNNING, State.COMPLETED):
        stage.portal.end(number, state)
    told = events(stage.feed(0))
    assert [one["state"] for one in told] == ["created", "submitted", "pending", "running", "done"]
    assert [one["event"] for one in told] == sorted({one["event"] for one in told})


def test_cut_anywhere_it_goes_on_with_exactly_the_rest(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feeding, "MOST", 2)
    monkeypatch.setattr(reading, "MOST", 2)
    monkeypatch.setattr(reading.events_after, "__kwdefaults__", {"user_id": None, "most": 2})
    for _ in range(3):
        stage.portal.end(stage.portal.submit())
    whole = [one["event"] for one in events(stage.feed(0))]
    assert len(whole) == 9
    for cut in range(len(whole)):
        assert [one["event"] for one in events(stage.feed(whole[cut]))] == whole[cut + 1 :]


def test_the_tasks_of_a_batch_name_it(stage: Stage) -> None:
    batch = stage.portal.world.batch(2)
    told = events(stage.feed(0))
    assert [one["parent"] for one in told if one["job"] != batch.id] == [batch.id] * 4
    assert [one["parent"] for one in told if one["job"] == batch.id] == [None] * 2


def test_nobody_elses(stage: Stage) -> None:
    world = stage.portal.world
    mine = stage.portal.submit()
    ada, world.user = world.user, add_user(world.session, name="eve", email="eve@example.org", role="admin")
    world.submit()
    world.user, eve = ada, world.user
    assert {one["job"] for one in events(stage.feed(0))} == {mine}
    assert {one.user_id for one in events_after(world.session, 0, user_id=eve.id)} == {eve.id}


def test_progress_has_no_id_and_is_told_when_it_changes(stage: Stage) -> None:
    stage.said = [Said(7, 0.5, "half\n\nevent: job")]

    def further() -> bool:
        stage.said = [Said(7, 0.6, "more")]
        return True

    text = stage.feed(0, lambda: True, further, lambda: True)
    blocks = [block for block in text.split("\n\n") if "progress" in block]
    assert [sorted(line.split(":")[0] for line in block.splitlines()) for block in blocks] == [["data", "event"]] * 2
    assert json.loads(blocks[0].split("data: ")[1])["message"] == "half\n\nevent: job"


def test_it_begins_with_how_soon_to_come_back(stage: Stage) -> None:
    assert stage.feed(0).startswith("retry: 2000\n\n")


def test_a_silent_one_says_that_it_is_there(stage: Stage) -> None:
    text = stage.feed(0, *(stage.passes(1) for _ in range(25)))
    assert text.count(": still here\n\n") == 2


def test_wait_0_tells_what_is_known_and_ends(stage: Stage) -> None:
    stage.portal.submit()
    assert len(events(stage.feed(0, wait=0))) == 2


def test_a_token_that_is_revoked_ends_it_also_while_much_happens(stage: Stage) -> None:
    number = stage.portal.submit()
    states = [State.RUNNING, State.PENDING] * 30

    def happens() -> bool:
        stage.now += 4
        stage.portal.slurm.say(stage.portal.job(number).uuid, states.pop())
        return bool(stage.portal.world.sweep().changed)

    def revoke() -> bool:
        stage.portal.world.session.delete(stage.token())
        stage.portal.world.session.commit()
        return False

    told = events(stage.feed(0, revoke, *[happens] * 50))
    assert len(told) <= 6
    assert len(stage.steps) > 40


def test_no_text_ends_an_event_early() -> None:
    text = sse("job", {"reason": "a\n\nevent: job\r\ndata: x\u2028é"}, 3)
    assert text.startswith("id: 3\nevent: job\ndata: {")
    assert text.isascii()
    assert text.count("\n") == 4


def test_three_threads_move_jobs_and_whoever_resumes_misses_none(stage: Stage) -> None:
    """Numbers become visible in their order: PostgreSQL gives them out before, in any order."""
    world = stage.portal.world
    jobs = [world.job(JobState.SUBMITTED).id for _ in range(12)]
    seen: list[int] = []
    at_work = [True]

    def work(mine: list[int]) -> None:
        for state in (JobState.PENDING, JobState.RUNNING, JobState.FINISHING, JobState.DONE):
            for number in mine:
                with world.sessions() as session:
                    assert move(session, session.get_one(Job, number), state, source="controller")

    def read() -> None:
        last = 0
        with world.sessions() as session:
            while True:
                more = at_work[0]
                found = events_after(session, last, user_id=world.user.id, most=3)
                session.commit()
                seen.extend(event.id for event in found)
                last = found[-1].id if found else last
                if not more and not found:
                    return

    reader = threading.Thread(target=read)
    workers = [threading.Thread(target=work, args=[jobs[part::3]]) for part in range(3)]
    for thread in (reader, *workers):
        thread.start()
    for thread in workers:
        thread.join(120)
    at_work[0] = False
    reader.join(120)
    assert len(seen) == 48
    assert seen == sorted(set(seen))
