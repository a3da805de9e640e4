"""Section 5 of docs/allgo-v1.md: what an app sees."""

import json

import pytest

from tests.cluster.contract.jobs import Jobs
from tests.cluster.portal import Portal


def test_5_1_it_starts_in_tmp_where_the_inputs_lie(jobs: Jobs) -> None:
    assert jobs.text("placed", "pwd.txt") == "/tmp\n"
    assert "given.txt" in jobs.text("placed", "listed.txt").split()


def test_5_1_what_it_finds_there_is_what_was_sent(jobs: Jobs) -> None:
    assert set(jobs.text("placed", "listed.txt").split()) == {"given.txt", "allgo.log", "place.txt", "listed.txt"}
    assert jobs.text("placed", "given.txt") == "given\n"


def test_5_2_what_it_writes_there_is_a_result(jobs: Jobs) -> None:
    assert {"plain.txt", "deep_er_file.txt", "two words & more.txt"} <= set(jobs.files("trap"))
    assert jobs.text("trap", "plain.txt") == "plain\n"


def test_5_3_parameters_may_name_files_by_their_path(jobs: Jobs) -> None:
    assert jobs.text("copied", "taken.txt") == "given\n"


def test_5_4_words_are_arguments(jobs: Jobs) -> None:
    words = jobs.text("words", "words.txt").split("\n--\n")[:-1]
    assert words == ["one two", "", "$(id)", "a;b", "*", "it's", "ünï"]


def test_5_5_an_empty_parameter_is_no_argument(jobs: Jobs) -> None:
    assert jobs.text("bare", "allgo.log") == "0 arguments\n"


def test_5_6_its_entrypoint_is_a_file_in_home_allgo(jobs: Jobs) -> None:
    assert jobs.text("placed", "place.txt") == "/home/allgo/entrypoint\n"


def test_5_7_it_is_root_and_may_make_folders(jobs: Jobs) -> None:
    assert jobs.text("placed", "uid.txt") == "0\n"
    assert "big" in jobs.text("written", "written.txt")


def test_5_8_what_it_writes_elsewhere_is_thrown_away(jobs: Jobs) -> None:
    assert "big" not in jobs.files("written")
    assert jobs.told("again")["status"] == "done", "the folder that another run made in / is still there"


def test_5_9_an_app_whose_author_asked_reaches_the_network(jobs: Jobs) -> None:
    head, _, body = jobs.text("networked", "fetched.txt").partition("\n\r\n")
    assert " 200 OK" in head
    assert json.loads(body)["version"]


def test_5_9_another_one_does_not(jobs: Jobs) -> None:
    assert jobs.told("cut off")["status"] == "error"
    assert "fetched.txt" not in jobs.files("cut off")


def test_5_10_both_streams_are_in_the_log(jobs: Jobs) -> None:
    assert jobs.text("streams", "allgo.log") == "one, out\ntwo, err\nthree, out\nfour, err\n"


@pytest.mark.parametrize("job", ["done", "copied", "failed", "killed", "limited", "cut off"])
def test_5_11_the_log_is_always_listed(portal: Portal, jobs: Jobs, job: str) -> None:
    log = portal.result(jobs.told(job), "allgo.log")
    assert log.startswith({"done": b"1 arguments", "failed": b"on stderr"}.get(job, b""))


def test_5_12_the_list_holds_inputs_outputs_and_the_log(jobs: Jobs) -> None:
    assert set(jobs.files("copied")) == {"given.txt", "taken.txt", "allgo.log"}


def test_5_12_also_after_a_failure(jobs: Jobs) -> None:
    assert set(jobs.files("failed")) == {"given.txt", "allgo.log"}
    assert jobs.text("failed", "given.txt") == "given\n"
