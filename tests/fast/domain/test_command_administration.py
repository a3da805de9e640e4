"""The administrator's commands for accounts and announcements; each is noted as done at the command line."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select

from allgo_hpc.cli import cli
from allgo_hpc.database import make_engine, session_factory
from allgo_hpc.errors import Conflict
from allgo_hpc.models import Audit


@pytest.fixture
def runner(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    monkeypatch.setenv("ALLGO_HPC_ROOT", str(tmp_path / "root"))
    monkeypatch.setenv("ALLGO_HPC_DATABASE_URL", f"sqlite:///{tmp_path}/portal.db")
    made = CliRunner()
    _run(made, "db", "upgrade")
    _run(made, "user", "add", "ada", "--email", "ada@example.org", "--role", "admin")
    return made


def _run(runner: CliRunner, *words: str) -> Result:
    ended = runner.invoke(cli, words, catch_exceptions=False)
    assert ended.exit_code == 0, ended.output
    return ended


def test_what_is_done_is_noted(runner: CliRunner, tmp_path: Path) -> None:
    _run(runner, "user", "add", "eve", "--email", "eve@example.org")
    for words in (
        ("role", "eve", "author"),
        ("suspend", "eve"),
        ("reopen", "eve"),
        ("quota", "eve", "--jobs-a-day", "3"),
    ):
        _run(runner, "user", *words)
    assert _run(runner, "announce", "add", "Maintenance", "--hours", "2").stdout == "announcement 1\n"
    assert "\tMaintenance\n" in _run(runner, "announce", "list").stdout
    _run(runner, "announce", "end", "1")
    engine = make_engine(f"sqlite:///{tmp_path}/portal.db")
    with session_factory(engine)() as session:
        rows = session.scalars(select(Audit).where(Audit.what != "account.made").order_by(Audit.id)).all()
        assert {row.user_id for row in rows} == {None}
        assert [row.what for row in rows] == [
            "user.role", "account.suspended", "account.reopened", "user.quota",
            "announcement.made", "announcement.ended",
        ]  # fmt: skip
    engine.dispose()


def test_the_last_administrator_stays(runner: CliRunner) -> None:
    with pytest.raises(Conflict, match="last administrator"):
        _run(runner, "user", "role", "ada", "user")
