"""Which app and version a job gets, and what the others are told."""

import pytest

from allgo_hpc.apps import find_app, find_version, visible_apps
from allgo_hpc.errors import BadInput, NotFound
from allgo_hpc.models import User
from tests.fast.domain.world import World, add_app, add_version
from tests.hostile import TEXTS

FIELD = "job[webapp_id]"


def _author(world: World) -> User:
    return world.session.get_one(User, world.app.owner_id)


def test_by_name_and_by_number(world: World) -> None:
    for wanted in ("textstats", str(world.app.id)):
        assert find_app(world.session, world.user, wanted, field=FIELD) is world.app


@pytest.mark.parametrize("wanted", ["textstat", "Textstats", "textstats ", "testtats"])
def test_a_near_miss_is_named(world: World, wanted: str) -> None:
    with pytest.raises(NotFound, match="did you mean 'textstats'") as caught:
        find_app(world.session, world.user, wanted, field=FIELD)
    assert (caught.value.field, caught.value.code) == (FIELD, "unknown_app")


def test_what_is_no_app(world: World) -> None:
    texts = [text for text in TEXTS if "\udcff" not in text]  # no request can carry that
    for wanted in [*texts, "0", "-1", "999999999", "9" * 100, "1e0", "\u0661", "x" * 10**6]:
        with pytest.raises(NotFound) as caught:
            find_app(world.session, world.user, wanted, field=FIELD)
        assert len(str(caught.value)) < 300
        assert not any(character < " " for character in str(caught.value))


def test_a_private_app_is_there_for_its_owner_and_administrators_only(world: World) -> None:
    add_app(world.session, _author(world), "secret", public=False)
    admin = User(id=99, name="root", role="admin")
    assert find_app(world.session, _author(world), "secret", field=FIELD).name == "secret"
    assert find_app(world.session, admin, "secret", field=FIELD).name == "secret"
    with pytest.raises(NotFound) as caught:
        find_app(world.session, world.user, "secre", field=FIELD)
    assert "'secret'" not in str(caught.value)
    assert [app.name for app in visible_apps(world.session, None)] == ["textstats"]
    assert [app.name for app in visible_apps(world.session, admin)] == ["secret", "textstats"]


def test_an_app_without_a_published_version_is_not_shown(world: World) -> None:
    app = add_app(world.session, _author(world), "draft", published=False)
    assert "draft" not in [each.name for each in visible_apps(world.session, _author(world))]
    with pytest.raises(NotFound, match="no published version yet"):
        find_version(world.session, world.user, app, None, field="job[version]")


def test_the_newest_published_version_is_the_default(world: World) -> None:
    for number, published in ((2, True), (10, True), (11, False)):
        add_version(world.session, world.app, number, published=published)
    for wanted in (None, ""):
        assert find_version(world.session, world.user, world.app, wanted, field="v").number == 10
    assert find_version(world.session, world.user, world.app, "2", field="v").number == 2


def test_an_unpublished_version_is_the_owners_by_number(world: World) -> None:
    add_version(world.session, world.app, 2, published=False)
    assert find_version(world.session, _author(world), world.app, "2", field="v").number == 2
    with pytest.raises(BadInput, match=r"published: 1$"):
        find_version(world.session, world.user, world.app, "2", field="v")


@pytest.mark.parametrize("wanted", ["0", "3", "1.0", "01", " 1", "latest", "\0", "x" * 10**5, "a\nb"])
def test_an_unknown_version_is_refused(world: World, wanted: str) -> None:
    with pytest.raises(BadInput) as caught:
        find_version(world.session, world.user, world.app, wanted, field="job[version]")
    assert (caught.value.field, caught.value.code) == ("job[version]", "unknown_version")
    assert len(str(caught.value)) < 200
    assert "\n" not in str(caught.value)
