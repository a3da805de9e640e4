"""An app's page, its versions, and what differs between two of them."""

import re

import pytest

from allgo_hpc.authoring.change import change_app
from allgo_hpc.authoring.icons import set_icon
from allgo_hpc.models import Job
from allgo_hpc.sharing.shares import share_app, unshare_app
from containers import Changes, Names
from slurm import State
from tests.fast.domain.world import add_app, add_version
from tests.fast.pictures import png
from tests.fast.web.portal import Portal
from tests.fast.web.visitor import visit
from tests.hostile import TEXTS
from web.look.plain import plain_line
from web.look.tiles import ground, letter
from web.pages.catalogue.app import mail_address


def _example(portal: Portal, left: dict[str, bytes]) -> Job:
    world = portal.world
    job, _ = portal.finished(dict(left))
    job.user_id = world.app.owner_id
    world.session.commit()
    change_app(world.session, world.services, None, world.app, {"example_job_id": job.id})
    return job


def test_the_page_tells_all_that_one_asks_of_an_app(portal: Portal) -> None:
    app = portal.world.app
    app.title, app.contact, app.network = "Words", "bob@example.org", True
    app.description, app.citation = "# Counts\n\n*words*", "Bob, *Words*, 2024."
    portal.world.version.changelog = "* faster"
    portal.world.session.commit()
    page = visit(portal).page("/apps/textstats")
    for words in (
        "<h2>Counts</h2>", "<em>words</em>", "<em>Words</em>, 2024.", 'data-copy="#citation"', "mailto:bob@example.org",
        "<li>faster</li>", "may ask other hosts", "/apps/textstats/versions", "64 MB", 'id="run"', "not known yet",
    ):  # fmt: skip
        assert words in page, words
    assert "Manage this app" not in page
    assert "Manage this app" in visit(portal, app.owner).page("/apps/textstats")


def test_how_it_ran_is_told_from_its_latest_jobs(portal: Portal) -> None:
    portal.finished({})
    number = portal.submit()
    portal.end(number, State.FAILED, 1)
    for job in portal.world.session.query(Job):
        job.started_at = job.started_at or job.created_at
    portal.world.session.commit()
    assert "50 % of its latest 2 runs" in visit(portal).page("/apps/textstats")


def test_a_number_leads_to_the_name_with_all_that_the_address_says(portal: Portal) -> None:
    number = portal.world.app.id
    for path, address in (
        (f"/apps/{number}", "/apps/textstats"),
        (f"/apps/{number}?version=2&name=x&_external=1", "/apps/textstats?version=2&name=x&_external=1"),
        (f"/apps/{number}/versions/compare?a=1", "/apps/textstats/versions/compare?a=1"),
    ):
        answer = visit(portal).get(path)
        assert (answer.status_code, answer.headers["Location"]) == (302, address)


def test_a_private_app_of_anothers_is_like_one_that_is_not_there(portal: Portal) -> None:
    world = portal.world
    app = add_app(world.session, world.app.owner, "secret", public=False)
    for path in ("", "/versions", "/versions/compare?a=1&b=1"):
        pages = []
        for name in ("secret", "absent"):
            answer = visit(portal, world.user).get(f"/apps/{name}{path}")
            assert answer.status_code == 404
            pages.append(re.sub(r'name="csrf[^>]*>', "", answer.text).replace(name, "…"))
        assert pages[0] == pages[1]
    assert visit(portal, world.user).get(f"/apps/{app.id}").status_code == 404
    share = share_app(world.session, None, app, user=world.user.name)
    assert "shared with you" in visit(portal, world.user).page("/apps/secret")
    unshare_app(world.session, None, app, share)
    assert visit(portal, world.user).get("/apps/secret").status_code == 404


def test_near_misses_are_named_among_those_that_one_may_see(portal: Portal) -> None:
    add_app(portal.world.session, portal.world.app.owner, "textstat", public=False)
    page = visit(portal).get("/apps/textstatz")
    assert (page.status_code, 'href="/apps/textstats"' in page.text) == (404, True)
    assert 'href="/apps/textstat"' not in page.text
    assert "next=/apps/textstatz" in page.text.replace("%2F", "/")


def test_whatever_is_asked_for_is_no_app(portal: Portal) -> None:
    for text in TEXTS:
        if "\udcff" in text or "/" in text or text.strip() in {"", ".", ".."}:
            continue
        answer = visit(portal).get("/apps/" + "".join(f"%{byte:02x}" for byte in text.encode()))
        assert answer.status_code == 404, text
        assert "<script>" not in answer.text.split("</head>")[-1]


def test_an_example_is_shown_with_its_files_and_gone_with_it(portal: Portal) -> None:
    left = {f"{n:02}.txt": b"x" for n in range(9)} | {"00 a&b.png": png()}
    job = _example(portal, left)
    page = visit(portal).page("/apps/textstats")
    assert f'href="/jobs/{job.id}"' in page
    assert f'href="/jobs/{job.id}/files/00%20a%26b.png"' in page
    assert f'<img src="/jobs/{job.id}/raw/00%20a%26b.png"' in page
    assert "2 more files" in page
    assert "allgo.log" not in page
    change_app(portal.world.session, portal.world.services, None, portal.world.app, {"example_job_id": None})
    assert "Example result" not in visit(portal).page("/apps/textstats")


def test_versions_with_what_is_known_of_each(portal: Portal) -> None:
    world = portal.world
    two, three = add_version(world.session, world.app, 2), add_version(world.session, world.app, 3, published=False)
    two.changelog, two.signed, two.size = "**better**", True, 5 * 2**20
    two.packages = [{"name": "a", "version": "1"}]
    world.session.commit()
    page = visit(portal).page("/apps/textstats/versions")
    for words in (
        "Version 2", "in use", "<strong>better</strong>", "5.0 MB", two.sha256, "signed", "not known",
        'href="/apps/textstats?version=1#run"', "a=1&amp;b=2",
    ):  # fmt: skip
        assert words in page, words
    assert "Version 3" not in page
    assert three.sha256 not in page
    owned = visit(portal, world.app.owner).page("/apps/textstats/versions")
    assert "Version 3" in owned
    assert "not published" in owned


def test_many_versions_come_page_by_page(portal: Portal) -> None:
    for number in range(2, 31):
        add_version(portal.world.session, portal.world.app, number)
    page = visit(portal).page("/apps/textstats/versions")
    assert "Version 30" in page
    assert 'id="version-10"' not in page
    assert 'id="version-10"' in visit(portal).page("/apps/textstats/versions?page=2")
    assert visit(portal).get("/apps/textstats/versions?page=x").status_code == 200


def test_what_differs_between_two_versions(portal: Portal, monkeypatch: pytest.MonkeyPatch) -> None:
    world = portal.world
    two = add_version(world.session, world.app, 2)
    path = "/apps/textstats/versions/compare?a=1&b=2"
    assert "not known of both" in visit(portal).page(path)
    world.version.packages = [{"name": f"p{n:02}", "version": "1"} for n in range(30)]
    two.packages = [{"name": "p00", "version": "2"}, {"name": "new", "version": "<b>"}]
    world.session.commit()
    page = visit(portal).page(path)
    assert "31 packages differ" in page
    assert "11 more packages" in page
    assert "&lt;b&gt;" in page
    assert page.index("added</span>") < page.index("changed</span>") < page.index("removed</span>")
    assert "Compare the files" not in page
    asked = []

    def compared(*told: object) -> Changes:
        asked.append(told)
        return Changes(added=Names(1500, ["/opt/<i>"]))

    monkeypatch.setattr("web.pages.catalogue.versions.compare_files", compared)
    assert "1499 more" not in visit(portal).page(f"{path}&files=1")
    assert not asked  # only for the owner
    owned = visit(portal, world.app.owner).page(f"{path}&files=1")
    assert "/opt/&lt;i&gt;" in owned
    assert "and 1499 more" in owned
    two.packages = world.version.packages
    world.session.commit()
    assert "The same packages" in visit(portal).page(path)


def test_wrong_numbers_are_answered_with_the_form(portal: Portal) -> None:
    add_version(portal.world.session, portal.world.app, 2)
    add_version(portal.world.session, portal.world.app, 3, published=False)
    for query in ("", "?a=1", "?a=1&b=99", "?a=x&b=%00", "?a=3&b=1", "?a=1&b=1", "?b=" + "9" * 300):
        page = visit(portal).page(f"/apps/textstats/versions/compare{query}")
        assert 'name="a"' in page
        if "99" in query or "x" in query or "3" in query:
            assert "has no version" in page
            assert "Packages" not in page


def test_an_icon_is_a_picture_of_pixels_or_a_letter(portal: Portal) -> None:
    world = portal.world
    drawing = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><script>alert(1)</script></svg>'
    world.user.role = "admin"
    world.session.commit()
    answer = portal.client.put("/api/v1/apps/textstats/icon", data=drawing, headers=portal.auth)
    assert answer.status_code == 400
    assert '<span class="app-icon tile' in visit(portal).page("/")
    set_icon(world.session, world.services, None, world.app, png())
    address = re.search(r'<img class="app-icon" src="([^"]+)"', visit(portal).page("/"))
    assert address
    shown = visit(portal).get(address.group(1))
    assert (shown.status_code, shown.mimetype) == (200, "image/png")
    assert shown.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in shown.headers["Content-Security-Policy"]
    # Should a drawing ever lie there, it is still no page of the portal's: it runs nothing, it asks nobody.
    world.services.layout.icon(world.app.id, world.app.icon_sha256 or "").write_bytes(drawing)
    world.app.icon_type = "image/svg+xml"
    world.session.commit()
    worst = visit(portal).get("/api/v1/apps/textstats/icon")
    assert worst.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"


@pytest.mark.parametrize(
    ("contact", "address"),
    [
        ("bob@example.org", "bob@example.org"), ("b.o+b@example.org", "b.o+b@example.org"), ("", ""), ("Bob", ""),
        ("Bob <bob@example.org>", ""), ("a@b.org,c@d.org", ""),
        ("a@b.org?bcc=c", "a@b.org%3Fbcc%3Dc"), ("a@b.org?bcc=c@d.org", ""),
        ("javascript:alert(1)@x", ""), ('"><img>@x', ""), ("a@b@c", ""), ("a b@c", ""),
    ],
)  # fmt: skip
def test_only_an_address_becomes_a_link_to_write_to(contact: str, address: str) -> None:
    assert mail_address(contact) == address


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("", ""), ("# Title", "Title"), ("# Title\n\nBody *text*\nmore", "Body text more"), ("* one\n* two", "one"),
        ("`code` and <b>x</b>", "code and <b>x</b>"), ("![pic](x.png) words", "words"), ("a" * 300, "a" * 160 + " …"),
        ("word " * 60, ("word " * 32).strip() + " …"), ("***", ""), ("```\ncode\n```\n\nafter", "after"),
    ],
)  # fmt: skip
def test_a_description_in_one_line(text: str, line: str) -> None:
    assert plain_line(text) == line


def test_a_letter_stands_for_an_app_without_an_icon() -> None:
    assert [letter(title, "x1") for title in ("denoise", "\u00e9t\u00e9", "<b>", "***", "\u05e9\u05dc")] == [
        "D", "\u00c9", "B", "X", "\u05e9",
    ]  # fmt: skip
    assert ground("denoise") == ground("denoise")
    assert 0 <= ground("x") < 8
