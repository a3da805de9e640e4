"""Why a job waits: a sentence for every word of both releases, and for those they do not have yet."""

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slurm.reasons import reason_sentence
from tests.fast.slurm.recorded import Recorded
from tests.hostile import TEXTS

NO_REASON = {"None", "InvalidReason", "InvaildReason"}  # the last is 24.11's own spelling


def words(recorded: Recorded) -> list[str]:
    return recorded.answer("reasons")[1].decode().split()


def test_every_word_of_the_release_has_a_sentence_of_its_own(recorded: Recorded) -> None:
    assert len(words(recorded)) > 200
    for word in set(words(recorded)) - NO_REASON:
        sentence = reason_sentence(word)
        assert re.fullmatch(r"[A-Z][^\n]*\.", sentence), word
        assert word not in sentence, f"{word} is not translated"


def test_no_reason_is_no_sentence() -> None:
    for word in ("", " ", *NO_REASON):
        assert reason_sentence(word) == ""


@pytest.mark.parametrize(
    ("reason", "part"),
    [
        ("Priority", "before it in the queue"),
        ("Resources", "busy"),
        ("resources", "busy"),
        ("PartitionTimeLimit", "more time than the queue gives"),
        ("QOSMaxJobsPerUserLimit", "As much is in use as this queue allows (running jobs)"),
        ("AssocGrpCpuLimit", "As much is in use as the portal's account allows (processors)"),
        ("AssocGrpCPUMinutesLimit", "is used up (processors)"),
        ("AssocGrpCPURunMinutesLimit", "in use as the portal's account allows (processors)"),
        ("AssocMaxJobsLimit", "(running jobs); it starts when"),
        ("QOSMaxSubmitJobPerUserLimit", "(jobs in the queue)"),
        ("QOSMaxWallDurationPerJobLimit", "more than this queue gives to one job (run time)"),
        ("QOSMinCpuNotSatisfied", "less than this queue wants (processors)"),
        ("QOSMinGRES", "less than this queue wants (accelerators"),
        ("MaxGRESPerAccount", "the portal's account allows (accelerators"),
        ("MaxMemPerLimit", "more memory"),
        ("ReqNodeNotAvail, UnavailableNodes:c[1-2]", "out of service or reserved"),
        ("ReqNodeNotAvail(Unavailable:c1)", "out of service or reserved"),
        ("ReqNodeNotAvail,_Reserved_for_maintenance", "Maintenance is planned"),
        ("launch failed requeued held", "could not be started"),
        ("InvalidQOS", "may not use this queue"),
        ("BadConstraints", "no machine of the queue has"),
        ("Licenses", "licences"),
    ],
)
def test_sentences(reason: str, part: str) -> None:
    assert part in reason_sentence(reason)


@pytest.mark.parametrize("word", ["Moonphase", "AssocGrpMoonphase", "QOSMax", "Limit", "None of these", "PriorityX"])
def test_a_word_that_is_not_known_is_shown(word: str) -> None:
    assert reason_sentence(word) == f"Slurm gives the reason: {word}."


@given(st.text())
def test_every_text_has_a_sentence_that_can_be_shown(text: str) -> None:
    sentence = reason_sentence(text)
    assert sentence == "" or sentence.endswith(".")
    assert len(sentence) < 300
    assert not [character for character in sentence if unicodedata.category(character) in {"Cc", "Cf", "Cs", "Zl"}]
    if sentence == "":
        assert not any(character.isprintable() for character in text.strip()) or text.strip().title() in NO_REASON


@pytest.mark.parametrize("text", TEXTS)
def test_hostile_texts(text: str) -> None:
    assert "\n" not in reason_sentence(text)
