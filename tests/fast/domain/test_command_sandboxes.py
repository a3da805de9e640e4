"""The commands ``allgo-hpc sandbox`` and ``allgo-hpc commit``; the sweep's process is a thread here."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy.orm import Session, sessionmaker

from allgo_hpc.cli import cli
from allgo_hpc.cli import sandboxes as commands
from allgo_hpc.commits import candidate
from allgo_hpc.errors import BadInput, Conflict, NotFound
from allgo_hpc.models import Commit
from tests.fast.domain.workbench import Looked, Workbench


@pytest.fixture
def runner(bench: Workbench, monkeypatch: pytest.MonkeyPatch, database_url: str, tmp_path: Path) -> CliRunner:
    monkeypatch.setenv("ALLGO_HPC_ROOT", str(bench.services.layout.root))
    monkeypatch.setenv("ALLGO_HPC_DATABASE_URL", database_url)
    monkeypatch.setenv("ALLGO_HPC_BUILD_NODE_HOST", "build.example.org")
    for name in ("key", "known_hosts"):
        monkeypatch.setenv(f"ALLGO_HPC_BUILD_NODE_{name.upper()}", str(tmp_path / name))
    monkeypatch.setattr(candidate, "inspect_image", Looked())
    monkeypatch.setattr(commands, "_LOOK_EVERY_S", 0.02)
    return CliRunner()


@pytest.fixture
def swept(bench: Workbench) -> Iterator[Workbench]:
    """Turns are taken all the time."""
    over = threading.Event()

    def work() -> None:
        while not over.wait(0.02):
            bench.turns()

    thread = threading.Thread(target=work)
    thread.start()
    yield bench
    over.set()
    thread.join()


def _run(runner: CliRunner, *words: str, code: int = 0, stdin: str = "") -> Result:
    ended: Result = runner.invoke(cli, words, catch_exceptions=False, input=stdin)
    assert ended.exit_code == code, ended.output
    return ended


def test_a_sandbox_is_started_listed_stopped_and_given_up(runner: CliRunner, swept: Workbench) -> None:
    assert _run(runner, "sandbox", "list").stdout == ""
    assert _run(runner, "sandbox", "start", "textstats", "--base", "debian-13").stdout == "textstats: running\n"
    assert _run(runner, "sandbox", "list").stdout == "textstats\trunning\tbase:debian-13\t\n"
    assert _run(runner, "sandbox", "stop", "textstats").stdout == "textstats: stopped\n"
    assert _run(runner, "sandbox", "start", "textstats", "--version", "1", "--anew").stdout == "textstats: running\n"
    assert swept.node.sandboxes["textstats"]["image"] == swept.version.sha256
    _run(runner, "sandbox", "discard", "textstats", code=1, stdin="n\n")
    assert "textstats" in swept.node.sandboxes
    assert "being given up" in _run(runner, "sandbox", "discard", "textstats", stdin="y\n").stdout


def test_what_is_not_waited_for_is_said_as_it_is(runner: CliRunner, bench: Workbench) -> None:
    assert _run(runner, "sandbox", "start", "textstats", "--no-wait").stdout == "textstats: starting\n"
    bench.turns()
    assert _run(runner, "sandbox", "stop", "textstats", "--no-wait").stdout == "textstats: stopping\n"
    bench.turns()
    assert _run(runner, "commit", "start", "textstats", "--no-wait").stdout == "commit 1: waiting\n"


def test_a_sandbox_that_cannot_be_started_ends_with_1(runner: CliRunner, swept: Workbench) -> None:
    (swept.services.layout.images / "textstats").rename(swept.services.layout.root / "elsewhere")
    ended = _run(runner, "sandbox", "start", "textstats", "--version", "1", code=1)
    assert ended.stdout.startswith("textstats: error: the image of version 1 is not there any more")


def test_what_is_refused_is_a_sentence(runner: CliRunner) -> None:
    for words, error, text in (
        (("sandbox", "start", "textstat"), NotFound, "did you mean 'textstats'"),
        (("sandbox", "start", "textstats", "--base", "debian"), BadInput, "base"),
        (("sandbox", "stop", "textstats"), Conflict, "no sandbox"),
        (("commit", "start", "textstats"), Conflict, "no sandbox"),
        (("commit", "list", "nosuch"), NotFound, "no app"), (("commit", "show", "textstats", "x"), NotFound, "'x'"),
        (("commit", "abort", "textstats", "9"), NotFound, "'9'"),
        (("commit", "retry", "textstats", "9"), NotFound, "'9'"),
    ):  # fmt: skip
        with pytest.raises(error, match=text):
            runner.invoke(cli, words, catch_exceptions=False)


def test_a_private_apps_sandbox_is_an_administrators_too(runner: CliRunner, bench: Workbench) -> None:
    bench.app.public = False
    bench.session.commit()
    assert _run(runner, "sandbox", "start", "textstats", "--no-wait").stdout == "textstats: starting\n"


def test_a_commit_is_followed_to_its_version(runner: CliRunner, swept: Workbench) -> None:
    _run(runner, "sandbox", "start", "textstats")
    ended = _run(runner, "commit", "start", "textstats", "--changelog", "New", "--publish")
    assert ended.stdout.startswith("commit 1: ready: Version 2. Nothing was tested")
    assert "commit 1: waiting" in ended.stderr
    assert _run(runner, "commit", "list", "textstats").stdout.split("\t")[:2] == ["1", "ready"]
    assert _run(runner, "commit", "show", "textstats", "1").stdout.endswith("made an image\n\n")
    assert _run(runner, "version", "list", "textstats").stdout.startswith("2\tunpublished")


def test_a_commit_that_fails_says_why_with_its_log_and_ends_with_1(
    runner: CliRunner, swept: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    look = Looked()
    monkeypatch.setattr(candidate, "inspect_image", look)
    look.refused.append("there is no /home/allgo/entrypoint")
    _run(runner, "sandbox", "start", "textstats")
    ended = _run(runner, "commit", "start", "textstats", code=1)
    assert ended.stdout == "commit 1: failed: there is no /home/allgo/entrypoint\n"
    assert ended.stderr.endswith("made an image\n\n")
    look.refused.clear()
    assert _run(runner, "commit", "retry", "textstats", "1").stdout.startswith("commit 2: ready")
    assert _run(runner, "commit", "list", "textstats").stdout.splitlines()[0].startswith("2\tready")


def test_a_commit_is_aborted(runner: CliRunner, bench: Workbench, sessions: sessionmaker[Session]) -> None:
    _run(runner, "sandbox", "start", "textstats", "--no-wait")
    bench.turns()
    _run(runner, "commit", "start", "textstats", "--no-wait")
    _run(runner, "commit", "abort", "textstats", "1")
    bench.turns()
    with sessions() as session:
        assert session.get_one(Commit, 1).state == "aborted"
    with pytest.raises(Conflict, match="has ended"):
        runner.invoke(cli, ["commit", "abort", "textstats", "1"], catch_exceptions=False)


def test_each_command_says_what_it_does(runner: CliRunner) -> None:
    assert "sandbox" in _run(runner, "--help").stdout
    for group, count in (("sandbox", 4), ("commit", 7)):
        told = _run(runner, group, "--help").stdout
        assert len([line for line in told.partition("Commands:")[2].splitlines() if line.strip()]) == count
