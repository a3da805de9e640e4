"""Which jobs said that they end, in the words of scripts and of the controller."""

from pathlib import Path

import pytest

from allgo_hpc.jobs import told as telling
from allgo_hpc.jobs.told import Told, slurm_ids, tell_all


@pytest.fixture
def scripts(tmp_path: Path) -> Path:
    return tmp_path / "poke"


@pytest.fixture
def controllers(tmp_path: Path) -> Path:
    return tmp_path / "ended"


def _read(told: Told) -> set[str]:
    told.read_scripts()
    words = set(told.words)
    told.forget()
    return words


def _add(path: Path, text: str) -> None:
    with path.open("a") as file:
        file.write(text)


def test_what_was_added_since(scripts: Path, controllers: Path) -> None:
    scripts.write_text("1\n")
    told = Told(scripts, controllers)
    assert _read(told) == set(), "what was there before is not told"
    _add(scripts, "2\n3_1\n")
    assert _read(told) == {"2", "3_1"}
    assert _read(told) == set()


def test_a_file_that_comes_later(scripts: Path, controllers: Path) -> None:
    told = Told(scripts, controllers)
    _add(scripts, "2\n")
    assert _read(told) == {"2"}


def test_a_line_that_has_no_end_yet(scripts: Path, controllers: Path) -> None:
    told = Told(scripts, controllers)
    _add(scripts, "7\n12")
    assert _read(told) == {"7"}
    _add(scripts, "34\n")
    assert _read(told) == {"1234"}


def test_an_emptied_file_is_read_from_its_beginning(scripts: Path, controllers: Path) -> None:
    scripts.write_text("1000\n")
    told = Told(scripts, controllers)
    scripts.write_text("8\n")
    assert _read(told) == {"8"}


def test_it_does_not_grow_for_ever(scripts: Path, controllers: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(telling, "_EMPTIED_AT_BYTES", 10)
    told = Told(scripts, controllers)
    _add(scripts, "123456789\n123\n")
    assert _read(told) == {"123456789", "123"}
    assert scripts.read_bytes() == b""
    _add(scripts, "5\n")
    assert _read(told) == {"5"}


@pytest.mark.parametrize("more", ["1\n" * 5000, "x" * 5000, "1" * 5000 + "\n"])
def test_too_much_is_all(scripts: Path, controllers: Path, more: str) -> None:
    told = Told(scripts, controllers)
    _add(scripts, more)
    told.read_scripts()
    assert slurm_ids(told.words) is None
    told.forget()
    _add(scripts, "\n5\n")
    assert "5" in _read(told)


def test_what_cannot_be_read_is_all(scripts: Path, controllers: Path) -> None:
    told = Told(scripts, controllers)
    assert _read(told) == set(), "no script has ended yet"
    scripts.mkdir()
    assert _read(told) == {telling.ALL}
    told.read_controllers()
    assert told.words == {telling.ALL}


def test_the_controllers_last(scripts: Path, controllers: Path) -> None:
    told = Told(scripts, controllers)
    controllers.write_text("12                  \nrest of something")
    told.read_controllers()
    assert told.words == {"12"}


def test_a_poke_for_all(scripts: Path, controllers: Path) -> None:
    told = Told(scripts, controllers)
    _add(scripts, "5\n")
    tell_all(scripts)
    told.read_scripts()
    assert told.words == {"5", telling.ALL}
    assert slurm_ids(told.words) is None


@pytest.mark.parametrize(
    ("words", "ids"),
    [
        (set(), None),
        ({"12"}, {12}),
        ({"12", "13_4", "13_5"}, {12, 13}),
        ({"12", "all"}, None),
        ({"-1"}, None),
        ({"٣"}, None),
        ({"²"}, None),
        ({"_3"}, None),
        ({"12;scancel"}, None),
        ({"\ufffd"}, None),
    ],
)
def test_the_ids_of_words(words: set[str], ids: set[int] | None) -> None:
    assert slurm_ids(words) == ids
