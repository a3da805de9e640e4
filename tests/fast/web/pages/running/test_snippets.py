"""The request as code: whatever stands in the values stays a value (tests/browser/test_running_code.py runs it)."""

import ast
import shlex

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests import hostile
from tests.fast.web.pages.running.test_run_form import RUN
from tests.fast.web.portal import Portal
from tests.fast.web.visitor import visit
from web.pages.running.snippets import Ask, as_curl, as_notebook, as_python


def _assigned(program: str, name: str) -> object:
    for node in ast.walk(ast.parse(program)):
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == name:
            return ast.literal_eval(node.value)
    raise AssertionError(program)


@given(st.one_of(st.sampled_from(hostile.TEXTS), st.text()), st.lists(st.text(min_size=1), max_size=3))
def test_python_has_the_values(param: str, names: list[str]) -> None:
    ask = Ask("https://portal.example", [("job[param]", param)], names, none=True)
    for program in (as_python(ask), as_notebook(ask)):
        assert _assigned(program, "fields") == {"job[param]": param}
        assert _assigned(program, "files") == names


@given(st.one_of(st.sampled_from(hostile.TEXTS), st.text()))
def test_the_shell_has_the_values(param: str) -> None:
    words = shlex.split(as_curl(Ask("https://portal.example", [("job[param]", param)], none=True)).replace("\\\n", ""))
    assert words[words.index("--form-string") + 1] == f"job[param]={param}".replace("\\\n", "")
    assert words[-1] == "https://portal.example/api/v1/jobs"


def test_many_files_are_cut_short_and_it_is_said() -> None:
    ask = Ask("https://portal.example", [], [f"{number}.txt" for number in range(50)])
    for code in (as_curl(ask), as_python(ask), as_notebook(ask)):
        assert "19.txt" in code
        assert "20.txt" not in code
        assert "30 more" in code
    ast.parse(as_python(ask))


@pytest.mark.parametrize("text", hostile.QUOTING)
def test_the_page_asks_for_it_while_it_is_filled_in(portal: Portal, text: str) -> None:
    visitor = visit(portal, portal.world.user)
    told = visitor.client.post(f"{RUN}/code", data={"job[param]": text, "names": ["a", "b"]}).get_json()
    assert _assigned(told["python"], "files") == ["a", "b"]
    assert _assigned(told["python"], "fields") == {"job[webapp_name]": "textstats"} | (
        {"job[param]": text} if text else {}
    )
    assert "ALLGO_TOKEN" in told["curl"]
    assert portal.token not in str(told)


def test_cores_and_memory_are_in_the_code_where_they_are_chosen(portal: Portal) -> None:
    visitor = visit(portal, portal.world.user)
    job = portal.world.submit("", {"a.txt": b"1"})
    chosen = {"job[cpus]": "4", "job[memory_mb]": "99"}
    told = visitor.client.post(f"{RUN}/code", data=chosen).get_json()
    assert _assigned(told["python"], "fields") == {"job[webapp_name]": "textstats"} | chosen
    assert "--form-string 'job[cpus]=4'" in told["curl"]
    told = visitor.client.post(f"{RUN}/code", data=chosen | {"from": str(job.id), "take_inputs": "1"}).get_json()
    assert _assigned(told["notebook"], "fields") == {"param": "", "cpus": "4", "memory_mb": "99"}
    assert "job[cpus]" not in str(visitor.client.post(f"{RUN}/code", data={"job[cpus]": ""}).get_json())


def test_strangers_are_sent_to_sign_in(portal: Portal) -> None:
    assert visit(portal).client.post(f"{RUN}/code", data={}).status_code == 302
