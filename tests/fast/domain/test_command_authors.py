"""The administrator's commands for apps, versions, presets, schemas and SSH keys."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from allgo_hpc.cli import cli
from allgo_hpc.database import make_engine, session_factory
from allgo_hpc.errors import BadInput, Conflict, NotAllowed, NotFound
from allgo_hpc.models import App
from tests.fast.domain.world import add_version
from tests.fast.pictures import png
from tests.fast.ssh_keys import ED25519


@pytest.fixture
def runner(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, database_url: str) -> CliRunner:
    monkeypatch.setenv("ALLGO_HPC_ROOT", str(tmp_path / "root"))
    monkeypatch.setenv("ALLGO_HPC_DATABASE_URL", database_url)
    made = CliRunner()
    _run(made, "user", "add", "ada", "--email", "ada@example.org", "--role", "author")
    _run(made, "app", "create", "filter", "--author", "ada", "--tag", "Image", "--input-max-mb", "2")
    return made


def _run(runner: CliRunner, *words: str, stdin: str = "") -> str:
    ended: Result = runner.invoke(cli, words, catch_exceptions=False, input=stdin)
    assert ended.exit_code == 0, ended.output
    return ended.output


def _versions(url: str, count: int) -> None:
    engine = make_engine(url)
    with session_factory(engine)() as session:
        app = session.query(App).one()
        for number in range(1, count + 1):
            add_version(session, app, number).packages = [{"name": "bash", "version": str(number)}]
        session.commit()
    engine.dispose()


def test_an_app_is_made_shown_changed_and_has_a_history(runner: CliRunner, tmp_path: Path) -> None:
    shown = dict(line.split("\t") for line in _run(runner, "app", "show", "filter").splitlines())
    assert (shown["title"], shown["tags"], shown["input_max_bytes"]) == ('"filter"', '["image"]', "2097152")
    assert (shown["owner"], shown["public"], shown["default version"]) == ("ada", "false", "none")
    text = tmp_path / "description.md"
    text.write_text("# Filter é\n")
    words = (
        "--public",
        "--queue",
        "batch",
        "--memory-mb",
        "64",
        "--description-file",
        str(text),
        "--input-max-mb",
        "0",
    )
    assert _run(runner, "app", "change", "filter", *words).startswith("changed: ")
    assert _run(runner, "app", "change", "filter", *words) == "nothing is different\n"
    assert _run(runner, "app", "change", "filter", "--private", "--tag", "") == "changed: public, tags\n"
    told = [line.split("\t")[1:] for line in _run(runner, "app", "history", "filter").splitlines()]
    assert ["administrator (command line)", "public", "true", "false"] in told
    assert told[-1] == ["ada", "created", "null", '"filter"']
    assert len(_run(runner, "app", "history", "filter", "--limit", "2").splitlines()) == 2


def test_what_may_not_be_is_refused(runner: CliRunner) -> None:
    _run(runner, "user", "add", "bob", "--email", "bob@example.org")
    for words, kind in (
        (("app", "create", "other", "--author", "bob"), NotAllowed),
        (("app", "create", "filter", "--author", "ada"), Conflict),
        (("app", "create", "../x", "--author", "ada"), BadInput),
        (("app", "change", "filter", "--cpus", "0"), BadInput),
        (("app", "change", "flter", "--cpus", "1"), NotFound),
    ):
        with pytest.raises(kind):
            runner.invoke(cli, words, catch_exceptions=False)


def test_an_icon(runner: CliRunner, tmp_path: Path) -> None:
    picture = tmp_path / "icon.png"
    picture.write_bytes(png())
    _run(runner, "app", "icon", "filter", str(picture))
    kind, path = _run(runner, "app", "icon", "filter").strip().split("\t")
    assert (kind, Path(path).read_bytes()) == ("image/png", png())
    _run(runner, "app", "icon", "filter", "--remove")
    with pytest.raises(NotFound):
        runner.invoke(cli, ["app", "icon", "filter"], catch_exceptions=False)


def test_presets_and_schema(runner: CliRunner, tmp_path: Path) -> None:
    assert _run(runner, "app", "presets", "filter", "-", stdin='[{"name": "Fast", "param": "-n 1"}]') == "presets: 1\n"
    assert json.loads(_run(runner, "app", "presets", "filter"))[0]["name"] == "Fast"
    help_text = tmp_path / "help.txt"
    help_text.write_text("options:\n  -n N   rounds (default: 4)\n")
    draft = _run(runner, "app", "schema", "filter", str(help_text), "--draft")
    assert json.loads(_run(runner, "app", "schema", "filter")) == [], "a draft is not stored"
    assert _run(runner, "app", "schema", "filter", "-", stdin=draft) == "parameters: 1\n"
    shown = _run(runner, "app", "schema", "filter")
    assert json.loads(shown) == json.loads(draft)
    descriptor = _run(runner, "app", "schema", "filter", "--boutiques")
    again = json.loads(descriptor) | {"container-image": {}}
    told = _run(runner, "app", "schema", "filter", "-", "--boutiques", stdin=json.dumps(again))
    assert "left out: 'container-image'" in told
    assert _run(runner, "app", "schema", "filter") == shown
    for words in (("--draft",), ("-", "--draft", "--boutiques")):
        assert runner.invoke(cli, ["app", "schema", "filter", *words]).exit_code == 2
    for sent in ("[", "5", '[{"name": 5}]', "{}"):
        with pytest.raises(BadInput):
            runner.invoke(cli, ["app", "schema", "filter", "-"], input=sent, catch_exceptions=False)


def test_versions(runner: CliRunner, database_url: str) -> None:
    _versions(database_url, 3)

    def listed(*more: str) -> list[list[str]]:
        return [line.split("\t")[:3] for line in _run(runner, "version", "list", "filter", *more).splitlines()]

    assert listed() == [["3", "published", "default"], ["2", "published", "-"], ["1", "published", "-"]]
    _run(runner, "version", "change", "filter", "2", "--default", "--changelog", "Good\nvery")
    _run(runner, "version", "change", "filter", "3", "--unpublish")
    assert listed() == [["3", "unpublished", "-"], ["2", "published", "default"], ["1", "published", "-"]]
    with pytest.raises(Conflict):
        runner.invoke(cli, ["version", "delete", "filter", "2"], catch_exceptions=False)
    assert "30 days" in _run(runner, "version", "delete", "filter", "1")
    assert [one[0] for one in listed()] == ["3", "2"]
    assert listed("--deleted")[-1] == ["1", "deleted", "-"]
    assert _run(runner, "version", "compare", "filter", "2", "3") == "bash\t2\t3\n"
    with pytest.raises(NotFound):
        runner.invoke(cli, ["version", "compare", "filter", "2", "9"], catch_exceptions=False)


def test_a_version_is_restored(runner: CliRunner, database_url: str, tmp_path: Path) -> None:
    _versions(database_url, 1)
    folder = tmp_path / "root" / "images" / "filter"
    folder.mkdir()
    (folder / f"{1:064x}.sif").write_bytes(b"x")
    _run(runner, "version", "delete", "filter", "1")
    assert _run(runner, "version", "list", "filter") == ""
    _run(runner, "version", "restore", "filter", "1")
    assert _run(runner, "version", "list", "filter").startswith("1\tpublished\tdefault")


def test_keys(runner: CliRunner) -> None:
    assert "SHA256:" in _run(runner, "user", "keys", "add", "ada", "-", stdin=ED25519 + "\n")
    number, name, kind, bits, mark, _ = _run(runner, "user", "keys", "list", "ada").strip().split("\t")
    assert (name, kind, bits, mark[:7]) == ("ada@laptop", "ssh-ed25519", "256", "SHA256:")
    with pytest.raises(BadInput):
        runner.invoke(cli, ["user", "keys", "add", "ada", "-"], input="x", catch_exceptions=False)
    _run(runner, "user", "keys", "revoke", "ada", number)
    assert _run(runner, "user", "keys", "list", "ada") == ""


def test_each_command_says_what_it_does(runner: CliRunner) -> None:
    for group in (("app",), ("version",), ("user", "keys")):
        told = _run(runner, *group, "--help")
        assert told.count("\n") > 8
    assert "Boutiques" in _run(runner, "app", "schema", "--help")
