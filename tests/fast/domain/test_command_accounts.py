"""The administrator's commands for accounts and mails."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from allgo_hpc.cli import cli
from allgo_hpc.errors import BadInput, Conflict, NotFound, Refusal


@pytest.fixture
def runner(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    monkeypatch.setenv("ALLGO_HPC_ROOT", str(tmp_path / "root"))
    monkeypatch.setenv("ALLGO_HPC_DATABASE_URL", f"sqlite:///{tmp_path}/portal.db")
    monkeypatch.setenv("ALLGO_HPC_MAIL_URL", f"file://{tmp_path}/mails")
    (tmp_path / "root" / "control").mkdir(parents=True)
    made = CliRunner()
    _run(made, "db", "upgrade")
    _run(made, "user", "add", "ada", "--email", "ada@example.org")
    return made


def _run(runner: CliRunner, *words: str) -> Result:
    ended = runner.invoke(cli, words, catch_exceptions=False)
    assert ended.exit_code == 0, ended.output
    return ended


def test_a_test_mail(runner: CliRunner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "taken" in _run(runner, "mail", "test", "ada@example.org").output
    assert len(list((tmp_path / "mails").iterdir())) == 1
    with pytest.raises(BadInput):
        _run(runner, "mail", "test", "a\nb@c")
    monkeypatch.setenv("ALLGO_HPC_MAIL_URL", "smtp://127.0.0.1:1")
    with pytest.raises(Refusal, match="cannot be reached"):
        _run(runner, "mail", "test", "ada@example.org")
    monkeypatch.setenv("ALLGO_HPC_MAIL_URL", "")
    with pytest.raises(Refusal, match="mail_url"):
        _run(runner, "mail", "test", "ada@example.org")


def test_closing_sends_a_mail_that_is_listed_without_its_text(runner: CliRunner, tmp_path: Path) -> None:
    assert runner.invoke(cli, ["user", "close", "ada"], input="n\n").exit_code != 0
    _run(runner, "user", "close", "ada", "--yes")
    listed = _run(runner, "mail", "list").output
    assert "waiting" in listed
    assert "cancelled" not in listed
    assert _run(runner, "mail", "send").output == "1 tried, 0 wait\n"
    assert "sent" in _run(runner, "mail", "list").output
    (file,) = (tmp_path / "mails").iterdir()
    assert "ada@example.org" in file.read_text()


def test_what_is_refused_is_tried_again_only_when_told_so(runner: CliRunner, monkeypatch: pytest.MonkeyPatch) -> None:
    _run(runner, "user", "close", "ada", "--yes")
    monkeypatch.setenv("ALLGO_HPC_MAIL_URL", "smtp://127.0.0.1:1")
    assert _run(runner, "mail", "send").output == "1 tried, 1 wait\n"
    assert _run(runner, "mail", "send").output == "0 tried, 1 wait\n"
    assert _run(runner, "mail", "send", "--all").output == "1 tried, 1 wait\n"


def test_links(runner: CliRunner) -> None:
    assert "not linked" in _run(runner, "user", "link", "ada").output
    assert "header ada" in _run(runner, "user", "link", "ada", "header ada", "--cluster-account", "ada1").output
    assert "not linked\tada1" in _run(runner, "user", "link", "ada", "--remove").output
    with pytest.raises(BadInput):
        _run(runner, "user", "link", "ada", "nonsense")


def test_roles_and_confirming(runner: CliRunner) -> None:
    _run(runner, "user", "role", "ada", "admin")
    with pytest.raises(Conflict):
        _run(runner, "user", "role", "ada", "user")
    _run(runner, "user", "confirm", "ada")
    with pytest.raises(NotFound):
        _run(runner, "user", "confirm", "eve")


def test_an_app_changes_hands(runner: CliRunner) -> None:
    for name in ("old", "new"):
        _run(runner, "user", "add", name, "--email", f"{name}@example.org", "--role", "author")
    _run(runner, "app", "create", "tool", "--author", "old")
    with pytest.raises(BadInput):
        _run(runner, "app", "hand-over", "tool", "ada")
    with pytest.raises(Conflict):
        _run(runner, "user", "close", "old", "--yes")
    _run(runner, "app", "hand-over", "tool", "new")
    assert "owner\tnew" in _run(runner, "app", "show", "tool").output
    _run(runner, "user", "close", "old", "--yes")
