"""Charts: well formed, escaped, without styles, in proportion."""

from xml.etree import ElementTree as ET

import pytest

from web.look.charts import Bar, bars, nice_top

EVIL = '<script>alert("x")</script>\'&'


def test_bars_stand_upon_each_other_in_proportion() -> None:
    made = ET.fromstring(bars("Jobs", [Bar("1 Mar", "one", (("good", 30), ("bad", 10), ("other", 0)))], name="runs"))  # noqa: S314
    rects = list(made.iter("rect"))
    assert [each.get("class") for each in rects] == ["good", "bad"]
    heights = [float(each.get("height", "")) for each in rects]
    assert heights[0] == pytest.approx(3 * heights[1], rel=0.02)
    assert float(rects[1].get("y", "")) + heights[1] == pytest.approx(float(rects[0].get("y", "")), abs=0.2)


def test_texts_are_escaped_and_nothing_is_styled() -> None:
    made = str(bars(EVIL, [Bar(EVIL, EVIL, (("plain", 1),))], name="a"))
    assert "<script" not in made
    assert "style" not in made
    assert 'role="img"' in made


@pytest.mark.parametrize("count", [0, 1, 8, 9, 365])
def test_marks_do_not_crowd(count: int) -> None:
    made = ET.fromstring(bars("x", [Bar(str(n), "", (("plain", n),)) for n in range(count)], name="a"))  # noqa: S314
    assert len([each for each in made.iter("text") if each.get("class") == "mark"]) <= 8


@pytest.mark.parametrize(("most", "top"), [(0, 1), (1, 1), (1.5, 2), (3, 5), (17, 20), (100, 100), (101, 200)])
def test_scales_end_at_round_numbers(most: float, top: float) -> None:
    assert nice_top(most) == top
