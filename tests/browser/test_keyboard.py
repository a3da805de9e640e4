"""Every page by keyboard alone: Tab leads to all that can be used, in order, always visibly, and out again."""

from typing import Any

import pytest
from playwright.sync_api import Page

from tests.browser.browsing import WIDTHS, watched
from tests.browser.conftest import Open
from tests.browser.place import Place
from tests.browser.places import PLACES
from tests.browser.stage import Stage

_STOPS_INSIDE = 40
"""How often Tab may stay within one element: a date has four parts, a player some buttons, a frame its own page."""
_PREPARE = """() => {
    const words = element => element.outerHTML.replaceAll(/\\s+/g, " ").slice(0, 110);
    const ring = element => {
        const { outlineStyle, outlineWidth, outlineColor } = getComputedStyle(element);
        return `${outlineStyle} ${outlineWidth} ${outlineColor}`;
    };
    // What is scrolled may be smaller than what is in it; only what is laid out and not hidden can be used.
    const usable = element => element.tabIndex >= 0 && !element.matches(":disabled, .skip")
        && element.checkVisibility({ visibilityProperty: true }) && element.getClientRects().length > 0;
    // Tab leads to one of the buttons of a group, the arrows to the others.
    const group = element => element.type === "radio" && element.name
        ? [...document.querySelectorAll(`input[type=radio][name="${CSS.escape(element.name)}"]`)]
            .filter(each => each.form === element.form)
        : [element];
    const all = "a[href], button, input, select, textarea, summary, iframe, [controls], [tabindex]";
    const expected = [...document.querySelectorAll(all)].filter(usable);
    const rings = new Map(expected.map(element => [element, ring(element)]));
    const reached = new Set();
    let before = document.querySelector(".skip");
    window.keyboard = {
        count: expected.length,
        look() {
            const here = document.activeElement;
            if (!here || here === document.body || here.matches(".skip")) return { out: true };
            const first = !reached.has(here);
            const wrong = [];
            if (first) {
                reached.add(here);
                if (!(before.compareDocumentPosition(here) & Node.DOCUMENT_POSITION_FOLLOWING)) {
                    wrong.push(`out of order, after ${words(before)}`);
                }
                before = here;
                const { outlineStyle, outlineWidth } = getComputedStyle(here);
                if (!here.matches("iframe")) {  // what is focused in it shows it there
                    if (outlineStyle === "none" || parseFloat(outlineWidth) < 2) wrong.push("no ring");
                    if (rings.get(here) === ring(here)) wrong.push("it looks the same without the focus");
                }
                const inView = [...here.getClientRects()].some(box => {
                    const [left, right] = [Math.max(box.left, 0), Math.min(box.right, innerWidth)];
                    const [top, bottom] = [Math.max(box.top, 0), Math.min(box.bottom, innerHeight)];
                    if (right - left < 1 || bottom - top < 1) return false;
                    const there = document.elementFromPoint((left + right) / 2, (top + bottom) / 2);
                    return there && (here.contains(there) || there.contains(here)
                        || [...(here.labels ?? [])].some(label => label.contains(there)));
                });
                if (!inView) wrong.push("not in view");
            }
            return { out: false, first, wrong: wrong.map(each => `${each}: ${words(here)}`), name: words(here) };
        },
        missed: () => expected
            .filter(element => element.isConnected && !group(element).some(each => reached.has(each))).map(words),
    };
}"""


@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.name)
def test_tab_leads_through_the_page(opened: Open, furnished: Stage, place: Place) -> None:
    page, _ = watched(opened(place.who, "light"), furnished.url)
    try:
        page.set_viewport_size({"width": WIDTHS["wide"], "height": 900})
        place.open(page, furnished.url, furnished.ids)
        if place.then:  # what was done there has moved the focus
            page.evaluate("document.activeElement.blur(); getSelection().collapse(document.body, 0)")
        page.evaluate(_PREPARE)
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.matches('.skip') && document.activeElement.checkVisibility()")
        wrong = _go_round(page)
        wrong += [f"never reached: {element}" for element in page.evaluate("keyboard.missed()")]
        assert not wrong, "\n".join(wrong)
        _skip(page)
    finally:
        page.close()


def _go_round(page: Page) -> list[str]:
    """Press Tab until it leads out of the page; return what was wrong on the way."""
    wrong: list[str] = []
    stayed = 0
    while True:
        page.keyboard.press("Tab")
        seen: dict[str, Any] = page.evaluate("keyboard.look()")
        if seen["out"]:
            return wrong
        wrong += seen["wrong"]
        stayed = 0 if seen["first"] else stayed + 1
        if stayed > _STOPS_INSIDE:
            return [*wrong, f"no way out of {seen['name']}"]


def _skip(page: Page) -> None:
    """The link at the top leads past what every page begins with."""
    page.locator(".skip").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    past = """() => document.activeElement === document.body  // nothing follows in the page
        || !!(document.querySelector('header.top').compareDocumentPosition(document.activeElement)
              & Node.DOCUMENT_POSITION_FOLLOWING)
           && !document.activeElement.matches('.skip')"""
    assert page.evaluate(past), page.evaluate("document.activeElement.outerHTML")
