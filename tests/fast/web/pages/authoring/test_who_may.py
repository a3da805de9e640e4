"""Who sees and sends what of an author's pages."""

import pytest
from sqlalchemy import func, select

from allgo_hpc.models import AppChange, Commit, Sandbox
from tests.fast.domain.world import add_app
from tests.fast.web.pages.authoring.bench import Bench
from tests.fast.web.visitor import visit

PAGES = ("/", "/versions", "/parameters", "/parameters/boutiques.json", "/sample", "/settings", "/sharing",
         "/statistics", "/send", "/commits/1", "/sample/files/x")  # fmt: skip
FORMS = ("/start", "/stop", "/discard", "/commit", "/commits/1/abort", "/commits/1/retry", "/recipe", "/import",
         "/versions/1", "/presets", "/parameters", "/sample", "/sample/job", "/sample/drop", "/settings", "/icon",
         "/sharing", "/sharing/1/end", "/sharing/public", "/statistics/memory")  # fmt: skip


@pytest.mark.parametrize("page", PAGES)
def test_another_authors_app_is_like_none(bench: Bench, page: str) -> None:
    bench.app.public = False
    bench.work.session.commit()
    eve = bench.other()
    told, none = eve.get(f"/author/textstats{page}"), eve.get(f"/author/no-such-app{page}")
    assert (told.status_code, none.status_code) == (404, 404)
    assert _main(told.text).replace("textstats", "no-such-app") == _main(none.text)
    bench.app.public = True
    bench.work.session.commit()
    assert eve.get(f"/author/textstats{page}").status_code == 404


@pytest.mark.parametrize("form", FORMS)
def test_a_form_is_the_owners_with_its_token(bench: Bench, form: str) -> None:
    count = _count(bench)
    assert bench.other().post(f"/author/textstats{form}").status_code == 404
    assert visit(bench.portal, bench.portal.world.user).post(f"/author/textstats{form}").status_code == 403
    assert visit(bench.portal).post(f"/author/textstats{form}").status_code == 302
    answer = bench.browser.client.post(f"/author/textstats{form}", data={"csrf_token": "old", "do": "save"})
    assert answer.status_code == 400
    assert "reload the page" in answer.text
    assert _count(bench) == count


def test_whoever_is_not_signed_in_signs_in_first(bench: Bench) -> None:
    for path in ("/author", "/author/new", *(f"/author/textstats{page}" for page in PAGES)):
        answer = visit(bench.portal).get(path)
        assert answer.status_code == 302
        assert "/login?next=%2Fauthor" in answer.headers["Location"]


def test_a_user_is_told_how_to_become_an_author(bench: Bench) -> None:
    ada = visit(bench.portal, bench.portal.world.user)
    assert "help@example.org" in ada.page("/author")
    assert ada.get("/author/new").status_code == 403
    assert ada.get("/author/textstats/").status_code == 403


def test_an_administrator_may_all(bench: Bench) -> None:
    root = bench.other("boss", "admin")
    for page in ("/", "/versions", "/parameters", "/sample", "/settings", "/sharing", "/statistics"):
        assert root.get(f"/author/textstats{page}").status_code == 200
    assert "Make your first app" in root.page("/author")


def test_the_list_tells_how_each_stands(bench: Bench) -> None:
    assert "none in 30 days" in bench.browser.page("/author")
    bench.portal.submit()
    bench.portal.end(bench.portal.submit(), code=1)
    add_app(bench.work.session, bench.work.author, "second", title="<b>\u202eevil</b>", published=False)
    bench.send("/start", {"from": "base:debian-13"})
    text = bench.browser.page("/author")
    assert "2 jobs" in text
    assert "none published yet" in text
    assert "starting" in text
    assert "<b>" not in text


def _main(page: str) -> str:
    return page.split("<main")[1].split("</main>", maxsplit=1)[0]


def _count(bench: Bench) -> list[int | None]:
    bench.work.session.expire_all()
    return [bench.work.session.scalar(select(func.count()).select_from(row)) for row in (AppChange, Commit, Sandbox)]
