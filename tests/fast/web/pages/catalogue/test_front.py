"""The catalogue and the error pages."""

import re

import pytest
from sqlalchemy import delete, event

from allgo_hpc.accounts import add_user
from allgo_hpc.models import App, User, Version
from allgo_hpc.sharing.shares import share_app
from tests.fast.domain.world import add_app, add_version
from tests.fast.web.conftest import MakePortal
from tests.fast.web.portal import Portal
from tests.fast.web.visitor import visit
from tests.hostile import TEXTS

EVIL = "<script>alert('x')</script>\"'&"


@pytest.fixture(params=["sqlite", "postgresql"])
def portal(request: pytest.FixtureRequest, make_portal: MakePortal) -> Portal:
    return make_portal(request.param)


def _cards(page: str) -> list[str]:
    return re.findall(r'<h3><a href="/apps/([^"]+)">', page)


def _role(portal: Portal, name: str, role: str) -> User:
    return add_user(portal.world.session, name=name, email=f"{name}@example.org", role=role)


def test_with_no_app_each_is_told_what_to_do(portal: Portal) -> None:
    session, owner = portal.world.session, portal.world.app.owner
    session.execute(delete(Version))
    session.execute(delete(App))
    session.commit()
    page = visit(portal).page("/")
    assert "No app is published yet" in page
    assert "Sign in" in page
    assert "/author/new" in visit(portal, owner).page("/")
    assert "/author/new" not in visit(portal, portal.world.user).page("/")


def test_a_card_tells_what_an_app_is(portal: Portal) -> None:
    app = portal.world.app
    app.title, app.description = "Words", "Counts **words** of [texts](https://example.org).\n\nMore of it."
    app.tags, app.done_jobs, app.done_seconds = ["text"], 4, 720.0
    portal.world.session.commit()
    page = visit(portal).page("/")
    assert _cards(page) == ["textstats"]
    for words in ("Counts words of texts.", "takes about 3 minutes", "4 runs", "standard queue", "?tag=text"):
        assert words in page
    assert "More of it" not in page
    assert "private" not in page.split("<main")[1].split('<ul class="app-list">')[1]


def test_a_first_visitor_is_told_what_this_is_and_who_knows_it_is_not(portal: Portal) -> None:
    assert "Choose an app" in visit(portal).page("/")
    assert "Choose an app" not in visit(portal, portal.world.user).page("/")


LOOKED_FOR = [
        ("denoise", ["denoise"]), ("BRUIT", ["denoise"]), ("réduction", ["denoise"]), ("reduction image", ["denoise"]),
        ("reduction sound", []), ("  ", ["denoise", "textstats"]), ("filter", ["denoise"]), ("count", ["textstats"]),
        ("%", []), ("_", []), ("e", ["denoise", "textstats"]),
]  # fmt: skip


def test_words_are_looked_for_in_name_title_description_and_tags(portal: Portal) -> None:
    portal.world.app.description = "Counts things."
    add_app(
        portal.world.session, portal.world.app.owner, "denoise", title="R\u00e9duction du bruit", tags=["filter"],
        description="An image in, an image out.",
    )  # fmt: skip
    for words, found in LOOKED_FOR:
        page = visit(portal).get("/", query_string={"q": words}).text
        assert sorted(_cards(page)) == found, words
        if not found:
            assert "Nothing found" in page
            assert 'href="/">Clear the search' in page


def test_what_has_the_word_in_its_title_comes_first(portal: Portal) -> None:
    session, owner = portal.world.session, portal.world.app.owner
    add_app(session, owner, "a-first", title="A", description="no noise any more")
    add_app(session, owner, "b-tagged", title="B", tags=["noise"])
    add_app(session, owner, "z-noise", title="Z")
    page = visit(portal).page("/?q=noise")
    assert _cards(page) == ["z-noise", "b-tagged", "a-first"]
    assert _cards(visit(portal).page("/?q=noise&sort=name")) == ["a-first", "b-tagged", "z-noise"]


def test_sorted_by_name_by_age_by_use(portal: Portal) -> None:
    session, owner = portal.world.session, portal.world.app.owner
    portal.world.app.title = "Middle"
    add_app(session, owner, "used", title="\u00c9l\u00e8ve", done_jobs=9)
    add_app(session, owner, "last", title="Zoo", done_jobs=2)
    assert _cards(visit(portal).page("/")) == ["used", "textstats", "last"]
    assert _cards(visit(portal).page("/?sort=newest"))[0] == "last"
    assert _cards(visit(portal).page("/?sort=used")) == ["used", "last", "textstats"]


def test_tags_are_counted_among_what_is_found_and_lead_on(portal: Portal) -> None:
    session, owner = portal.world.session, portal.world.app.owner
    add_app(session, owner, "one", tags=["image", "a b&c"])
    add_app(session, owner, "two", tags=["image"])
    page = visit(portal).page("/")
    assert re.search(r'href="/\?tag=image">image <span class="count">2<', page)
    assert "?tag=a+b%26c" in page
    assert _cards(visit(portal).page("/?tag=image")) == ["one", "two"]
    assert _cards(visit(portal).page("/?tag=image&q=one")) == ["one"]
    assert "Nothing found" in visit(portal).page("/?tag=nothing")


def test_private_apps_are_for_those_they_are_shared_with(portal: Portal) -> None:
    session, owner, user = portal.world.session, portal.world.app.owner, portal.world.user
    app = add_app(session, owner, "secluded", public=False, tags=["hush"])
    add_app(session, owner, "unripe", published=False)
    for seen in (visit(portal), visit(portal, user)):
        page = seen.page("/")
        assert "secluded" not in page
        assert "unripe" not in page
        assert "hush" not in page
    share_app(session, owner, app, user=user.name)
    assert "shared with you" in visit(portal, user).page("/")
    assert _cards(visit(portal, user).page("/?show=shared")) == ["secluded"]
    assert "secluded" not in visit(portal).page("/")
    assert _cards(visit(portal, owner).page("/?show=mine")) == ["secluded", "textstats", "unripe"]
    assert "no version yet" in visit(portal, owner).page("/?show=mine")
    assert "Nothing is shared with you" in visit(portal, _role(portal, "root", "admin")).page("/?show=shared")
    assert "You have no app yet" in visit(portal, user).page("/?show=mine")


def test_a_list_of_ones_own_needs_somebody(portal: Portal) -> None:
    answer = visit(portal).get("/?show=mine")
    assert answer.status_code == 302
    assert "app-list" not in answer.text


def test_many_apps_come_page_by_page_with_few_queries(portal: Portal) -> None:
    session, owner = portal.world.session, portal.world.app.owner
    for number in range(60):
        app = App(
            name=f"app-{number:03}", title=f"App {number:03}", owner_id=owner.id, default_queue="batch", memory_mb=64
        )
        session.add(app)
        session.flush()
        add_version(session, app, 1)
    asked: list[str] = []
    with portal.app.app_context():
        engine = portal.app.extensions["sqlalchemy"].engine
    event.listen(engine, "before_cursor_execute", lambda *told: asked.append(told[2]))
    page = visit(portal).page("/")
    assert len(asked) < 10, asked
    assert len(_cards(page)) == 24
    assert "61 apps" in page
    assert 'href="/?page=2"' in page
    last = visit(portal).page("/?page=3&q=app")
    assert len(_cards(last)) == 12
    assert 'href="/?q=app&amp;page=2"' in last
    for wrong in ("0", "-1", "x", "999999", "9" * 5000, "\u0661"):
        assert _cards(visit(portal).get("/", query_string={"page": wrong}).text)


def test_whatever_is_looked_for(portal: Portal) -> None:
    for text in (text for text in TEXTS if "\udcff" not in text):
        answer = visit(portal).get("/", query_string=dict.fromkeys(("q", "tag", "sort", "show", "page"), text))
        assert answer.status_code == 200
        assert "<script>" not in answer.text.split("</head>")[1]


def test_names_are_escaped_however_long(portal: Portal) -> None:
    author = portal.world.app.owner
    add_app(
        portal.world.session, author, "x" * 32, title=EVIL * 5, description=EVIL * 10_000 + "\n\nmore",
        contact=f'"><img src=x onerror=alert(1)>{EVIL}@example.org', tags=[EVIL], citation=EVIL,
    )  # fmt: skip
    for path in ("/", f"/apps/{'x' * 32}", f"/apps/{'x' * 32}/versions"):
        page = visit(portal).page(path)
        assert "<script>" not in page.split("</head>")[1]
        assert "<img" not in page
        assert "&lt;script&gt;" in page


@pytest.mark.parametrize("path", ["/nothing", "/%3Cscript%3E", "/" + "x" * 5000, "/%FF", "/%00"])
def test_what_is_not_there_is_a_page_with_words(portal: Portal, path: str) -> None:
    answer = portal.client.get(path)
    assert answer.status_code == 404
    assert answer.mimetype == "text/html"
    assert "<script>" not in answer.text
    assert "To the front page" in answer.text


def test_a_fault_of_the_program_is_told_without_its_inside(
    make_portal: MakePortal, monkeypatch: pytest.MonkeyPatch
) -> None:
    portal = make_portal()

    def broken(*_: object) -> None:
        raise RuntimeError("staging")

    monkeypatch.setattr("web.api.jobs.submit.read_form", broken)
    answer = portal.post(b"", "application/x-www-form-urlencoded")
    assert answer.status_code == 500
    assert answer.get_json()["code"] == "internal"
    assert "staging" not in answer.text
