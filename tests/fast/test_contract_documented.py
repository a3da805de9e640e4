"""Every statement of docs/allgo-v1.md has a test of its number, and every such test a statement."""

import re
from pathlib import Path

CHECKOUT = Path(__file__).parents[2]
STATEMENT = re.compile(r"^- \*\*(\d+)\.(\d+)\*\* ", re.MULTILINE)
TEST = re.compile(r"^def test_(\d+)_(\d+)_\w+\(", re.MULTILINE)


def _statements() -> list[tuple[int, int]]:
    text = (CHECKOUT / "docs" / "allgo-v1.md").read_text(encoding="utf-8")
    return [(int(section), int(number)) for section, number in STATEMENT.findall(text)]


def _tests() -> dict[tuple[int, int], str]:
    found = {}
    for path in (CHECKOUT / "tests" / "cluster" / "contract").glob("test_*.py"):
        for section, number in TEST.findall(path.read_text(encoding="utf-8")):
            found[int(section), int(number)] = path.name
    return found


def test_every_statement_has_a_test_and_every_test_a_statement() -> None:
    assert set(_statements()) == set(_tests())


def test_tests_stand_in_the_file_of_their_section() -> None:
    assert [item for item in _tests().items() if not item[1].startswith(f"test_section_{item[0][0]}_")] == []


def test_statements_are_numbered_one_by_one() -> None:
    numbered = _statements()
    sections = sorted({section for section, _ in numbered})
    assert sections == list(range(1, 6))
    counted = [(s, n) for s in sections for n in range(1, len([each for each in numbered if each[0] == s]) + 1)]
    assert numbered == counted
