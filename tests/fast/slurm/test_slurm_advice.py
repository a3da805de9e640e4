"""When a job would start: answers that no recorded Slurm gave."""

from datetime import UTC, datetime

import pytest

from slurm.advice import Advice, advise_argv, parse_advice
from slurm.errors import CommandFailed, SlurmError, SlurmUnavailable, SubmitRefused
from slurm.sbatch import sbatch_argv
from tests.fast.slurm import golden

AT = datetime(2023, 11, 14, 22, 13, 20, tzinfo=UTC)


@pytest.mark.parametrize("name", golden.SPECS)
def test_the_question_is_the_submission_but_for_one_option(name: str) -> None:
    spec = golden.SPECS[name]
    argv = advise_argv(spec)
    assert argv[1] == "--test-only", "without it a job is created"
    assert [argv[0], *argv[2:]] == sbatch_argv(spec)


@pytest.mark.parametrize(
    "sentence",
    [
        "Job 1 to start at 1700000000 using 1 processors on nodes c[1-2] in partition standard",
        "Job 99 to start at 1700000000 a using 64 processors on nodes c[1-2] in partition standard",
    ],
)
def test_answers(sentence: str) -> None:
    err = f"sbatch: warning: on nodes x in partition y\nsbatch: {sentence}\n  Preempts: 5,6\n".encode()
    assert parse_advice(0, b"", err) == Advice(starts_at=AT, nodes="c[1-2]", said=sentence, partition="standard")


@pytest.mark.parametrize(
    ("err", "said"),
    [
        ("", ""),
        ("sbatch: a sentence of a later release\n", "a sentence of a later release"),
        ("sbatch: Job 1 to start at 2023-11-14T22:13:20 using 1 processors on nodes c1 in partition p\n", "Job 1 to"),
        ("sbatch: Job 1 to start at 999999999999999 using 1 processors on nodes c1 in partition p\n", "Job 1 to"),
        ("sbatch: " + "x" * 5000, "xxx"),
    ],
)
def test_no_time_is_made_up(err: str, said: str) -> None:
    advice = parse_advice(0, b"", err.encode())
    assert (advice.starts_at, advice.nodes, advice.partition) == (None, "", "")
    assert advice.said.startswith(said)
    assert len(advice.said) <= 300


@pytest.mark.parametrize(
    ("rc", "err", "kind", "transient", "text"),
    [
        (1, "allocation failure: Invalid qos specification", SubmitRefused, False, "refused the job: Invalid qos"),
        (
            1,
            "allocation failure: Required partition not available (inactive or drain)",
            SubmitRefused,
            True,
            "now: Req",
        ),
        (1, "allocation failure: Job violates accounting/QOS policy (...)", SubmitRefused, True, "now: Job violates"),
        (1, "allocation failure: A sentence of a later release", SubmitRefused, False, "job: A sentence"),
        (1, "sbatch: unrecognized option '--test-only'", SubmitRefused, False, "unrecognized option"),
        (1, "allocation failure: Socket timed out on send/recv operation", SlurmUnavailable, True, "timed out"),
        (
            1,
            "allocation failure: Unable to contact slurm controller (connect failure)",
            SlurmUnavailable,
            True,
            "reach",
        ),
        (1, "allocation failure: Protocol authentication error", SlurmUnavailable, True, "reached"),
        (-9, "allocation failure: Invalid qos specification", SlurmUnavailable, True, "Invalid qos"),
        (-9, "", SlurmUnavailable, True, "exit status -9"),
        (1, "a sentence of a later release", CommandFailed, False, "later release"),
        (1, "", CommandFailed, False, "no word"),
    ],
)
def test_failures(rc: int, err: str, kind: type[SlurmError], transient: bool, text: str) -> None:
    with pytest.raises(SlurmError) as caught:
        parse_advice(rc, b"", err.encode())
    assert type(caught.value) is kind
    assert caught.value.transient is transient
    assert text in str(caught.value)
    assert "allocation failure" not in str(caught.value) or kind is not SubmitRefused
