"""Every word of Slurm's, and the words it does not have yet."""

import logging

import pytest

from slurm import states
from slurm.states import Phase, State, parse_state
from tests.hostile import TEXTS

FINAL = {
    "COMPLETED", "CANCELLED", "FAILED", "TIMEOUT", "NODE_FAIL", "PREEMPTED", "BOOT_FAIL", "DEADLINE", "OUT_OF_MEMORY",
}  # fmt: skip


@pytest.fixture(autouse=True)
def _fresh_warnings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(states, "_warned", set())


@pytest.mark.parametrize("state", State)
def test_every_state_has_a_meaning(state: State) -> None:
    assert isinstance(state.phase, Phase)
    assert state.sentence.endswith(".")
    assert state.is_final == (state.value in FINAL)
    assert state.is_success == (state is State.COMPLETED)
    assert state.value == state.name


def test_the_mapping_is_total_and_holds_nothing_else() -> None:
    assert set(states._MEANING) == set(State)


@pytest.mark.parametrize("state", State)
def test_every_word_is_read_back(state: State) -> None:
    for word in (state.value, state.value.lower(), f" {state.value} ", f"{state.value}+", f"{state.value} by 1000"):
        assert parse_state(word) is state


@pytest.mark.parametrize(
    ("word", "state"),
    [
        ("CANCELLED by 1000", State.CANCELLED),
        ("CANCELLED+", State.CANCELLED),
        ("OUT_OF_ME+", State.OUT_OF_MEMORY),
        ("Cancelled", State.CANCELLED),
        ("REQUEUE_+", State.UNDETERMINED),
        ("COMPL+", State.UNDETERMINED),
        ("+", State.UNDETERMINED),
        ("", State.UNDETERMINED),
        ("CD", State.UNDETERMINED),
        ("COMPLETED_WITH_STYLE", State.UNDETERMINED),
    ],
)
def test_words_as_commands_print_them(word: str, state: State) -> None:
    assert parse_state(word) is state


@pytest.mark.parametrize("text", TEXTS)
def test_no_other_text_is_a_state(text: str) -> None:
    assert parse_state(text) is State.UNDETERMINED


def test_one_warning_per_unknown_word(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        for word in ("MARVELLOUS", "marvellous", "MARVELLOUS by 1", "OTHER"):
            assert parse_state(word).phase is Phase.UNKNOWN
    assert len(caplog.records) == 2
    assert "MARVELLOUS" in caplog.text


def test_warnings_are_bounded(caplog: pytest.LogCaptureFixture) -> None:
    for number in range(1000):
        parse_state(f"WORD{number}")
    assert len(caplog.records) == 100
