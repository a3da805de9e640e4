"""What becomes of versions, by forms."""

from allgo_hpc.models import Version
from tests.fast.domain.world import add_version
from tests.fast.web.pages.authoring.bench import Bench


def _version(bench: Bench, number: int) -> Version:
    return next(one for one in bench.app.versions if one.number == number)


def test_each_button(bench: Bench) -> None:
    add_version(bench.work.session, bench.app, 2, published=False)
    text = bench.page("/versions")
    assert "version 1 runs" in text
    assert "/apps/textstats/versions/compare" in text
    assert "Version 2 is published." in bench.send("/versions/2", {"do": "publish"})
    assert "version 2 runs" in bench.page("/versions")
    assert "You chose it" in bench.send("/versions/1", {"do": "default"})
    assert "is the default" in bench.send("/versions/1", {"do": "delete"})
    assert "is the default" in bench.send("/versions/1", {"do": "withdraw"})
    bench.send("/versions/1", {"do": "newest"})
    assert bench.app.default_version is None
    assert "is deleted" in bench.send("/versions/1", {"do": "delete"})
    assert "until" in bench.page("/versions")
    assert "is restored" in bench.send("/versions/1", {"do": "restore"})
    assert _version(bench, 1).deleted_at is None


def test_the_changelog_is_markdown_that_does_nothing(bench: Bench) -> None:
    bench.send("/versions/1", {"do": "changelog", "changelog": "**new**\r\n\r\n<script>alert(1)</script>"})
    assert _version(bench, 1).changelog == "**new**\n\n<script>alert(1)</script>"
    text = bench.browser.page("/author/textstats/versions")
    assert "<strong>new</strong>" in text
    assert "<script>alert" not in text
    assert "control character" in bench.send("/versions/1", {"do": "changelog", "changelog": "a\0b"})


def test_an_action_that_is_none(bench: Bench) -> None:
    assert "no such action" in bench.send("/versions/1", {"do": "explode"}, 400)
    for number in ("9", "x", "9" * 400, "%00"):
        assert bench.browser.post(f"/author/textstats/versions/{number}", {"do": "delete"}).status_code == 404


def test_how_often_each_was_run_and_pages(bench: Bench) -> None:
    bench.portal.submit()
    for number in range(2, 30):
        add_version(bench.work.session, bench.app, number)
    first = bench.page("/versions")
    assert "Version 29" in first
    assert "Version 9 " not in first
    second = bench.page("/versions?before=10")
    assert "1 job, 1 person" in second
    assert bench.page("/versions?before=x").count("<h2") == first.count("<h2")
