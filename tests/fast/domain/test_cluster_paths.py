"""Paths of the cluster: what the program that reads them refuses, and what the portal makes of its answers.

As other accounts, through sudo: tests/cluster/test_cluster_paths.py.
"""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from allgo_hpc.administration.actor import COMMAND_LINE
from allgo_hpc.administration.users import set_cluster_account
from allgo_hpc.clusterpaths import offered, reader
from allgo_hpc.clusterpaths.take import list_folder
from allgo_hpc.errors import BadInput, NotAllowed, NotFound, StorageAway, TooLarge
from allgo_hpc.services import Services
from tests.fast.domain.world import World
from tests.hostile import CONTROLS

PROGRAM = Path(__file__).parents[3] / "conf" / "cluster-paths" / "allgo-read"
Ask = Callable[[str, str], tuple[dict[str, Any], bytes]]
_AS_SOMEBODY = f"""
import os, runpy, sys
os.geteuid = lambda: 1000  # the tests may be root's; the program refuses to be
sys.exit(runpy.run_path({str(PROGRAM)!r})["main"](sys.argv[1]))
"""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    made = tmp_path / "home"
    made.mkdir()
    (made / "a.txt").write_text("0123456789")
    (tmp_path / "roots").write_text(f"# folders\n{made}\n")
    (tmp_path / "roots").chmod(0o644)
    (tmp_path / "secret").write_text("secret")
    return made


@pytest.fixture
def ask(tmp_path: Path) -> Ask:
    """Ask the program; gives its first line and all after it."""

    def asked(verb: str, path: str) -> tuple[dict[str, Any], bytes]:
        line = json.dumps({"verb": verb, "path": path}).encode() + b"\n"
        words = [sys.executable, "-I", "-c", _AS_SOMEBODY, str(tmp_path / "roots")]
        out = subprocess.run(words, input=line, capture_output=True, timeout=60, check=True).stdout
        first, _, rest = out.partition(b"\n")
        return json.loads(first), rest

    return asked


def test_a_file_and_that_it_stayed_the_same(home: Path, ask: Ask) -> None:
    assert ask("read", str(home / "a.txt")) == ({"ok": True, "size": 10}, b'0123456789{"ok": true}\n')


@pytest.mark.parametrize(
    ("make", "why"),
    [
        (lambda _: None, "missing"),
        (lambda at: at.symlink_to(at.parents[1] / "secret"), "outside"),
        (lambda at: at.symlink_to(at), "error"),
        (lambda at: at.mkdir(), "folder"),
        (os.mkfifo, "kind"),
        (lambda at: at.symlink_to("/dev/zero"), "outside"),
        (lambda at: at.symlink_to("/proc/self/environ"), "outside"),
    ],
)
def test_what_is_no_file_below_the_folders_is_not_read(
    home: Path, ask: Ask, make: Callable[[Path], object], why: str
) -> None:
    make(home / "it")
    assert ask("read", str(home / "it")) == ({"ok": False, "why": why}, b"")


@pytest.mark.parametrize(
    "path", ["/etc/passwd", "{home}/../secret", "{home}-other/x", "a.txt", "", "{home}/a.txt/", "\0"]
)
def test_other_places_are_not_read(home: Path, ask: Ask, path: str) -> None:
    Path(f"{home}-other").mkdir()
    Path(f"{home}-other/x").touch()
    told, data = ask("read", path.format(home=home))
    assert not told["ok"]
    assert data == b""


def test_links_inside_are_followed(home: Path, ask: Ask) -> None:
    (home / "link").symlink_to("a.txt")
    assert ask("read", str(home / "link"))[0] == {"ok": True, "size": 10}


def test_the_list_of_folders_must_be_its_owners_alone(home: Path, ask: Ask, tmp_path: Path) -> None:
    (tmp_path / "roots").chmod(0o666)
    assert ask("read", str(home / "a.txt"))[0]["why"] == "roots"
    (tmp_path / "roots").chmod(0o644)
    (tmp_path / "roots").write_text("/\n")
    assert ask("read", str(home / "a.txt"))[0]["why"] == "outside"


def test_a_folder_is_listed(home: Path, ask: Ask) -> None:
    (home / "sub").mkdir()
    (home / "out").symlink_to("/nowhere")
    os.mkfifo(home / "fifo")
    (home / os.fsdecode(b"\xff")).touch()
    told, _ = ask("list", str(home))
    assert {one["name"]: one["kind"] for one in told["entries"]} == {"a.txt": "file", "sub": "folder"}
    assert ask("list", str(home / "a.txt"))[0]["why"] == "no_folder"
    for number in range(1100):
        (home / f"n{number}").touch()
    told, _ = ask("list", str(home))
    assert (len(told["entries"]), told["more"]) == (1000, True)


@pytest.fixture
def site(world: World, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    """A site that reads paths; its sudo runs the program as it is."""
    program, sudo = tmp_path / "program", tmp_path / "sudo"
    program.write_text(_AS_SOMEBODY)
    run = f"{sys.executable} -I {program} {tmp_path}/roots"
    sudo.write_text(f'#!/bin/sh\nprintf "%s\\n" "$@" > {tmp_path}/asked\nexec {run}\n')
    sudo.chmod(0o755)
    monkeypatch.setattr(reader, "SUDO", str(sudo))
    settings = replace(world.services.settings, cluster_paths=f"/data/, {home}", upload_max_bytes=1000)
    world.services = Services(settings=settings, layout=world.services.layout, slurm=world.slurm)
    set_cluster_account(world.session, COMMAND_LINE, world.user, "alice")
    return world


def test_a_job_takes_them_read_as_its_user(site: World, home: Path, tmp_path: Path) -> None:
    job = site.submit(files={"b": b"x"}, paths=(str(home / "a.txt"),))
    assert (site.services.layout.job_dir(job) / "a.txt").read_text() == "0123456789"
    assert {one.name: bool(one.sha256) for one in job.inputs} == {"a.txt": True, "b": False}
    asked = (tmp_path / "asked").read_text().split()
    assert asked == ["-n", "-u", "alice", "--", str(site.services.settings.cluster_reader)]
    again = site.rerun(job, {"paths": str(home / "a.txt")})
    assert sorted(one.name for one in again.inputs) == ["a.txt", "b"]


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("{home}/none", "no such file"), ("/etc/passwd", "does not lie below"), ("{home}/../secret", "not lie below"),
        ("{home}", "a folder"), ("{home}x/a", "not lie below"),
        *((f"{{home}}/{text}", "invisible") for text in CONTROLS),
    ],
)  # fmt: skip
def test_refused_in_words_and_nothing_stays(site: World, home: Path, path: str, words: str) -> None:
    with pytest.raises(BadInput, match=words):
        site.submit(paths=(path.replace("{home}", str(home)),))
    assert site.left() == []


def test_too_large_is_said_before_it_is_read(site: World, home: Path) -> None:
    (home / "big").write_bytes(b"x" * 1001)
    with pytest.raises(TooLarge):
        site.submit(paths=(str(home / "big"),))
    assert site.left() == []


def test_without_an_account_or_a_site_that_reads_none(site: World, home: Path) -> None:
    assert offered(site.services.settings, site.user)
    set_cluster_account(site.session, COMMAND_LINE, site.user, "")
    assert not offered(site.services.settings, site.user)
    with pytest.raises(NotAllowed):
        site.submit(paths=(str(home / "a.txt"),))
    off = Services(replace(site.services.settings, cluster_paths=""), site.services.layout, site.slurm)
    for path in (str(home), None):
        with pytest.raises(NotFound):
            list_folder(off, site.user, path)


def test_where_sudo_is_missing_or_refuses_it_says_so(site: World, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for sudo in ("/nowhere/sudo", "/bin/false", "/bin/true"):
        monkeypatch.setattr(reader, "SUDO", sudo)
        with pytest.raises(StorageAway, match="cannot read files of the cluster"):
            site.submit(paths=(str(home / "a.txt"),))
    assert site.left() == []


def test_a_folder_for_the_picker(site: World, home: Path) -> None:
    (home / "sub").mkdir()
    told = list_folder(site.services, site.user, f"{home}/")
    assert [(one["path"], one["kind"]) for one in told["entries"]] == [
        (f"{home}/sub", "folder"), (f"{home}/a.txt", "file"),
    ]  # fmt: skip
    assert told["parent"] is None
    assert list_folder(site.services, site.user, f"{home}/sub")["parent"] == str(home)
    assert [one["path"] for one in list_folder(site.services, site.user, None)["entries"]] == ["/data", str(home)]


@pytest.mark.parametrize("account", ["root", "-u", "a b", "../x", "#0", "%wheel", "x" * 65])
def test_an_account_that_can_be_no_persons_is_refused(world: World, account: str) -> None:
    with pytest.raises(BadInput):
        set_cluster_account(world.session, COMMAND_LINE, world.user, account)
