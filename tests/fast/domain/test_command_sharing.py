"""The administrator's commands for groups and shares."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select

from allgo_hpc.cli import cli
from allgo_hpc.database import make_engine, session_factory
from allgo_hpc.errors import Conflict, NotFound
from allgo_hpc.models import Audit


@pytest.fixture
def runner(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, database_url: str) -> CliRunner:
    monkeypatch.setenv("ALLGO_HPC_ROOT", str(tmp_path / "root"))
    monkeypatch.setenv("ALLGO_HPC_DATABASE_URL", database_url)
    made = CliRunner()
    _run(made, "user", "add", "bob", "--email", "bob@example.org", "--role", "author")
    _run(made, "user", "add", "ada", "--email", "ada@example.org")
    _run(made, "app", "create", "filter", "--author", "bob")
    return made


def _run(runner: CliRunner, *words: str) -> str:
    ended: Result = runner.invoke(cli, words, catch_exceptions=False)
    assert ended.exit_code == 0, ended.output
    return ended.output


def test_a_group_from_its_making_to_its_end(runner: CliRunner, database_url: str) -> None:
    assert _run(runner, "group", "create", "lab") == "group 1 lab\n"
    assert _run(runner, "group", "add", "lab", "ada", "bob@example.org") == "added ada\nadded bob\n"
    assert _run(runner, "group", "members", "lab") == "ada\tada@example.org\nbob\tbob@example.org\n"
    _run(runner, "group", "rename", "lab", "imaging")
    _run(runner, "app", "share", "filter", "--group", "imaging")
    assert _run(runner, "group", "list") == "imaging\t2 members\t1 apps\n"
    _run(runner, "group", "remove", "imaging", "bob")
    assert "1 apps were shared" in _run(runner, "group", "delete", "imaging")
    assert _run(runner, "group", "list") == ""
    assert _run(runner, "app", "shares", "filter") == ""
    with pytest.raises(NotFound):
        _run(runner, "group", "remove", "imaging", "bob")
    _run(runner, "user", "cluster-account", "ada", "ada1")
    _run(runner, "user", "cluster-account", "ada", "--none")
    engine = make_engine(database_url)
    with session_factory(engine)() as session:
        rows = session.execute(select(Audit.what, Audit.about, Audit.user_id).order_by(Audit.id)).all()
    engine.dispose()
    assert [(what, about) for what, about, _ in rows if what.startswith(("group.", "account.cluster"))] == [
        ("group.made", "lab"), ("group.member_added", "lab"), ("group.member_added", "lab"),
        ("group.renamed", "imaging"), ("group.member_removed", "imaging"), ("group.deleted", "imaging"),
        ("account.cluster", "ada"), ("account.cluster", "ada"),
    ]  # fmt: skip
    assert {by for _, _, by in rows} == {None}


def test_an_app_is_shared_and_that_is_taken_back(runner: CliRunner) -> None:
    assert _run(runner, "app", "share", "filter", "--user", "ada@example.org") == "shared with user ada\n"
    assert _run(runner, "app", "shares", "filter").startswith("user ada\t20")
    assert 'administrator (command line)\tshared with\tnull\t"user ada"' in _run(runner, "app", "history", "filter")
    with pytest.raises(Conflict):
        _run(runner, "app", "share", "filter", "--user", "ada")
    _run(runner, "app", "unshare", "filter", "--user", "ada")
    assert _run(runner, "app", "shares", "filter") == ""
    with pytest.raises(NotFound):
        _run(runner, "app", "unshare", "filter", "--user", "ada")


def test_how_to_cite_it_and_its_example(runner: CliRunner) -> None:
    assert _run(runner, "app", "change", "filter", "--citation", "Bob, 2024.") == "changed: citation\n"
    assert 'citation\t"Bob, 2024."' in _run(runner, "app", "show", "filter")
    assert "nothing is different" in _run(runner, "app", "change", "filter", "--example-job", "0")
