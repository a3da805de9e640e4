"""The portal of the cluster that the tests run in, as its users meet it."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from tests.cluster.portal import Portal, instance_value, run_as

SOURCES = Path(__file__).parents[2]


def _allgo(*words: str, stdin: str = "") -> str:
    return run_as("allgo", ["/opt/allgo-hpc/venv/bin/allgo-hpc", *words], stdin=stdin).stdout


@pytest.fixture(scope="session")
def portal() -> Portal:
    """Accounts, the probe app and the samples, published by the command as an administrator would."""
    assert os.geteuid() == 0, "the cluster tests stop and start services: run them as root inside"
    listed = subprocess.run(
        ["/opt/allgo-hpc/src/scripts/demo.d/prepare"], check=True, capture_output=True, text=True
    ).stdout
    values = dict(line.split("=", 1) for line in listed.splitlines())
    apps = [SOURCES / "tests" / "apps" / "probe", SOURCES / "tests" / "apps" / "diskprobe"]
    for folder in (*apps, SOURCES / "containers" / "samples" / "audioseg"):  # the demo makes that one in a sandbox
        _allgo("app", "publish", str(folder), "--author", "author")
    return Portal(url=f"http://127.0.0.1:{instance_value('portal_port')}", token=values["ALLGO_TOKEN"], values=values)


@pytest.fixture
def session(portal: Portal) -> Iterator[requests.Session]:
    with requests.Session() as made:
        made.headers["Authorization"] = f"Token token={portal.token}"
        yield made
