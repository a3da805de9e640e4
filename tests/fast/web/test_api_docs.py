"""``/api/docs``: all of the document, readable without scripts, from a keyboard, on a narrow screen, in the dark."""

import re
import shlex
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

import web
from allgo_hpc.codes import CODES
from tests.fast.web.page import Page
from tests.fast.web.portal import Portal, assert_refused

CSS = (Path(web.__file__).parent / "static" / "portal.css").read_text()


@pytest.fixture
def page(portal: Portal) -> Page:
    answer = portal.client.get("/api/docs")
    assert answer.status_code == 200
    assert answer.mimetype == "text/html"
    return Page(answer.text)


@pytest.fixture
def document(portal: Portal) -> dict[str, Any]:
    told: dict[str, Any] = portal.client.get("/api/v1/openapi.json").get_json()
    return told


def _operations(document: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    found = [
        (method.upper(), path, told)
        for path, item in document["paths"].items()
        for method, told in item.items()
        if method != "parameters"
    ]
    assert len(found) > 15
    return found


def test_every_operation_is_there_and_in_the_contents(page: Page, document: dict[str, Any]) -> None:
    articles = {each.get("id"): each.text for each in page.all("article")}
    contents = {each.get("href") for each in page.all("a") if each.within("nav", **{"aria-label": "Contents"})}
    operations = _operations(document)
    assert set(articles) == {told["operationId"] for _, _, told in operations}
    for method, path, told in operations:
        text = articles[told["operationId"]]
        assert method in text
        assert path in text
        assert told["summary"].replace("`", "") in text
        assert f"#{told['operationId']}" in contents
        for parameter in told.get("parameters", []):
            assert parameter["name"] in text
        for status in told["responses"]:
            assert status in text
    assert {f"#group-{tag['name']}" for tag in document["tags"]} <= contents


def test_every_field_of_every_answer_is_told(page: Page, document: dict[str, Any]) -> None:
    articles = {each.get("id"): each.text for each in page.all("article")}
    for _, _, told in _operations(document):
        for status, answer in told["responses"].items():
            for media in answer.get("content", {}).values():
                name = media.get("schema", {}).get("$ref", "").rpartition("/")[2]
                if status < "400" and name:
                    for field, schema in document["components"]["schemas"][name]["properties"].items():
                        assert field in articles[told["operationId"]]
                        assert schema.get("description", "").replace("`", "") in articles[told["operationId"]]
    job = articles["get_job"]
    assert "resources.asked.memory_mb" in job, "what is nested is told too"
    assert "jobs[].resources.used.peak_memory_bytes" in articles["get_jobs"]
    assert "*.data[].time_period" in articles["get_metrics"]


def test_every_code_has_an_anchor_where_errors_lead(page: Page, portal: Portal) -> None:
    anchors = {each.get("id") for each in page.elements if each.get("id").startswith("code-")}
    assert anchors == {f"code-{code}" for code in CODES}
    answer = portal.get("/api/v1/jobs/1")
    assert_refused(answer, 404, code="unknown_job", field="job_id")
    address, _, anchor = answer.get_json()["type"].partition("#")
    assert portal.client.get(address).status_code == 200
    assert anchor in anchors


def test_links_within_the_page_lead_somewhere_and_names_are_unique(page: Page) -> None:
    ids = [each.get("id") for each in page.elements if each.get("id")]
    assert len(set(ids)) == len(ids)
    wanted = {each.get("href").removeprefix("#") for each in page.all("a") if each.get("href").startswith("#")}
    assert wanted <= set(ids)
    named = {each.get("aria-labelledby") for each in page.elements if each.get("aria-labelledby")}
    assert named <= set(ids)


def test_it_needs_no_script_and_nobody_else(page: Page) -> None:
    assert not page.all("iframe", "img", "object", "style")
    assert not [each for each in page.all("script") if each.within("body") or each.text]
    for each in page.elements:
        assert not [name for name in each.attributes if name.startswith("on")]
        address = each.get("src") or each.get("href")
        assert not address or address.startswith(("/", "#", "data:,")), address
    assert "url(" not in CSS
    assert "@import" not in CSS


def test_headings_are_in_order(page: Page) -> None:
    levels = [int(each.tag[1]) for each in page.all("h1", "h2", "h3", "h4", "h5", "h6")]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_tables_and_examples_scroll_in_their_own_box_by_keyboard_too(page: Page) -> None:
    for table in page.all("table"):
        box = table.around[-1]
        assert box.get("class") == "scroll"
        assert (box.get("tabindex"), box.get("role")) == ("0", "region")
        assert box.get("aria-label")
    assert all(each.get("tabindex") == "0" for each in page.all("pre"))
    assert all(each.get("scope") for each in page.all("th"))
    assert re.search(r"\.scroll \{[^}]*overflow-x: auto", CSS)


def test_each_example_is_a_call_that_the_portal_has(page: Page, portal: Portal, document: dict[str, Any]) -> None:
    examples = {each.around[-1].get("id"): each.text for each in page.all("pre")}
    matcher = portal.app.url_map.bind("localhost")
    for method, path, told in _operations(document):
        words = shlex.split(examples[told["operationId"]])
        assert words[0] == "curl"
        address = words[-1].removeprefix("$ALLGO_URL").partition("?")[0]
        asked = words[words.index("-X") + 1] if "-X" in words else "GET"
        rule, values = matcher.match(address, asked, return_rule=True)
        assert asked == method
        assert re.sub(r"<(?:int:)?(\w+)>", r"{\1}", rule.rule).rstrip("/") == path
        assert "{" not in address
        signs = told["security"] and {} not in told["security"]
        assert bool({"-u", "Authorization: Token token=$ALLGO_TOKEN"} & set(words)) == bool(signs)
        assert values is not None


def test_the_way_to_it(portal: Portal) -> None:
    for path in ("/", "/api/docs", "/nothing"):
        header = [each for each in Page(portal.client.get(path).text).all("a") if each.within("header")]
        assert "/api/docs" in {each.get("href") for each in header}, path
    front = [each for each in Page(portal.client.get("/").text).all("a") if each.within("main")]
    assert "/api/docs" in {each.get("href") for each in front}
    assert portal.client.get("/api/docs/").status_code == 200


def _luminance(colour: str) -> float:
    digits = colour.lstrip("#")
    digits = "".join(each * 2 for each in digits) if len(digits) == 3 else digits
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("ground", ["ground", "card"])
@pytest.mark.parametrize("text", ["text", "soft", "link", "good", "bad"])
@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
def test_contrast(theme: int, text: str, ground: str) -> None:
    themes = [
        dict(re.findall(r"--(\w+): (#\w+)", block))
        for block in re.findall(r"\[data-bs-theme=\w+\] \{\s*color-scheme([^}]*)\}", CSS)
    ]
    assert len(themes) == 2
    light, dark = sorted((_luminance(themes[theme][name]) for name in (text, ground)), reverse=True)
    assert (light + 0.05) / (dark + 0.05) >= 4.5
