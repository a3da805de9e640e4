"""The sandbox, its commits, recipes and images, by forms."""

from io import BytesIO

import pytest
from sqlalchemy import func, select

from allgo_hpc.models import Commit, Sandbox
from slurm import State
from tests.fast import ssh_keys
from tests.fast.web.conftest import MakePortal
from tests.fast.web.pages.authoring.bench import Bench, make_bench


def _running(bench: Bench) -> None:
    bench.send("/start", {"from": "base:debian-13"})
    bench.work.turns()


def _commits(bench: Bench) -> list[Commit]:
    bench.work.session.expire_all()
    return list(bench.work.session.scalars(select(Commit).order_by(Commit.id)))


def test_what_to_do_next_step_by_step(bench: Bench) -> None:
    text = bench.page()
    assert text.count('<li class="done">') == 1  # there is a version
    assert "/account/ssh-keys" in text
    bench.work.add_key(" ".join(ssh_keys.ED25519.split()[:2]))
    text = bench.send("/start", {"from": "base:debian-13"})
    assert "The sandbox is being started" in text
    assert "starting" in text
    bench.work.turns()
    text = bench.page()
    assert "ssh textstats@build.example.org" in text
    assert "scp -r FOLDER textstats@build.example.org:" in text
    assert "sftp textstats@build.example.org" in text


def test_the_port_that_is_not_sshs_own_is_in_each_command(
    make_portal: MakePortal, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench = make_bench(make_portal, monkeypatch, sandbox_host="box.example.org", sandbox_port=2222)
    _running(bench)
    text = bench.page()
    assert "ssh textstats@box.example.org -p 2222" in text
    assert "scp -P 2222 -r FOLDER" in text
    assert "sftp -P 2222 textstats@" in text


def test_from_start_to_a_published_version(bench: Bench) -> None:
    _running(bench)
    text = bench.send("/commit", {"changelog": "reads\r\nTIFF", "publish": "1"})
    assert "Commit 1" in text
    assert "waiting" in text
    bench.work.turns()
    assert "building the image" in bench.page()
    bench.work.turns(4)
    text = bench.page()
    assert "The last commit is version 2." in text
    (made,) = _commits(bench)
    assert (made.changelog, made.publish, made.state) == ("reads\nTIFF", True, "ready")
    assert "made an image" in bench.page("/commits/1")


def test_a_second_commit_is_told_to_wait(bench: Bench) -> None:
    _running(bench)
    bench.send("/commit")
    text = bench.send("/commit")
    assert "is under way" in text
    assert len(_commits(bench)) == 1


def test_a_commit_that_fails_says_why_and_is_tried_again(bench: Bench) -> None:
    _running(bench)
    bench.looked.refused.append("the entrypoint <is> missing")
    bench.send("/commit")
    bench.work.turns(5)
    text = bench.page()
    assert "The last commit failed:" in text
    assert "the entrypoint <is> missing" in text  # told as text: unescaped by the test
    assert "<is>" not in bench.browser.page("/author/textstats/")
    assert "Commit 2" in bench.send("/commits/1/retry")


def test_a_commit_is_aborted(bench: Bench) -> None:
    _running(bench)
    bench.send("/commit")
    assert "being ended" in bench.send("/commits/1/abort")
    bench.work.turns()
    assert "The last commit was aborted." in bench.page()
    assert "has ended" in bench.send("/commits/1/abort")


def test_stop_discard_and_again_from_a_version(bench: Bench) -> None:
    _running(bench)
    bench.send("/stop")
    bench.work.turns()
    assert "stopped" in bench.page()
    bench.send("/start", {"from": "version:1", "anew": "1"})
    sandbox = bench.work.session.get_one(Sandbox, bench.app.id, populate_existing=True)
    assert (sandbox.origin, sandbox.anew) == ("version:1", True)
    bench.work.turns()
    bench.send("/discard")
    bench.work.turns()
    assert bench.work.session.scalar(select(func.count()).select_from(Sandbox)) == 0
    assert "start one first" in bench.send("/stop")


@pytest.mark.parametrize(
    "origin", ["base:windows", "version:9", "version:\0", "base:<b>", "x" * 5000, "version:" + "9" * 400]
)
def test_a_beginning_that_is_none(bench: Bench, origin: str) -> None:
    answer = bench.browser.post("/author/textstats/start", {"from": origin})
    assert answer.status_code == 303
    assert "<b>" not in bench.browser.page("/author/textstats/").split("<main")[1]


def test_what_it_uses_is_told(bench: Bench) -> None:
    _running(bench)
    sandbox = bench.work.session.get_one(Sandbox, bench.app.id)
    limits = {"disk_mb": 10_240, "memory_mb": 2048, "processes": 512, "idle_minutes": 240}
    sandbox.usage = {"limits": limits, "used": {"disk_mb": 812, "memory_mb": 10, "processes": 3}, "sessions": 2}
    bench.work.session.commit()
    text = bench.page()
    assert "812 MB of 10 GB" in text
    assert "3 of 512" in text
    assert "stopped after 240 minutes" in text


def test_a_site_without_a_build_node_says_so(make_portal: MakePortal, monkeypatch: pytest.MonkeyPatch) -> None:
    bench = make_bench(make_portal, monkeypatch, build_node_host="")
    text = bench.page()
    assert "no build node" in text
    assert "/send" in text
    assert "no build node" in bench.send("/start", {"from": "base:debian-13"})


def test_a_pasted_recipe_is_refused_line_by_line(bench: Bench) -> None:
    recipe = "FROM debian:13\nHEALTHCHECK CMD true\nONBUILD RUN <x>\n"
    text = bench.send("/recipe", {"kind": "docker", "recipe": recipe, "changelog": "first"}, 400)
    assert "line 2" in text
    assert "line 3" in text
    assert recipe in text
    assert "first" in text
    assert _commits(bench) == []
    assert not list(bench.work.services.layout.staging.iterdir())


def test_a_recipe_and_its_files(bench: Bench) -> None:
    files = [(BytesIO(b"FROM debian:13\nCOPY entrypoint /home/allgo/entrypoint\n"), "Dockerfile"),
             (BytesIO(b"#!/bin/sh\n"), "entrypoint")]  # fmt: skip
    bench.send("/recipe", {"files": files, "recipe": ""})
    (made,) = _commits(bench)
    assert made.origin == "recipe"
    assert "FROM debian:13" in bench.page("/commits/1")


def test_an_image_and_none(bench: Bench) -> None:
    assert "send one image" in bench.send("/import", {"changelog": "x"}, 400)
    bench.send("/import", {"files": (BytesIO(b"SIF"), "image.sif")})
    assert _commits(bench)[0].origin == "import"


def test_the_test_of_a_commit_is_linked(bench: Bench) -> None:
    _running(bench)
    bench.send("/sample", {"files": (BytesIO(b"moon"), "moon.txt"), "param": "-n 3"})
    bench.send("/commit", {"publish": "1"})
    bench.work.turns(5)
    (made,) = _commits(bench)
    assert made.state == "testing"
    assert f"/jobs/{made.job_id}" in bench.page()
    assert "running the sample" in bench.page()
    bench.portal.slurm.say(bench.portal.job(made.job_id or 0).uuid, State.COMPLETED, exit_code=0, signal=0)
    bench.portal.world.sweep()
    bench.work.turns(2)
    assert f"/jobs/{made.job_id}" in bench.page("/sample")
    assert "version 2" in bench.page()
