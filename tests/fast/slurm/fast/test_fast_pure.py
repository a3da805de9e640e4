"""The table of errors, messages, and a job in pyslurm's words."""

import errno
from dataclasses import replace

import pytest

from slurm import render
from slurm.fast.framing import LARGEST_BYTES, LENGTH_BYTES, BadFrame, body_length, pack, unpack
from slurm.fast.meaning import Meaning, meaning
from slurm.fast.request import submission
from tests.fast.slurm.fast.conftest import Bench


@pytest.mark.parametrize(
    ("number", "means"),
    [
        (1001, Meaning.UNREACHED),
        (1800, Meaning.UNREACHED),
        (errno.ECONNREFUSED, Meaning.UNREACHED),
        (2000, Meaning.REFUSED),  # no such partition
        (2014, Meaning.REFUSED),  # more memory than any node has
        (2051, Meaning.REFUSED),  # time limit
        (2072, Meaning.REFUSED),  # no such resource
        (2101, Meaning.REFUSED),  # partition down
        (errno.EAGAIN, Meaning.REFUSED),  # MaxJobCount
        (1801, Meaning.UNKNOWN),  # sending broke off
        (1802, Meaning.UNKNOWN),
        (1805, Meaning.UNKNOWN),  # dropped by the controller
        (1007, Meaning.UNKNOWN),  # munge: of the question, or of its answer
        (1023, Meaning.UNKNOWN),
        (5004, Meaning.UNKNOWN),  # frozen
        (2042, Meaning.UNKNOWN),  # held: it is there
        (2068, Meaning.UNKNOWN),
        (2090, Meaning.UNKNOWN),
        (errno.ETIMEDOUT, Meaning.UNKNOWN),
        (errno.ECONNRESET, Meaning.UNKNOWN),
        (errno.EPIPE, Meaning.UNKNOWN),
        (errno.EINTR, Meaning.UNKNOWN),
        (0, Meaning.UNKNOWN),
        (-1, Meaning.UNKNOWN),
        (1999, Meaning.UNKNOWN),
        (2300, Meaning.UNKNOWN),
        (8000, Meaning.UNKNOWN),
    ],
)
def test_errors(number: int, means: Meaning) -> None:
    assert meaning(number) is means


def test_messages() -> None:
    message = {"ask": "submit", "job": {"script": "#!/bin/sh\necho 'é日\x7f'\n", "nodes": 1}}
    packed = pack(message)
    assert body_length(packed[:LENGTH_BYTES]) == len(packed) - LENGTH_BYTES
    assert unpack(packed[LENGTH_BYTES:]) == message


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"7", b"\xff"])
def test_what_is_no_message(body: bytes) -> None:
    with pytest.raises(BadFrame):
        unpack(body)


def test_too_large() -> None:
    with pytest.raises(BadFrame):
        pack({"script": "x" * LARGEST_BYTES})
    with pytest.raises(BadFrame):
        body_length(b"\xff\xff\xff\xff")


def test_a_job_in_words(bench: Bench) -> None:
    assert submission(bench.spec) == {
        "ask": "submit",
        "job": {
            "name": "allgo-1",
            "comment": "mark",
            "partitions": "standard",
            "time_limit": 20,
            "memory_per_node": 128,
            "cpus_per_task": 2,
            "ntasks": 1,
            "nodes": 1,
            "is_requeueable": False,
            "working_directory": "/",
            "standard_in": "/dev/null",
            "standard_output": "/dev/null",
            "standard_error": "/dev/null",
            "script": render(bench.spec),
            "signal": {"signal": 12, "time": bench.spec.limit_warning.by_slurm_s, "batch_only": True},
        },
    }


def test_what_only_some_jobs_have(bench: Bench) -> None:
    assert "signal" not in submission(replace(bench.spec, time_limit_min=1))["job"]
    assert submission(replace(bench.spec, gpus=2))["job"]["gres_per_node"] == {"gpu": 2}
