"""``allgo-hpc doctor``: a line for each finding, or JSON; its exit status."""

import json
from collections.abc import Iterator
from types import SimpleNamespace

import pytest
from click.testing import CliRunner

from allgo_hpc.cli import cli
from allgo_hpc.cli import examine as command
from allgo_hpc.doctor.finding import Finding, fail, ok, warn


@pytest.fixture
def found(monkeypatch: pytest.MonkeyPatch) -> list[Finding]:
    made: list[Finding] = [ok("disks", "50 GiB free")]

    def examine(_: object) -> Iterator[Finding]:
        yield from made

    monkeypatch.setattr(command, "examine", examine)
    monkeypatch.setattr(command, "open_services", _services)
    return made


def _services() -> SimpleNamespace:
    return SimpleNamespace(settings=SimpleNamespace(root="/srv/allgo"))


def test_the_table_and_the_exit_status(found: list[Finding]) -> None:
    ended = CliRunner().invoke(cli, ["doctor"])
    assert (ended.exit_code, ended.stdout.splitlines()[-1]) == (0, "all is well")
    found.append(warn("mails", "none is sent", "set mail_url"))
    ended = CliRunner().invoke(cli, ["doctor"])
    assert (ended.exit_code, ended.stdout.splitlines()[-1]) == (0, "0 failed, 1 warned")
    found.append(fail("database", "it has another schema", "run allgo-hpc db upgrade"))
    ended = CliRunner().invoke(cli, ["doctor"])
    assert ended.exit_code == 1
    assert ended.stdout.splitlines() == [
        "ok    settings          valid; root is /srv/allgo",
        "ok    disks             50 GiB free",
        "warn  mails             none is sent",
        "                        -> set mail_url",
        "fail  database          it has another schema",
        "                        -> run allgo-hpc db upgrade",
        "1 failed, 1 warned",
    ]


def test_json(found: list[Finding]) -> None:
    found.append(fail("database", "away", "start it"))
    ended = CliRunner().invoke(cli, ["doctor", "--json"])
    told = json.loads(ended.stdout)
    assert ended.exit_code == 1
    assert told[-1] == {"level": "fail", "what": "database", "said": "away", "todo": "start it"}
    assert [each["level"] for each in told] == ["ok", "ok", "fail"]


def test_settings_that_are_wrong_are_a_finding(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALLGO_HPC_SLURM_FAST", "sometimes")
    ended = CliRunner().invoke(cli, ["doctor"])
    assert ended.exit_code == 1
    assert "'sometimes' is none of auto, off" in ended.stdout
