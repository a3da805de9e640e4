"""Private apps that are shared: who may run them, from when to when, and what is refused."""

import re

import pytest
from sqlalchemy import select

from allgo_hpc.accounts import add_user
from allgo_hpc.apps import find_app, may_run, visible_apps
from allgo_hpc.authoring.history import list_changes
from allgo_hpc.errors import BadInput, Conflict, NotFound
from allgo_hpc.models import App, AppShare, GroupMember, Job, User
from allgo_hpc.sharing.groups import (
    PATTERN,
    add_member,
    create_group,
    delete_group,
    find_group,
    groups_of,
    list_groups,
    members_of,
    remove_member,
    rename_group,
)
from allgo_hpc.sharing.shares import find_share, list_shares, share_app, share_with, unshare_app, words_of
from slurm import State
from tests.fast.domain.world import World, add_app
from tests.hostile import TEXTS


@pytest.fixture
def secret(world: World) -> App:
    return add_app(world.session, world.app.owner, "secret", public=False)


def _sees(world: World, user: User | None) -> bool:
    return "secret" in [app.name for app in visible_apps(world.session, user)]


def _author(world: World) -> User:
    return world.app.owner


def test_a_shared_app_is_there_for_whom_it_is_shared_with_and_nobody_else(world: World, secret: App) -> None:
    other = add_user(world.session, name="eve", email="eve@example.org")
    assert not _sees(world, world.user)
    share_app(world.session, _author(world), secret, user=world.user.name)
    assert _sees(world, world.user)
    assert may_run(world.session, secret, world.user)
    assert find_app(world.session, world.user, "secret", field="app") is secret
    assert world.submit(app="secret").app_id == secret.id
    for user in (other, None):
        assert not _sees(world, user)
        with pytest.raises(NotFound):
            find_app(world.session, user, "secret", field="app")


def test_a_share_that_is_taken_back_ends_access_at_once_and_jobs_keep_their_results(world: World, secret: App) -> None:
    share = share_app(world.session, _author(world), secret, user=world.user.email)
    job = world.submit(files={"in.txt": b"x"}, app="secret")
    unshare_app(world.session, _author(world), secret, share)
    assert not may_run(world.session, secret, world.user)
    for again in (lambda: world.submit(app="secret"), lambda: world.rerun(job)):
        with pytest.raises(NotFound):
            again()
    world.slurm.say(job.uuid, State.COMPLETED, exit_code=0, signal=0)
    world.sweep()
    assert world.session.get_one(Job, job.id).state == "done"
    unshare_app(world.session, None, secret, share)  # twice is no error


def test_a_group_brings_its_members_in_and_out(world: World, secret: App) -> None:
    group = create_group(world.session, "imaging")
    share_app(world.session, None, secret, group="imaging")
    assert not _sees(world, world.user)
    add_member(world.session, group, world.user.name)
    assert _sees(world, world.user)
    assert [each.name for each in members_of(world.session, group)] == [world.user.name]
    assert list(groups_of(world.session, world.user)) == [group]
    rename_group(world.session, group, "pictures")
    assert _sees(world, world.user)
    assert find_group(world.session, "pictures") is group
    remove_member(world.session, group, world.user.name)
    assert not _sees(world, world.user)


def test_a_group_that_is_deleted_takes_its_shares_along_and_the_history_tells(world: World, secret: App) -> None:
    group = create_group(world.session, "imaging")
    add_member(world.session, group, world.user.name)
    share_app(world.session, None, secret, group="imaging")
    assert [(one.members, one.apps) for one in list_groups(world.session)] == [(1, 1)]
    assert delete_group(world.session, None, group) == 1
    assert not _sees(world, world.user)
    assert list_shares(world.session, secret) == []
    assert world.session.scalars(select(GroupMember)).all() == []
    changes = [(one.what, one.old, one.new) for one in list_changes(world.session, secret, limit=9)[0]]
    assert changes == [("shared with", "group imaging", None), ("shared with", None, "group imaging")]


def test_what_is_refused_says_why(world: World, secret: App) -> None:
    session, author = world.session, _author(world)
    closed = add_user(session, name="gone", email="gone@example.org")
    closed.active = False
    create_group(session, "imaging")
    share_app(session, author, secret, user=world.user.name)
    share_app(session, author, secret, group="imaging")
    for kind, code, given, words in (
        (BadInput, "bad_input", {}, "one of them"),
        (BadInput, "bad_input", {"user": "ada", "group": "imaging"}, "one of them"),
        (BadInput, "bad_input", {"user": "gone"}, "closed"),
        (BadInput, "bad_input", {"user": author.name}, "own"),
        (NotFound, "unknown_user", {"user": "nobody"}, "no user 'nobody'"),
        (NotFound, "unknown_group", {"group": "imagin"}, "did you mean 'imaging'"),
        (Conflict, "already_shared", {"user": world.user.email}, f"user {world.user.name} already"),
        (Conflict, "already_shared", {"group": "imaging"}, "group imaging already"),
    ):
        with pytest.raises(kind, match=words) as caught:
            share_app(session, author, secret, **given)
        assert caught.value.code == code
    assert len(session.scalars(select(AppShare)).all()) == 2


@pytest.mark.parametrize("text", TEXTS)
def test_no_text_is_a_group_or_user_that_is_not_there(world: World, secret: App, text: str) -> None:
    if not text.strip() or "\udcff" in text:
        return
    for given in ({"user": text}, {"group": text}):
        with pytest.raises(NotFound) as caught:
            share_app(world.session, None, secret, **given)
        assert str(caught.value).isprintable()
        assert len(str(caught.value)) < 300
    if not re.fullmatch(PATTERN, text):
        with pytest.raises(BadInput):
            create_group(world.session, text)


def test_groups_that_are_there_or_not(world: World) -> None:
    group = create_group(world.session, "lab")
    create_group(world.session, "other")
    with pytest.raises(Conflict):
        create_group(world.session, "lab")
    with pytest.raises(Conflict):
        rename_group(world.session, group, "other")
    assert [one.group.name for one in list_groups(world.session)] == ["lab", "other"]
    add_member(world.session, group, world.user.name)
    with pytest.raises(Conflict, match="in the group 'lab' already"):
        add_member(world.session, group, world.user.name)
    with pytest.raises(NotFound):
        remove_member(world.session, group, "nobody")


def test_shares_are_found_by_number_and_by_name(world: World, secret: App) -> None:
    share = share_app(world.session, None, secret, user=world.user.name)
    assert find_share(world.session, secret, str(share.id)) is share
    assert share_with(world.session, secret, user=world.user.name) is share
    assert words_of(share) == f"user {world.user.name}"
    for wanted in ("0", "x", "9" * 20, "\u0661"):
        with pytest.raises(NotFound):
            find_share(world.session, secret, wanted)
    with pytest.raises(NotFound):  # another app's
        find_share(world.session, world.app, str(share.id))
    with pytest.raises(NotFound):
        share_with(world.session, secret, group="imaging")
