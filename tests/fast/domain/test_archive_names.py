"""Under which names a job's files are in an archive."""

import pytest

from allgo_hpc.reading.contained import is_contained
from allgo_hpc.reading.members import archive_names
from tests.hostile import RAW


def test_names_in_an_archive_are_the_paths() -> None:
    paths = [b"a.txt", b"in/ner/a.txt", "é 中/🙂".encode(), b"-rf", b" ", b"...", b"..a", b"C:"]
    assert archive_names(paths) == {path: path.decode() for path in paths}


@pytest.mark.parametrize("raw", [*RAW, b"a\\..\\b", b"line\nfeed", b"\x1b[31m", b"../x", b"/etc/passwd"])
def test_what_not_every_program_unpacks_gets_a_flat_name(raw: bytes) -> None:
    (name,) = archive_names([raw]).values()
    assert is_contained(name.encode())
    assert not {"\\", "/", "\n", "\x1b"} & set(name)


def test_no_two_names_meet_and_none_is_anothers_folder() -> None:
    paths = [b"a\\b", b"a_b/c", b"2_a_b", b"\xff", b"\xfe", "\ufffd".encode(), b"x/\xff", b"x\n"]
    names = archive_names(paths)
    assert len(set(names.values())) == len(paths)
    folders = {name.rpartition("/")[0] for name in names.values() if "/" in name}
    assert not folders & set(names.values())
    assert names == archive_names(reversed(paths))
