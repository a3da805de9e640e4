"""What administrators do and look at, on both kinds of database."""

import threading
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from allgo_hpc.accounts import add_user
from allgo_hpc.administration import groups, users
from allgo_hpc.administration.actor import COMMAND_LINE, Actor
from allgo_hpc.administration.announcements import announce, current_announcements, end_announcement
from allgo_hpc.administration.attention import KINDS, attention
from allgo_hpc.administration.chart import chart
from allgo_hpc.administration.counts import count_days, count_states
from allgo_hpc.administration.disk import Disk, look_at_disks, look_at_stored
from allgo_hpc.administration.exceptions import change_quotas, list_exceptions, read_limits
from allgo_hpc.administration.health import look
from allgo_hpc.administration.log import Wanted, read_log
from allgo_hpc.administration.people import People, list_people, most_stored
from allgo_hpc.administration.watching import Remembered
from allgo_hpc.errors import BadInput, Conflict, NotFound
from allgo_hpc.models import Audit, User, utc_now
from allgo_hpc.reading.listing import Filter, list_everybodys_jobs
from allgo_hpc.reading.sorting import SORTS
from allgo_hpc.states import JobState
from allgo_hpc.sweeping.lease import take_lease
from allgo_hpc.tokens import new_token
from tests.fast.domain.world import World

NOW = datetime(2026, 5, 6, 12, tzinfo=UTC)


def _admin(world: World, name: str = "root") -> User:
    return add_user(world.session, name=name, email=f"{name}@example.org", role="admin")


def _noted(world: World) -> list[tuple[str, str, Any]]:
    # That the accounts and tokens of the test were made is noted as well.
    rows = world.session.scalars(
        select(Audit).where(Audit.what.not_in(["account.made", "token.made"])).order_by(Audit.id)
    )
    return [(row.what, row.about, row.detail) for row in rows]


def test_a_role_is_changed_and_noted(world: World) -> None:
    root = _admin(world)
    users.change_role(world.session, Actor(root, "192.0.2.1"), world.user, "author")
    users.change_role(world.session, Actor(root), world.user, "author")
    assert world.user.role == "author"
    assert _noted(world) == [("user.role", "ada", {"old": "user", "new": "author"})]
    (row,) = read_log(world.session, Wanted(user="root"))[0]
    assert (row.user, row.address) == (root, "192.0.2.1")
    with pytest.raises(BadInput):
        users.change_role(world.session, Actor(root), world.user, "king")


def test_the_last_administrator_stays(world: World) -> None:
    root = _admin(world)
    for act in (
        lambda: users.change_role(world.session, Actor(root), root, "user"),
        lambda: users.suspend_account(world.session, Actor(root), root),
    ):
        with pytest.raises(Conflict, match="last administrator"):
            act()
        world.session.expire_all()
        assert (root.role, root.active) == ("admin", True)
    assert _noted(world) == []
    closed = _admin(world, "closed")
    users.suspend_account(world.session, Actor(root), closed)
    with pytest.raises(Conflict):  # one that is closed does not count
        users.change_role(world.session, Actor(root), root, "user")


def test_two_administrators_cannot_remove_each_other_at_once(world: World) -> None:
    names = [_admin(world, name).name for name in ("one", "two")]
    told: list[str] = []
    barrier = threading.Barrier(2)

    def remove(name: str) -> None:
        with world.sessions() as session:
            found = session.scalars(select(User).where(User.name == name)).one()
            barrier.wait()
            try:
                users.change_role(session, COMMAND_LINE, found, "user")
                told.append("done")
            except Conflict:
                told.append("refused")

    threads = [threading.Thread(target=remove, args=(name,)) for name in names]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(told) == ["done", "refused"]


def test_closing_ends_sessions_and_opening_lets_in(world: World) -> None:
    key = world.user.session_key
    users.suspend_account(world.session, COMMAND_LINE, world.user)
    assert not world.user.active
    assert world.user.session_key != key
    users.reopen_account(world.session, COMMAND_LINE, world.user)
    assert world.user.active
    assert [what for what, _, _ in _noted(world)] == ["account.suspended", "account.reopened"]


@pytest.mark.parametrize("account", ["root", "a b", "-x", "x" * 65, "a\0b", "a\nb", "../x"])
def test_no_odd_cluster_account(world: World, account: str) -> None:
    with pytest.raises(BadInput) as caught:
        users.set_cluster_account(world.session, COMMAND_LINE, world.user, account)
    assert caught.value.field == "cluster_account"


def test_tokens_are_revoked(world: World) -> None:
    for name in ("one", "two"):
        new_token(world.session, world.user, name=name)
    assert users.revoke_all_tokens(world.session, COMMAND_LINE, world.user) == 2
    assert users.revoke_all_tokens(world.session, COMMAND_LINE, world.user) == 0
    assert _noted(world) == [("token.revoked", "ada", {"count": 2})]


def test_limits_of_ones_own(world: World) -> None:
    change_quotas(world.session, COMMAND_LINE, world.user, {"jobs_at_once": 3, "stored_bytes": 2**40}, reset=True)
    assert list_exceptions(world.session) == [(world.user, {"jobs_at_once": 3, "stored_bytes": 2**40})]
    change_quotas(world.session, COMMAND_LINE, world.user, {}, reset=True)
    assert list_exceptions(world.session) == []
    assert len(_noted(world)) == 2
    with pytest.raises(BadInput):
        change_quotas(world.session, COMMAND_LINE, world.user, {"jobs_at_once": 2**40})


def test_limits_as_they_are_typed() -> None:
    typed = {"stored_bytes": " 1,5 ", "jobs_at_once": "3", "jobs_a_day": "", "core_hours_a_month": "0.5"}
    assert read_limits(typed) == {"stored_bytes": 3 * 2**29, "jobs_at_once": 3, "core_hours_a_month": 0.5}
    for text in ("x", "-1", "inf", "nan", "1.5", "\0"):
        with pytest.raises(BadInput):
            read_limits({"jobs_at_once": text})


def test_users_are_searched_and_paged(world: World) -> None:
    for number in range(7):
        add_user(world.session, name=f"u{number}", email=f"u{number}@lab_1.org")
    names, after = [], ""
    while True:
        people, after = list_people(world.session, People(text="LAB_1", after=after, limit=3))
        names += [person.user.name for person in people]
        if not after:
            break
    assert names == [f"u{number}" for number in range(7)]
    assert [each.user.name for each in list_people(world.session, People(role="author"))[0]] == ["author"]
    assert list_people(world.session, People(standing="closed"))[0] == []
    assert list_people(world.session, People(text="a\0"))[0] == []
    with pytest.raises(BadInput):
        list_people(world.session, People(role="king"))


def test_what_users_store(world: World) -> None:
    world.job(JobState.DONE, stored_bytes=5)
    world.job(JobState.DONE, stored_bytes=7)
    world.job(JobState.DONE, stored_bytes=100, deleted_at=utc_now())
    (person,) = list_people(world.session, People(text="ada"))[0]
    assert (person.stored_bytes, person.jobs) == (12, 2)
    assert most_stored(world.session) == [("ada", 12)]
    stored = look_at_stored(world.session)
    assert (stored.jobs, stored.trash, stored.kept_jobs) == (12, 100, 2)


@pytest.mark.parametrize("sort", SORTS)
def test_every_order_of_everybodys_jobs(world: World, sort: str) -> None:
    for number in range(9):
        times = {"started_at": NOW, "finished_at": NOW + timedelta(seconds=number % 4)} if number % 2 else {}
        world.job(JobState.DONE, stored_bytes=number % 3, **times)
    batch = world.batch(2)
    for task in world.tasks(batch):
        task.stored_bytes = 50
    world.session.commit()
    seen: list[int] = []
    place = None
    while True:
        page = list_everybodys_jobs(world.session, Filter(sort=sort, after=place, limit=4))
        seen += [job.id for job in page.jobs]
        place = page.following
        if place is None:
            break
    assert len(seen) == len(set(seen)) == 10
    if sort == "largest":
        assert seen[0] == batch.id


def test_one_users_jobs(world: World) -> None:
    job = world.job()
    assert [each.id for each in list_everybodys_jobs(world.session, Filter(), user="ada").jobs] == [job.id]
    for name in ("author", "nobody", "a\0"):
        assert list_everybodys_jobs(world.session, Filter(), user=name).jobs == []


def test_jobs_by_state_and_day(world: World) -> None:
    world.job(JobState.RUNNING, created_at=NOW)
    world.job(JobState.ERROR, created_at=NOW - timedelta(days=1), finished_at=NOW - timedelta(hours=1))
    world.job(JobState.DONE, created_at=NOW - timedelta(days=13), finished_at=NOW - timedelta(days=13))
    counts = count_states(world.session, NOW)
    assert counts.active[JobState.RUNNING] == 1
    assert counts.ended[JobState.ERROR] == 1
    assert counts.ended[JobState.DONE] == 0
    days = count_days(world.session, NOW)
    assert [(day.jobs, day.failed) for day in days if day.jobs] == [(1, 0), (1, 1), (1, 0)]
    assert (len(days), days[-1].day) == (14, NOW.date())
    assert max(bar.height for bar in chart(days)) > 0


def test_nothing_needs_attention_while_all_is_well(world: World) -> None:
    now = utc_now()
    take_lease(world.session, "here", now=now, seconds=15, took_s=0.2)
    state = look(world.session, world.services, now)
    assert state.sweep.took_s == 0.2
    assert attention(state, [Disk("datastore", 100, 50)], 0, now) == []


def test_what_needs_attention_first(world: World) -> None:
    now = utc_now()
    world.slurm.be_away()
    world.job(JobState.LOST, finished_at=now)
    world.sweep()
    disks = [Disk("datastore", 100, 1), Disk("images", None, said="Stale file handle"), Disk("trash", 100, 8)]
    found = attention(look(world.session, world.services, utc_now()), disks, 2, utc_now())
    assert {each.kind for each in found} <= set(KINDS)
    kinds = [each.kind for each in found]
    assert kinds[:4] == ["sweep_never", "controller_away", "disk_full", "disk_away"]
    assert {"lost", "sandbox_errors", "disk_full"} <= set(kinds[4:])
    take_lease(world.session, "here", now=now - timedelta(hours=1), seconds=15)
    assert attention(look(world.session, world.services, now), [], 0, now)[0].kind == "sweep_away"


def test_disks_are_each_named_once(world: World) -> None:
    (disk,) = look_at_disks(world.services.layout)
    assert disk.name == "datastore, images, trash, staging"
    world.services.layout.trash.rmdir()
    assert [each.total is None for each in look_at_disks(world.services.layout)] == [False, True]


def test_announcements_have_their_time(world: World) -> None:
    later = announce(world.session, COMMAND_LINE, "later", begins_at=NOW + timedelta(hours=1))
    shown = announce(
        world.session, COMMAND_LINE, " a\n<b> ", level="warning", begins_at=NOW, ends_at=NOW + timedelta(hours=2)
    )
    assert shown.text == "a <b>"
    assert list(current_announcements(world.session, NOW)) == [shown]
    assert list(current_announcements(world.session, NOW + timedelta(hours=1))) == [shown, later]
    end_announcement(world.session, COMMAND_LINE, shown, NOW + timedelta(minutes=1))
    end_announcement(world.session, COMMAND_LINE, later, NOW)
    assert list(current_announcements(world.session, NOW + timedelta(hours=3))) == []
    assert len(_noted(world)) == 4


@pytest.mark.parametrize(
    "bad", [{"text": " "}, {"text": "x" * 1001}, {"text": "a\0b"}, {"level": "x"}, {"ends_at": NOW}]
)
def test_no_odd_announcement(world: World, bad: dict[str, Any]) -> None:
    with pytest.raises(BadInput):
        announce(world.session, COMMAND_LINE, **({"text": "x", "begins_at": NOW} | bad))


def test_groups_are_changed_and_noted(world: World) -> None:
    group = groups.create_group(world.session, COMMAND_LINE, "lab")
    groups.add_member(world.session, COMMAND_LINE, group, "ada")
    with pytest.raises(Conflict):
        groups.add_member(world.session, COMMAND_LINE, group, "ada")
    with pytest.raises(NotFound):
        groups.add_member(world.session, COMMAND_LINE, group, "nobody")
    groups.rename_group(world.session, COMMAND_LINE, group, "team")
    groups.remove_member(world.session, COMMAND_LINE, group, "ada")
    with pytest.raises(BadInput):
        groups.create_group(world.session, COMMAND_LINE, "No Name")
    groups.delete_group(world.session, COMMAND_LINE, group)
    assert [what for what, _, _ in _noted(world)] == [
        "group.made", "group.member_added", "group.renamed", "group.member_removed", "group.deleted",
    ]  # fmt: skip


def test_the_log_is_filtered_and_paged(world: World) -> None:
    for number in range(60):
        COMMAND_LINE.note(world.session, "user.role" if number % 2 else "sandbox.stop", f"one_{number}")
    world.session.commit()
    rows, following = read_log(world.session, Wanted())
    assert (len(rows), rows[0].about) == (50, "one_59")
    rest = read_log(world.session, Wanted(before_id=following))[0]
    assert [row.about for row in rest if row.what != "account.made"][-1] == "one_0"
    assert len(read_log(world.session, Wanted(what="user.role"))[0]) == 30
    assert len(read_log(world.session, Wanted(what="sandbox"))[0]) == 30
    assert [row.about for row in read_log(world.session, Wanted(about="E_5"))[0]][-1] == "one_5"
    assert len(read_log(world.session, Wanted(user="-"))[0]) == 50
    for nothing in (Wanted(user="ada"), Wanted(before=NOW), Wanted(about="\0")):
        assert not read_log(world.session, nothing)[0]


def test_what_is_asked_of_elsewhere_is_remembered() -> None:
    asked: list[int] = []
    clock = [0.0]

    def ask() -> int:
        asked.append(1)
        return len(asked)

    remembered = Remembered(ask, 5.0, clock=lambda: clock[0])
    assert [remembered.get(), remembered.get()] == [1, 1]
    clock[0] = 5.0
    assert remembered.get() == 2
