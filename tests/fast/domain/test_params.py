"""What a user types becomes exactly the words that a shell would make of it, without the shell."""

import contextlib
import shlex

import pytest
from hypothesis import given
from hypothesis import strategies as st

from allgo_hpc.errors import BadInput
from allgo_hpc.submitting.params import encode_words, split_param
from tests.hostile import WORDS

MOST = 1000


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", []),
        ("   ", []),
        ("-noise 0 -iter 5 -p 1", ["-noise", "0", "-iter", "5", "-p", "1"]),
        ("a\tb", ["a", "b"]),
        ("''", [""]),
        ("a '' b", ["a", "", "b"]),
        ("'two words' \"and two\"", ["two words", "and two"]),
        ("it\\'s", ["it's"]),
        ('"it\'s"', ["it's"]),
        ("'say \"hi\"'", ['say "hi"']),
        (r"a\ b", ["a b"]),
        (r"a\\b", ["a\\b"]),
        (r"'a\b'", ["a\\b"]),
        (r'"a\b"', ["a\\b"]),
        (r'"a\\b"', ["a\\b"]),
        ("$(touch pwned)", ["$(touch", "pwned)"]),
        ("`id` $HOME ${HOME} ~", ["`id`", "$HOME", "${HOME}", "~"]),
        ("* ? [a-z] {a,b}", ["*", "?", "[a-z]", "{a,b}"]),
        ("a;b && c | d > e # f", ["a;b", "&&", "c", "|", "d", ">", "e", "#", "f"]),
        ("é ü 中文 🙂 e\u0301", ["é", "ü", "中文", "🙂", "e\u0301"]),
        ("a\u00a0b \u3000", ["a\u00a0b", "\u3000"]),
        ("--opt='x y'z", ["--opt=x yz"]),
        ("/tmp/file", ["/tmp/file"]),
    ],
)
def test_the_exact_words(text: str, words: list[str]) -> None:
    assert split_param(text, most_bytes=MOST) == words


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("'open", "quote that is not closed"), ('"open', "quote that is not closed"), ("a 'b \"c\"", "not closed"),
        ("a\\", "lone backslash"), ("a\nb", "U+000A at position 2"), ("\0", "U+0000"), ("a\r", "U+000D"),
        ("\x1b[31m", "U+001B"), ("\x7f", "U+007F"), ("x\x85", "U+0085"), ("\udcff", "U+DCFF"),
        ("x" * (MOST + 1), f"limit is {MOST}"), ("é" * (MOST // 2 + 1), f"has {MOST + 2} bytes"),
    ],
)  # fmt: skip
def test_refusals_name_the_field_and_the_cause(text: str, part: str) -> None:
    with pytest.raises(BadInput) as caught:
        split_param(text, most_bytes=MOST)
    assert part in str(caught.value)
    assert "job[param]" in str(caught.value)
    assert caught.value.field == "job[param]"


def test_the_limit_itself_is_let_in() -> None:
    assert split_param("x" * MOST, most_bytes=MOST) == ["x" * MOST]


_WORD = st.text(st.characters(exclude_categories=["Cc", "Cs"])) | st.sampled_from(WORDS).filter(str.isprintable)


@given(st.lists(_WORD, max_size=6))
def test_quoted_words_come_back_whole(words: list[str]) -> None:
    assert split_param(shlex.join(words), most_bytes=10**6) == words


@given(st.lists(_WORD, max_size=6))
def test_the_words_file_can_be_read_back(words: list[str]) -> None:
    assert [word.decode() for word in encode_words(words).split(b"\0")][:-1] == words


@given(st.text())
def test_any_text_gives_words_or_a_refusal(text: str) -> None:
    words: list[str] = []
    with contextlib.suppress(BadInput):
        words = split_param(text, most_bytes=MOST)
    assert all("\0" not in word and "\n" not in word for word in words)
