"""Which names may become files in a job folder."""

import os
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from allgo_hpc.errors import BadInput
from allgo_hpc.submitting.filenames import check_file_name
from tests.hostile import CONTROLS, TEXTS

FIELD = "files[3]"


def _checked(name: str) -> str | BadInput:
    try:
        return check_file_name(name, field=FIELD)
    except BadInput as refused:
        return refused


def _contained_or_refused(name: str, folder: Path) -> None:
    made = _checked(name)
    if isinstance(made, BadInput):
        assert made.field == FIELD
        assert str(made).startswith(FIELD)
        assert len(str(made)) < 300
        return
    assert made == unicodedata.normalize("NFC", name)
    assert os.path.normpath(folder / made) == str(folder / made)
    assert (folder / made).parent == folder


@pytest.mark.parametrize("name", TEXTS)
def test_a_hostile_name_stays_in_its_folder_or_is_refused(name: str, tmp_path: Path) -> None:
    _contained_or_refused(name, tmp_path)


@given(st.text())
def test_any_name_stays_in_its_folder_or_is_refused(name: str) -> None:
    _contained_or_refused(name, Path("/data/jobs"))


@pytest.mark.parametrize("name", CONTROLS)
def test_control_and_invisible_characters_are_refused(name: str) -> None:
    with pytest.raises(BadInput, match=r"U\+"):
        check_file_name(name, field=FIELD)


@pytest.mark.parametrize(
    "name",
    [
        "", ".", "..", "a/b", "/etc/passwd", "../x", "a\\b", "C:\\x", "..\\x", "allgo.log", "ALLGO.LOG", "x" * 256,
        "é" * 128, "\u2215/", "a/",
    ],
)  # fmt: skip
def test_refused(name: str) -> None:
    with pytest.raises(BadInput):
        check_file_name(name, field=FIELD)


@pytest.mark.parametrize(
    "name",
    [
        "a.txt", " ", "name ", "-rf", "--help", "$(id).txt", "*", "'", '"', ".hidden", "...", "con", "allgo.log.txt",
        "é.png", "中文.wav", "🙂", "x" * 255, "é" * 127, "\u1112\u1161\u11ab", "\u0645\u06cc\u200c\u062e.txt",
        "👩\u200d🔬.png", "100%.csv",
    ],
)  # fmt: skip
def test_let_in(name: str, tmp_path: Path) -> None:
    made = check_file_name(name, field=FIELD)
    (tmp_path / made).write_bytes(b"x")
    assert [entry.name for entry in tmp_path.iterdir()] == [made]


def test_two_ways_to_write_one_name_become_one() -> None:
    assert check_file_name("e\u0301.txt", field=FIELD) == check_file_name("\u00e9.txt", field=FIELD) == "\u00e9.txt"


def test_nothing_is_cut() -> None:
    with pytest.raises(BadInput, match="has 300 bytes; the limit is 255"):
        check_file_name("x" * 300, field=FIELD)
