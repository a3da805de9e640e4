"""Authors on the real portal: an app made by the API; versions published, chosen, deleted, restored; jobs of each."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.cluster.portal import ROOT, Portal, run_as
from tests.cluster.slurmside import partition_down
from tests.fast.pictures import png
from tests.fast.ssh_keys import ED25519

NAME = "versioned"
ALLGO = "/opt/allgo-hpc/venv/bin/allgo-hpc"
RECIPE = """\
Bootstrap: localimage
From: debian-13

%files
    entrypoint /home/allgo/entrypoint

%post
    chmod 755 /home/allgo/entrypoint
"""


class Author:
    """The author's side of the portal's API."""

    def __init__(self, portal: Portal) -> None:
        self.portal = portal
        self.auth = {"Authorization": f"Token token={portal.values['ALLGO_AUTHOR_TOKEN']}"}

    def call(self, method: str, path: str, **more: Any) -> requests.Response:
        url = f"{self.portal.url}/api/v1/{path}"
        return requests.request(method, url, headers=self.auth, timeout=60, **more)

    def good(self, method: str, path: str, **more: Any) -> dict[str, Any]:
        answer = self.call(method, path, **more)
        assert answer.ok, answer.text
        told: dict[str, Any] = answer.json() if answer.content else {}
        return told

    def versions(self, query: str = "") -> dict[int, dict[str, Any]]:
        told = self.good("GET", f"apps/{NAME}/versions{query}")["versions"]
        return {one["number"]: one for one in told}


def _publish(word: str) -> None:
    """Publish a version whose program says a word; the folder is one that the service user may read."""
    folder = Path("/var/lib/allgo-hpc/versioned")
    folder.mkdir(mode=0o755, exist_ok=True)
    (folder / "app.toml").write_text(f'name = "{NAME}"\npublic = true\nmemory_mb = 100\nchangelog = "says {word}"\n')
    (folder / "recipe.def").write_text(RECIPE)
    (folder / "entrypoint").write_text(f'#!/bin/sh\necho {word} > said.txt\necho "$@" >> said.txt\n')
    run_as("allgo", [ALLGO, "app", "publish", str(folder), "--author", "author"])


@pytest.fixture(scope="module")
def author(portal: Portal) -> Iterator[Author]:
    made = Author(portal)
    if made.call("GET", f"apps/{NAME}").status_code == 404:
        made.good("POST", "apps", json={"name": NAME, "title": "Versions", "memory_mb": 100})
        assert made.good("GET", f"apps/{NAME}")["versions"] == []
        for word in ("one", "two"):
            _publish(word)
    yield made
    made.call("PATCH", f"apps/{NAME}/versions/1", json={"default": False})


def _said(portal: Portal, **fields: str) -> tuple[dict[str, Any], str]:
    job = portal.finished(portal.submit(NAME, "hello", **fields))
    assert job["state"] == "done", job
    return job, portal.result(job, "said.txt").decode().split("\n")[0]


def test_a_publish_is_a_version_with_its_recipe_and_history(author: Author) -> None:
    versions = author.versions()
    assert sorted(versions) == [1, 2]
    assert [versions[number]["default"] for number in (1, 2)] == [False, True]
    whole = author.good("GET", f"apps/{NAME}/versions/2")
    assert (whole["recipe"], whole["origin"], whole["signed"], whole["changelog"]) == (
        RECIPE, "folder", False, "says two",
    )  # fmt: skip
    assert (ROOT / "images" / NAME / f"{whole['sha256']}.sif").stat().st_size == whole["size"]
    what = [one["what"] for one in author.good("GET", f"apps/{NAME}/history")["changes"]]
    assert what[-1] == "created"
    assert {"version 1", "version 2", "public"} <= set(what)


def test_the_default_and_an_older_one_by_number(portal: Portal, author: Author) -> None:
    newest, said = _said(portal)
    assert (newest["version"], said) == (2, "two")
    older, said = _said(portal, version="1")
    assert (older["version"], said) == (1, "one")
    author.good("PATCH", f"apps/{NAME}/versions/1", json={"default": True})
    chosen, said = _said(portal)
    assert (chosen["version"], said, chosen["image_sha256"]) == (1, "one", older["image_sha256"])
    assert author.call("DELETE", f"apps/{NAME}/versions/1").json()["code"] == "version_is_default"
    author.good("PATCH", f"apps/{NAME}/versions/1", json={"default": False})


def test_a_job_that_waits_runs_the_version_that_was_deleted(portal: Portal, author: Author) -> None:
    with partition_down():
        number = portal.submit(NAME, "late", version="1")
        author.good("DELETE", f"apps/{NAME}/versions/1")
        refused = portal.post({"job[webapp_name]": NAME, "job[version]": "1"})
        assert (refused.status_code, refused.json()["code"]) == (400, "unknown_version")
        _purge(keep_days=0)
        assert author.versions("?deleted=true")[1]["restorable_until"] is not None
    job = portal.finished(number, within_s=120)
    assert (job["state"], job["version"]) == ("done", 1)
    assert portal.result(job, "said.txt") == b"one\nlate\n"
    author.good("POST", f"apps/{NAME}/versions/1/restore")
    assert _said(portal, version="1")[1] == "one"


def _purge(*, keep_days: float) -> None:
    """Do what the housekeeping does, as if so many days were all that is kept."""
    program = (
        "import dataclasses; from datetime import timedelta\n"
        "from allgo_hpc.cli.context import open_services, open_session\n"
        "from allgo_hpc.models import utc_now; from allgo_hpc.versions.purge import purge_versions\n"
        "services = open_services()\n"
        f"days = services.settings.version_keep_days - {keep_days} + 1\n"
        "with open_session(services) as session:\n"
        "    print(purge_versions(session, services, utc_now() + timedelta(days=days)))\n"
    )
    run_as("allgo", ["/opt/allgo-hpc/venv/bin/python", "-c", program])


def test_a_version_whose_time_is_over_leaves_the_disk(portal: Portal, author: Author) -> None:
    _publish("three")
    number = max(author.versions())
    image = ROOT / "images" / NAME / f"{author.versions()[number]['sha256']}.sif"
    assert _said(portal)[1] == "three"
    author.good("DELETE", f"apps/{NAME}/versions/{number}")
    assert _said(portal)[1] == "two"
    _purge(keep_days=0)
    assert not image.exists()
    answer = author.call("POST", f"apps/{NAME}/versions/{number}/restore")
    assert (answer.status_code, answer.json()["code"]) == (410, "version_gone")
    _publish("three")
    assert max(author.versions()) == number + 1, "the same image again is a version of its own"
    assert (image.exists(), _said(portal)[1]) == (True, "three")
    author.good("DELETE", f"apps/{NAME}/versions/{number + 1}")


def test_changes_hold_for_the_next_job(portal: Portal, author: Author) -> None:
    before = author.good("GET", f"apps/{NAME}")
    author.good("PATCH", f"apps/{NAME}", json={"default_queue": "interactive", "memory_mb": 123})
    job, _ = _said(portal)
    assert (job["queue"], job["resources"]["asked"]["memory_mb"]) == ("interactive", 123)
    author.good("PATCH", f"apps/{NAME}", json={"default_queue": before["default_queue"], "memory_mb": 100})


def test_parameters_make_the_param_string_that_the_app_gets(portal: Portal, author: Author) -> None:
    parameters = [{"name": "Words", "option": "--words"}, {"name": "Fast", "type": "flag", "option": "-f"}]
    author.good("PATCH", f"apps/{NAME}", json={"parameters": parameters})
    values = {"Words": "it's $HOME \\ `id`", "Fast": True}
    param = author.good("POST", f"apps/{NAME}/parameters/render", json={"values": values})["param"]
    assert author.good("POST", f"apps/{NAME}/parameters/parse", json={"param": param})["values"] == values
    job = portal.finished(portal.submit("probe", f"words {param}"))
    assert portal.result(job, "words.txt").decode() == "--words\n--\nit's $HOME \\ `id`\n--\n-f\n--\n"


def test_icon_and_keys(author: Author) -> None:
    assert author.call("PUT", f"apps/{NAME}/icon", data=png()).status_code == 204
    address = author.good("GET", f"apps/{NAME}")["icon"]
    assert requests.get(address, timeout=30).content == png()
    for key in author.good("GET", "account/ssh-keys")["keys"]:
        author.call("DELETE", f"account/ssh-keys/{key['id']}")
    made = author.good("POST", "account/ssh-keys", json={"key": ED25519})
    listed = run_as("allgo", [ALLGO, "user", "keys", "list", "author"]).stdout
    assert made["fingerprint"] in listed
    assert author.call("DELETE", f"account/ssh-keys/{made['id']}").status_code == 204


def test_both_commands_and_api_tell_the_same(author: Author) -> None:
    listed = run_as("allgo", [ALLGO, "version", "list", NAME, "--deleted"]).stdout
    numbers = [int(line.split("\t")[0]) for line in listed.splitlines()]
    assert numbers == sorted(author.versions("?deleted=true"), reverse=True)
    shown = run_as("allgo", [ALLGO, "app", "show", NAME]).stdout
    assert "owner\tauthor" in shown
