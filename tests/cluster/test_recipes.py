"""Recipes and images that are sent: built as Slurm jobs, tested, versions; or refused line by line."""

import secrets
import subprocess

import pytest

from tests.cluster.author import ENTRYPOINT, Author
from tests.cluster.portal import ROOT, Portal, until

DEFINITION = """\
Bootstrap: localimage
From: debian-13

%files
    entrypoint /home/allgo/entrypoint

%post
    chmod 755 /home/allgo/entrypoint
    echo built by a recipe
"""
DOCKERFILE = """\
FROM debian:13
COPY entrypoint /home/allgo/entrypoint
RUN chmod 755 /home/allgo/entrypoint
ENTRYPOINT ["/home/allgo/entrypoint"]
"""


@pytest.fixture(scope="module")
def author(portal: Portal, tmp_path_factory: pytest.TempPathFactory) -> Author:
    made = Author(portal, tmp_path_factory.mktemp("recipes"), f"recipe-{secrets.token_hex(3)}")
    made.create()
    made.set_sample()
    return made


def _files(**content: str) -> dict[str, tuple[str, bytes]]:
    return {f"files[{i}]": (name, text.encode()) for i, (name, text) in enumerate(content.items())}


def _sent(author: Author, name: str, text: str, *, entrypoint: str = ENTRYPOINT) -> int:
    files = {"files[0]": (name, text.encode()), "files[1]": ("entrypoint", entrypoint.encode())}
    return int(author.ask("POST", "/recipes", files=files, data={"changelog": name, "publish": "true"})["id"])


@pytest.mark.parametrize(("name", "text"), [("app.def", DEFINITION), ("Dockerfile", DOCKERFILE)])
def test_a_recipe_becomes_a_version(author: Author, name: str, text: str) -> None:
    commit = author.commit_in(_sent(author, name, text), "ready", "failed", within_s=300)
    assert commit["state"] == "ready", (commit["reason"], commit["log"])
    version = author.ask("GET", f"/versions/{commit['version']}")
    assert (version["recipe"], version["origin"], version["default"]) == (text, "recipe", True)
    job = author.run()
    assert (job["state"], author.portal.result(job, "loud.out")) == ("done", b"SOME WORDS\n")
    if name == "app.def":
        assert "built by a recipe" in commit["log"], "the build's output is its log"


def test_what_cannot_be_honoured_is_named_line_by_line(author: Author) -> None:
    text = "FROM debian:13\nHEALTHCHECK CMD true\nVOLUME /data\nRUN true\n"
    answer = author.call("POST", "/recipes", files={"files[0]": ("Dockerfile", text.encode())})
    assert (answer.status_code, answer.json()["code"], answer.json()["field"]) == (400, "bad_recipe", "files")
    assert "line 2" in answer.json()["error"]
    assert "line 3" in answer.json()["error"]


@pytest.mark.parametrize(
    ("name", "text"),
    [("notes.txt", "nothing\n"), ("app.def", "%setup\n    touch /etc/here\n"), ("app.def", "\x00\xff")],
)
def test_what_is_no_recipe_is_refused(author: Author, name: str, text: str) -> None:
    answer = author.call("POST", "/recipes", files={"files[0]": (name, text.encode("latin-1"))})
    assert (answer.status_code, answer.json()["code"]) == (400, "bad_recipe")


def test_a_build_that_fails_says_why_with_its_log(author: Author) -> None:
    before = set(author.versions())
    number = _sent(author, "app.def", DEFINITION.replace("echo built by a recipe", "echo so far; exit 7"))
    commit = author.commit_in(number, "failed", "ready", within_s=300)
    assert commit["state"] == "failed"
    assert "so far" in commit["log"]
    assert set(author.versions()) == before


def test_a_build_that_never_ends_is_aborted(author: Author) -> None:
    number = _sent(author, "app.def", DEFINITION.replace("echo built by a recipe", "echo begun; sleep 100000"))
    until("its output is seen", lambda: "begun" in author.ask("GET", f"/commits/{number}")["log"], within_s=180)
    author.ask("POST", f"/commits/{number}/abort")
    author.commit_in(number, "aborted")

    def builds() -> str:
        names = ["squeue", "-h", "-u", "allgo", "-o", "%j", "-t", "PENDING,RUNNING"]
        return subprocess.run(names, check=True, capture_output=True, text=True).stdout

    until("no build is left in Slurm", lambda: "allgo-build" not in builds())
    assert list((ROOT / "builds").iterdir()) == [], "nothing of it lies about"


def test_an_image_is_imported(author: Author) -> None:
    number = max(author.versions())
    sha256 = author.versions()[number]["sha256"]
    image = (ROOT / "images" / author.app / f"{sha256}.sif").read_bytes()
    answer = author.ask("POST", "/imports", files={"files[0]": ("mine.sif", image)}, data={"publish": "false"})
    commit = author.commit_in(answer["id"], "ready", "failed", within_s=300)
    assert commit["state"] == "ready", (commit["reason"], commit["log"])
    assert (commit["sha256"], author.versions()[commit["version"]]["published"]) == (sha256, False)


def test_what_is_no_image_is_no_version(author: Author) -> None:
    answer = author.ask("POST", "/imports", files={"files[0]": ("mine.sif", b"MZ not an image" * 1000)})
    commit = author.commit_in(answer["id"], "failed", "ready", within_s=300)
    assert commit["state"] == "failed"
    assert commit["reason"]


def test_two_files_are_no_import(author: Author) -> None:
    answer = author.call("POST", "/imports", files=_files(one="1", two="2"))
    assert (answer.status_code, answer.json()["code"]) == (400, "bad_image")
