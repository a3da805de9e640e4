"""Archives that are made while they are sent: their bytes, their length, and any part of them."""

import hashlib
import io
import tarfile
import zipfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from allgo_hpc.reading.archive import FORMATS, Archive, archive_tag
from allgo_hpc.reading.blocks import joined, without_first
from allgo_hpc.reading.contained import Read
from allgo_hpc.reading.members import Member
from tests.fast.archives import unpacked

FORM = pytest.mark.parametrize("form", list(FORMATS))
CONTENTS = {
    "a.txt": b"a", "empty": b"", "block": bytes(512), "over": b"x" * 513, "é 中/🙂": b"smile",
    f"{'d' * 90}/{'long' * 40}": b"long",
}  # fmt: skip


def _members(contents: dict[str, bytes], folder: Path = Path("/none")) -> list[Member]:
    return [
        Member(name, folder, name.encode(), len(content), hashlib.sha256(content).hexdigest(), 1_700_000_000)
        for name, content in sorted(contents.items())
    ]


def _reads(contents: dict[str, bytes]) -> Callable[[], AbstractContextManager[Read]]:
    """Files that are in memory."""

    def read(_folder: Path, path: bytes, _size: int, start: int) -> Iterator[bytes]:
        yield contents[path.decode()][start:]

    @contextmanager
    def opened() -> Iterator[Read]:
        yield read

    return opened


def _archive(form: str, contents: dict[str, bytes]) -> Archive:
    return FORMATS[form](_members(contents), _reads(contents))


@FORM
@pytest.mark.parametrize("contents", [CONTENTS, {}, {"only": b""}], ids=["several", "none", "empty"])
def test_it_holds_the_files_and_has_the_length_that_it_said(form: str, contents: dict[str, bytes]) -> None:
    made = _archive(form, contents)
    raw = b"".join(made.pieces())
    assert len(raw) == made.length
    assert unpacked(form, raw) == contents


@FORM
def test_from_every_byte_on_it_is_the_same(form: str) -> None:
    made = _archive(form, CONTENTS)
    whole = b"".join(made.pieces())
    for start in range(made.length + 1):
        assert b"".join(made.pieces(start)) == whole[start:], start


@settings(max_examples=50, deadline=None)
@given(st.dictionaries(st.text("ab/é", min_size=1, max_size=120), st.binary(max_size=2000), max_size=5), st.data())
def test_any_names_and_sizes(contents: dict[str, bytes], data: st.DataObject) -> None:
    for form in FORMATS:
        named = {name.strip("/").replace("//", "/"): content for name, content in contents.items() if name.strip("/")}
        made = _archive(form, named)
        whole = b"".join(made.pieces())
        start = data.draw(st.integers(0, made.length))
        assert b"".join(made.pieces(start)) == whole[start:]


GOLDEN = {
    "zip": "37714f508d6d91c3ade5c5df0a13a6501bfbecff686b2665bc855ced84b9455d",
    "tar": "6d7deea8b3da8d3478e0bf3f6e7ad88ca62500e19d9c0f542aef5b7b8a628cac",
}


@FORM
def test_the_bytes_are_the_same_tomorrow(form: str) -> None:
    """When this fails, half-fetched archives cannot be gone on with: raise allgo_hpc.reading.archive._FORM."""
    assert hashlib.sha256(b"".join(_archive(form, CONTENTS).pieces())).hexdigest() == GOLDEN[form]


@FORM
def test_the_tag_differs_where_the_bytes_do(form: str) -> None:
    first = _members({"a": b"1", "b": b"2"})
    others = [
        _members({"a": b"1", "b": b"3"}), _members({"a": b"1", "c": b"2"}), _members({"a": b"1"}),
        [Member(m.name, m.folder, m.path, m.size, m.sha256, m.time + 2) for m in first],
    ]  # fmt: skip
    assert archive_tag(first, form) == archive_tag(_members({"a": b"1", "b": b"2"}), form)
    tags = {archive_tag(members, each) for members in [first, *others] for each in FORMATS}
    assert len(tags) == 2 * 5


def test_the_time_is_that_of_the_jobs_end() -> None:
    with tarfile.open(fileobj=io.BytesIO(b"".join(_archive("tar", {"a": b"1"}).pieces()))) as tar:
        assert [(info.mtime, info.mode, info.uid) for info in tar] == [(1_700_000_000, 0o644, 0)]
    with zipfile.ZipFile(io.BytesIO(b"".join(_archive("zip", {"a": b"1"}).pieces()))) as packed:
        (info,) = packed.infolist()
    assert info.date_time == (2023, 11, 14, 22, 13, 20)
    assert info.external_attr >> 16 == 0o100644


def test_a_tar_is_gone_on_with_without_reading_what_came_before() -> None:
    asked: list[tuple[bytes, int]] = []

    def read(_folder: Path, path: bytes, size: int, start: int) -> Iterator[bytes]:
        asked.append((path, start))
        yield bytes(size - start)

    @contextmanager
    def opened() -> Iterator[Read]:
        yield read

    made = FORMATS["tar"](_members({"a": bytes(5000), "b": bytes(5000), "c": bytes(5000)}), opened)
    list(made.pieces(512 + 5120 + 512 + 1000))
    assert asked == [(b"b", 1000), (b"c", 0)]


def test_small_pieces_are_joined_and_none_is_empty() -> None:
    assert list(joined([b"", b"a", b"bc", b"", b"d", b""], 3)) == [b"abc", b"d"]
    assert list(joined([b"", b""], 3)) == []
    assert list(without_first([b"ab", b"cd", b"", b"e"], 3)) == [b"d", b"e"]
    assert list(without_first([b"ab"], 2)) == []
