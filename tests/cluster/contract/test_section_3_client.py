"""Section 3 of docs/allgo-v1.md: A||GO's own client, unmodified."""

import subprocess
import sys
from pathlib import Path

import pytest
import requests

from tests.cluster.contract.clients import CASES, FOLDER, RELEASES, Clients
from tests.cluster.portal import Portal, run_as

SOURCES = Path(__file__).parents[3]
EVERY_RELEASE = pytest.mark.parametrize("release", RELEASES)


@EVERY_RELEASE
def test_3_1_it_runs_an_app_and_saves_the_results(clients: Clients, release: str) -> None:
    run = clients.run(release, "files")
    assert run.status == 0, run.errors
    assert set(run.saved) == {"allgo.log", "text.txt", "text.txt.output"}
    assert run.saved["text.txt"] == b"one two two\n"
    assert b"two" in run.saved["text.txt.output"]


@EVERY_RELEASE
def test_3_2_it_runs_one_without_files(clients: Clients, release: str) -> None:
    run = clients.run(release, "bare")
    assert run.status == 0, run.errors
    assert set(run.saved) == {"allgo.log", "words.txt"}
    assert run.saved["words.txt"] == b"a\n--\nb c\n--\n"


@EVERY_RELEASE
def test_3_3_a_failure_ends_it_with_an_exception(clients: Clients, release: str) -> None:
    run = clients.run(release, "failed")
    assert run.status != 0
    assert "failed with status" in run.errors
    assert "'error'" in run.errors
    assert not run.saved


@EVERY_RELEASE
@pytest.mark.parametrize("case", ["files", "bare", "folders"])
def test_3_4_its_token_may_come_from_anywhere(clients: Clients, release: str, case: str) -> None:
    assert {CASES[name].token_from for name in ("files", "bare", "folders")} == {"argument", "variable", "home"}
    assert clients.run(release, case).status == 0, clients.run(release, case).errors


@pytest.mark.parametrize(
    "fields", [{"data": {"job[webapp_id]": "probe"}}, {"files": {"job[webapp_id]": (None, "probe")}}]
)
def test_3_5_the_address_with_a_slash_is_no_redirect(portal: Portal, fields: dict[str, dict[str, str]]) -> None:
    answer = requests.post(
        f"{portal.url}/api/v1/jobs/",
        headers=portal.auth,
        timeout=10,
        allow_redirects=False,
        **fields,  # type: ignore[arg-type]
    )
    assert answer.status_code == 200
    assert isinstance(answer.json()["id"], int)


@pytest.mark.parametrize("release", ["0.1.5", "0.1.7", "0.1.8"])
def test_3_5_the_old_releases_post_there(release: str) -> None:
    assert "/api/v1/jobs/'" in (FOLDER / release / "allgo" / "__init__.py").read_text()


def test_3_6_both_fields_may_hold_the_short_name(portal: Portal) -> None:
    fields = {"job[webapp_name]": "probe", "job[webapp_id]": "probe", "job[param]": ""}
    assert portal.post(fields).status_code == 200


@EVERY_RELEASE
def test_3_7_what_it_saves_is_what_the_app_wrote(clients: Clients, release: str) -> None:
    for case in ("files", "bare", "folders"):
        for name, content in clients.run(release, case).saved.items():
            assert not content.startswith((b"<", b"{")), f"{name} is a page or an error"


@EVERY_RELEASE
def test_3_8_folders_come_as_flat_names(clients: Clients, release: str) -> None:
    run = clients.run(release, "folders")
    assert run.status == 0, run.errors
    assert run.saved["deep_er_file.txt"] == b"deep\n"
    assert run.saved["two words & more.txt"] == b"a\n"


@EVERY_RELEASE
def test_3_9_a_refusal_ends_it_at_the_post(clients: Clients, release: str) -> None:
    run = clients.run(release, "refused")
    assert run.status != 0
    assert "HTTPError: 404" in run.errors
    assert run.errors.rstrip().endswith(("/api/v1/jobs", "/api/v1/jobs/"))


def test_3_10_a_token_is_given_out_without_line_break(portal: Portal, clients: Clients) -> None:
    printed = run_as("allgo", ["/opt/allgo-hpc/venv/bin/allgo-hpc", "user", "token", "demo"]).stdout
    for token in (clients.token, printed):
        assert token.isascii()
        assert token == token.strip()


@EVERY_RELEASE
def test_3_11_every_release_can_be_installed(release: str) -> None:
    code = "import allgo; print(allgo.__version__)"
    env = {"PYTHONPATH": str(FOLDER / release)}
    told = subprocess.run([sys.executable, "-c", code], env=env, check=True, capture_output=True, text=True)
    # 0.1.5's and 0.1.7's own idea of their number is not what this looks at: it can be imported and says one.
    assert told.stdout.startswith("0.1.")
    (metadata,) = (FOLDER / release).glob("allgo-*.dist-info/METADATA")
    assert f"Version: {release}\n" in metadata.read_text()


def test_3_11_the_readme_says_how() -> None:
    said = "pip install setuptools wheel requests && pip install --no-build-isolation allgo==0.1.11"
    assert said in (SOURCES / "README.md").read_text()
