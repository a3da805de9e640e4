"""Parts of a log: whole lines, whole characters, nothing twice and nothing left out, however long it is."""

from pathlib import Path

import pytest

from allgo_hpc.errors import BadInput
from allgo_hpc.reading import log_search
from allgo_hpc.reading.log_search import search_log
from allgo_hpc.reading.log_window import LONGEST, Window, window_before, window_from

LINES = b"".join(b"line %03d \xc3\xa9\n" % number for number in range(100))  # 12 bytes each


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "allgo.log"
    path.write_bytes(LINES)
    return path


@pytest.mark.parametrize("length", [12, 13, 30, 100, 10_000])
@pytest.mark.parametrize("content", [LINES, LINES[:-1], b"\xff" * 500, b"\xe2\x82\xac" * 200, b"\n" * 300, b""])
def test_windows_follow_each_other_to_the_end(log: Path, length: int, content: bytes) -> None:
    log.write_bytes(content)
    told, at = "", 0
    while True:
        window = window_from(log, at, length, ended=True)
        assert window.start == at
        told += window.text
        if window.end == window.start:
            break
        at = window.end
    assert at == len(content)
    assert told == content.decode("utf-8", "replace")


@pytest.mark.parametrize("length", [12, 13, 30, 100, 10_000])
@pytest.mark.parametrize("content", [LINES, LINES[:-1], b"\xe2\x82\xac" * 200, b"\n" * 300])
def test_windows_before_each_other_lead_to_the_start(log: Path, length: int, content: bytes) -> None:
    log.write_bytes(content)
    told, before = "", None
    while before != 0:
        window = window_before(log, before, length, ended=True)
        assert before is None or window.end == before
        assert window.start < window.end
        told, before = window.text + told, window.start
    assert told == content.decode()


def test_a_part_begins_and_ends_with_a_line(log: Path) -> None:
    window = window_from(log, 13, 40, ended=True, whole_lines=True)
    assert (window.text, window.start, window.end) == ("line 002 é\nline 003 é\n", 24, 48)
    assert window_from(log, 24, 12, ended=True, whole_lines=True).text == "line 002 é\n"
    assert window_before(log, None, 30, ended=True).text == "line 098 é\nline 099 é\n"


def test_a_character_that_is_half_written_waits_for_its_other_half(log: Path) -> None:
    log.write_bytes(b"10 \xe2\x82")
    assert window_from(log, 0, 100, ended=False) == Window(0, 3, 5, "10 ")
    assert window_from(log, 3, 100, ended=False) == Window(3, 3, 5, "")
    assert window_from(log, 3, 100, ended=True) == Window(3, 5, 5, "\ufffd")
    log.write_bytes(b"10 \xe2\x82\xac")
    assert window_from(log, 3, 100, ended=False) == Window(3, 6, 6, "€")


def test_a_log_of_a_terabyte_is_no_effort(log: Path) -> None:
    with log.open("r+b") as file:
        file.truncate(2**40)
        file.seek(2**40 - 5)
        file.write(b"\nend\n")
    assert window_before(log, None, 100, ended=True).text == "end\n"
    assert len(window_from(log, 2**39, 2**50, ended=True).text) <= LONGEST
    assert window_from(log, 2**50, 10, ended=True) == Window(2**40, 2**40, 2**40, "")


def test_a_log_that_is_no_file_is_empty(log: Path) -> None:
    log.unlink()
    log.symlink_to("/etc/passwd")
    for window in (window_from(log, 5, 10, ended=True, whole_lines=True), window_before(log, None, ended=False)):
        assert window == Window(0, 0, 0, "")


def test_words_are_found_with_their_line(log: Path) -> None:
    found = search_log(log, "LINE 04")
    assert [one.offset for one in found.found] == [12 * number for number in range(40, 50)]
    assert found.found[0].line == "line 040 é"
    assert found.go_on is None
    assert search_log(log, "é", 12 * 99).found[0].offset == 12 * 99
    assert search_log(log, "(.*)").found == []


def test_a_search_is_told_in_parts(log: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log_search, "MOST", 7)
    monkeypatch.setattr(log_search, "_BLOCK", 100)
    monkeypatch.setattr(log_search, "AT_ONCE", 250)
    places, at, answers = [], 0, 0
    while at is not None:
        part = search_log(log, "line", at)
        places += [one.offset for one in part.found]
        answers += 1
        at = part.go_on  # type: ignore[assignment]
    assert places == [12 * number for number in range(100)]
    assert answers > 5


def test_words_across_two_blocks_of_one_long_line_are_found(log: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log_search, "_BLOCK", 100)
    log.write_bytes(b"x" * 97 + b"needle" + b"x" * 1000)
    assert len(search_log(log, "needle").found) == 1


@pytest.mark.parametrize("words", ["", "  ", "a\nb", "x" * 201])
def test_what_cannot_be_looked_for(log: Path, words: str) -> None:
    with pytest.raises(BadInput):
        search_log(log, words)
