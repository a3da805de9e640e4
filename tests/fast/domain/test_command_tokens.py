"""The administrator's commands for tokens: made with scopes and an end, listed without secrets, revoked."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from allgo_hpc.cli import cli
from allgo_hpc.errors import NotFound


@pytest.fixture
def runner(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    monkeypatch.setenv("ALLGO_HPC_ROOT", str(tmp_path / "root"))
    monkeypatch.setenv("ALLGO_HPC_DATABASE_URL", f"sqlite:///{tmp_path}/portal.db")
    made = CliRunner()
    _run(made, "db", "upgrade")
    _run(made, "user", "add", "ada", "--email", "ada@example.org")
    return made


def _run(runner: CliRunner, *words: str) -> Result:
    ended = runner.invoke(cli, words, catch_exceptions=False)
    assert ended.exit_code == 0, ended.output
    return ended


def test_a_token_goes_into_a_file_without_a_line_break(runner: CliRunner) -> None:
    secret = _run(runner, "user", "token", "ada").output
    assert len(secret) == 40
    assert secret.isalnum()


def test_it_is_listed_without_its_secret_and_revoked(runner: CliRunner) -> None:
    secret = _run(runner, "user", "token", "ada", "--name", "laptop", "--scope", "jobs:read", "--days", "2").output
    listed = _run(runner, "user", "tokens", "ada").output
    number, name, scopes, ends, used = listed.strip().split("\t")
    assert (name, scopes, used) == ("laptop", "jobs:read", "never used")
    assert ends.endswith("Z")
    assert secret not in listed
    _run(runner, "user", "revoke", "ada", number)
    assert _run(runner, "user", "tokens", "ada").output == ""
    with pytest.raises(NotFound):
        _run(runner, "user", "revoke", "ada", number)


@pytest.mark.parametrize("words", [("--scope", "jobs:all"), ("--days", "0"), ("--days", "x")])
def test_what_it_may_not_be_is_said(runner: CliRunner, words: tuple[str, str]) -> None:
    ended = runner.invoke(cli, ["user", "token", "ada", *words])
    assert ended.exit_code == 2
    assert words[0] in ended.output
