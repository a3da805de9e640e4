"""What administrators do, on both kinds of database."""

import threading
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from allgo_hpc.accounts import add_user
from allgo_hpc.administration import groups, users
from allgo_hpc.administration.actor import COMMAND_LINE, Actor
from allgo_hpc.administration.announcements import announce, current_announcements, end_announcement
from allgo_hpc.administration.exceptions import change_quotas, list_exceptions, read_limits
from allgo_hpc.administration.log import Wanted, read_log
from allgo_hpc.administration.watching import Remembered
from allgo_hpc.errors import BadInput, Conflict, NotFound
from allgo_hpc.models import Audit, User
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
