"""``::progress 0.4 words``: what an app says of itself is read from any output at all."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from allgo_hpc.jobs.progress import LONGEST_MESSAGE, last_progress
from tests.hostile import RAW, TEXTS

GOOD = [
    (b"::progress 0.4 denoising\n", 0.4, "denoising"),
    (b"::progress 0\n", 0.0, ""),
    (b"::progress 1\n", 1.0, ""),
    (b"::progress 1.000\n", 1.0, ""),
    (b"::progress 0. \n", 0.0, ""),
    (b"::progress .5\n", 0.5, ""),
    (b"::progress\t0.25\tfirst  pass \n", 0.25, "first pass"),
    (b"before\n::progress 0.1 a\nafter\n", 0.1, "a"),
    (b"::progress 0.1 a\n::progress 0.2 b\n", 0.2, "b"),
    (b"::progress 0.9 a\n::progress 0.2 b\n", 0.2, "b"),
    (b"::progress 0.1 a\r\n", 0.1, "a"),
    (b"\r::progress 0.1 a\r::progress 0.3 b\r", 0.3, "b"),
    (b"::progress 0.1 a\n::progress 0.2 not whole", 0.1, "a"),
    (b"::progress 0.1 a\n::progress 7\n", 0.1, "a"),
    (b"::progress 0.1 a\n::progress 1.5\n", 0.1, "a"),
    ("::progress 0.1 é 中 🙂\n".encode(), 0.1, "é 中 🙂"),
    (b"\xff\xfe\n::progress 0.1 a\n\xff", 0.1, "a"),
]
BAD = [
    b"", b"\n", b"::progress", b"::progress\n", b"::progress 0.4", b"::progress x\n", b"::progress -0.1\n",
    b"::progress 2\n", b"::progress 1.01\n", b"::progress 1e-3\n", b"::progress nan\n", b"::progress inf\n",
    b"::progress 0,4\n", b"::progress 0.4words\n", b"::progress0.4\n", b" ::progress 0.4\n", b"x::progress 0.4\n",
    b"::Progress 0.4\n", b"::progress 50%\n", b"::progress 0.%s\n" % (b"1" * 19), "::progress \u0660.\u0664\n".encode(),
    b"::progress\n0.4\n", b"::progress 00.4\n",
]  # fmt: skip


@pytest.mark.parametrize(("output", "value", "message"), GOOD)
def test_the_last_whole_line_counts(output: bytes, value: float, message: str) -> None:
    said = last_progress(output)
    assert said is not None
    assert (said.value, said.message) == (value, message)


@pytest.mark.parametrize("output", BAD)
def test_what_is_none_says_nothing(output: bytes) -> None:
    assert last_progress(output) is None


@pytest.mark.parametrize("text", [*[text.encode("utf-8", "surrogateescape") for text in TEXTS], *RAW], ids=ascii)
def test_hostile_messages_are_one_visible_line(text: bytes) -> None:
    said = last_progress(b"::progress 0.5 " + text + b"\n")
    assert said is not None
    assert said.value == 0.5
    assert _is_shown(said.message)


def _is_shown(text: str) -> bool:
    return len(text) <= LONGEST_MESSAGE and not any(unicodedata.category(c) in {"Cc", "Cf", "Cs", "Zl"} for c in text)


def test_long_messages_are_cut() -> None:
    for letter in ("x", "🙂"):
        said = last_progress(f"::progress 0.5 {letter * 100_000}\n".encode())
        assert said is not None
        assert said.message == letter * LONGEST_MESSAGE


@given(st.binary(max_size=300))
def test_any_bytes_at_all_are_read(output: bytes) -> None:
    said = last_progress(output)
    assert said is None or 0 <= said.value <= 1


@given(
    st.floats(0, 1).map(lambda value: f"{value:.6f}"),
    st.binary(max_size=60).map(lambda raw: raw.replace(b"\n", b"").replace(b"\r", b"")),
    st.binary(max_size=60),
    st.sampled_from([b"\n", b"\r\n", b"\r"]),
)
def test_a_whole_line_is_found_whatever_stands_before(value: str, message: bytes, before: bytes, end: bytes) -> None:
    said = last_progress(before + b"\n::progress " + value.encode() + b" " + message + end)
    assert said is not None
    assert said.value == float(value)
    assert _is_shown(said.message)


@given(st.lists(st.sampled_from([b"::progress", b" ", b"0.5", b"1", b"\n", b"\r", b"x", b"\t", b"."]), max_size=40))
def test_a_line_that_has_not_ended_never_counts(parts: list[bytes]) -> None:
    output = b"".join(parts)
    cut = max(output.rfind(b"\n"), output.rfind(b"\r")) + 1
    assert last_progress(output) == last_progress(output[:cut])


def test_a_megabyte_takes_no_time() -> None:
    """No input makes the search go back and forth: this would not end in days."""
    assert last_progress(b"::progress " * 100_000) is None
    assert last_progress(b"::progress 0.5" + b" \t" * 500_000) is None
    assert last_progress(b"\n::progress 0.5 " * 60_000) is not None
