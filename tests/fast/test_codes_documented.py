"""The codes of errors: source, table and docs/api.md have the same."""

import ast
import re
from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path

from allgo_hpc.codes import CODES
from allgo_hpc.errors import Refusal

CHECKOUT = Path(__file__).parents[2]
HEADING = "## Codes of errors"
ROW = re.compile(r"^\| `([a-z0-9_]+)` \| (.+) \|$", re.MULTILINE)


def _trees() -> Iterator[tuple[Path, ast.Module]]:
    for room in ("allgo_hpc", "web"):
        for path in (CHECKOUT / room).rglob("*.py"):
            if path.name != "codes.py":
                yield path, ast.parse(path.read_text(encoding="utf-8"))


def _texts(tree: ast.AST) -> set[str]:
    return {each.value for each in ast.walk(tree) if isinstance(each, ast.Constant) and isinstance(each.value, str)}


def _given(tree: ast.Module) -> set[str]:
    """What is given as ``code=…`` or stands as ``code = …`` in a class."""
    found: set[str] = set()
    for each in ast.walk(tree):
        if isinstance(each, ast.keyword) and each.arg == "code":
            found |= _texts(each.value)
        if isinstance(each, ast.ClassDef):
            for line in each.body:
                names = [target.id for target in getattr(line, "targets", []) if isinstance(target, ast.Name)]
                if isinstance(line, ast.Assign) and names == ["code"] and isinstance(line.value, ast.Constant):
                    found |= _texts(line.value)
    return found


def _documented() -> list[tuple[str, str]]:
    text = (CHECKOUT / "docs" / "api.md").read_text(encoding="utf-8")
    assert text.count(HEADING) == 1
    section = text.split(HEADING)[1].split("\n## ")[0]
    return ROW.findall(section)


def test_every_code_that_is_used_is_in_the_table() -> None:
    used = {code for _, tree in _trees() for code in _given(tree)}
    assert len(used) > 20
    assert used <= set(CODES)


def test_every_code_of_the_table_is_used() -> None:
    used = {text for _, tree in _trees() for text in _texts(tree)}
    own = {code for code in CODES if not code.startswith("http_")}
    assert sorted(own - used) == []


def test_codes_of_http_are_statuses() -> None:
    for code in CODES:
        if code.startswith("http_"):
            assert HTTPStatus(int(code.removeprefix("http_"))) >= 400


def test_every_kind_of_refusal_has_a_code_of_the_table() -> None:
    kinds = [Refusal, *Refusal.__subclasses__()]
    assert len(kinds) > 5
    assert {kind.code for kind in kinds} <= set(CODES)


def test_the_documentation_has_the_same_table() -> None:
    documented = _documented()
    assert len(documented) == len(dict(documented)), "none stands there twice"
    assert dict(documented) == CODES
