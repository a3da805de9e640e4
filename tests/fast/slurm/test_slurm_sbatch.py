"""The options of sbatch, and what its answers mean."""

from dataclasses import replace

import pytest

from slurm.errors import SlurmError, SlurmUnavailable, SubmitRefused, SubmitUnknown
from slurm.sbatch import parse_sbatch, sbatch_argv
from tests.fast.slurm import golden

SPEC = golden.SPECS["plain"]


def test_sbatch_options() -> None:
    assert sbatch_argv(SPEC) == [
        "sbatch", "--parsable", "--export=NIL", "--no-requeue", "--propagate=NONE", "--job-name=allgo-17",
        "--comment=5f0c0bd1-6a52-4d62-a6a2-3b8c2a4b6f10", "--partition=standard", "--time=20", "--mem=512M",
        "--cpus-per-task=2", "--ntasks=1", "--nodes=1", "--chdir=/", "--input=/dev/null", "--output=/dev/null",
        "--error=/dev/null", "--signal=B:USR2@30",
    ]  # fmt: skip


@pytest.mark.parametrize(("tasks", "option"), [(1, "--array=0-0"), (5, "--array=0-4")])
def test_sbatch_of_an_array(tasks: int, option: str) -> None:
    spec = replace(golden.SPECS["array"], tasks=tasks)
    assert sbatch_argv(spec) == [*sbatch_argv(replace(SPEC, name=spec.name, comment=spec.comment)), option]


@pytest.mark.parametrize(
    ("minutes", "grace_s", "options"),
    [
        (1, None, []),
        (5, None, []),
        (5, 60, []),
        (6, None, ["--signal=B:USR2@30"]),
        (1440, 600, ["--signal=B:USR2@600"]),
    ],
)
def test_sbatch_warns_of_longer_limits_only(minutes: int, grace_s: int | None, options: list[str]) -> None:
    argv = sbatch_argv(replace(SPEC, time_limit_min=minutes, grace_s=grace_s))
    assert [option for option in argv if option.startswith("--signal")] == options


@pytest.mark.parametrize("name", ["with-scratch", "array"])
def test_no_path_of_a_job_is_an_option(name: str) -> None:
    spec = golden.SPECS[name]
    line = " ".join(sbatch_argv(spec))
    for path in (spec.control_dir, spec.work_dir, spec.log_file, spec.scratch_dir):
        assert str(path) not in line


@pytest.mark.parametrize(("out", "job_id"), [(b"12\n", 12), (b"12;cluster-1\n", 12), (b"4294967295\n", 4294967295)])
def test_sbatch_id(out: bytes, job_id: int) -> None:
    assert parse_sbatch(0, out, b"sbatch: warning: something\n") == job_id


@pytest.mark.parametrize(
    "out", [b"", b"0\n", b"-1\n", b"Submitted batch job 12\n", b"12\n13\n", b"12;\n", b"1e3", b"\xd9\xa3\n"]
)
def test_sbatch_without_a_usable_id_may_have_created_the_job(out: bytes) -> None:
    with pytest.raises(SubmitUnknown):
        parse_sbatch(0, out, b"")


@pytest.mark.parametrize(
    ("err", "kind", "transient"),
    [
        (
            "Batch job submission failed: Invalid account or account/partition combination specified",
            SubmitRefused,
            False,
        ),
        ("Batch job submission failed: A sentence of a later release", SubmitRefused, False),
        ("Batch job submission failed: MaxJobCount limit reached", SubmitRefused, True),
        ("Batch job submission failed: Resource temporarily unavailable", SubmitRefused, True),
        ("Batch job submission failed: Required partition not available (inactive or drain)", SubmitRefused, True),
        (
            "Batch job submission failed: Job violates accounting/QOS policy (job submit limit, ...)",
            SubmitRefused,
            True,
        ),
        ("Batch job submission failed: Socket timed out on send/recv operation", SubmitUnknown, True),
        ("Batch job submission failed: Zero Bytes were transmitted or received", SubmitUnknown, True),
        ("Batch job submission failed: Unable to contact slurm controller (receive failure)", SubmitUnknown, True),
        ("Batch job submission failed: Unable to contact slurm controller (send failure)", SubmitUnknown, True),
        ("Batch job submission failed: Unable to contact slurm controller (connect failure)", SlurmUnavailable, True),
        ("Batch job submission failed: Protocol authentication error", SlurmUnavailable, True),
        ("Batch job submission failed: Rate limit exceeded, please retry later", SlurmUnavailable, True),
        ("a sentence of a later release", SubmitUnknown, True),
        ("", SubmitUnknown, True),
    ],
)
def test_sbatch_failures(err: str, kind: type[SlurmError], transient: bool) -> None:
    with pytest.raises(SlurmError) as caught:
        parse_sbatch(1, b"", f"sbatch: error: {err}\n".encode() if err else b"")
    assert type(caught.value) is kind
    assert caught.value.transient is transient
    assert "submission failed" not in str(caught.value) or kind is not SubmitRefused or transient


def test_two_controllers_one_refusing_one_silent() -> None:
    err = b"sbatch: error: connect: Connection refused\n"
    err += b"sbatch: error: Batch job submission failed: Socket timed out on send/recv operation\n"
    with pytest.raises(SubmitUnknown):
        parse_sbatch(1, b"", err)


def test_a_killed_sbatch_may_have_created_the_job() -> None:
    with pytest.raises(SubmitUnknown):
        parse_sbatch(-9, b"", b"sbatch: error: Batch job submission failed: Invalid partition name specified\n")


def test_cores_that_no_machine_has_are_told_before_the_rest() -> None:
    err = (
        b"sbatch: error: CPU count per node can not be satisfied\n"
        b"sbatch: error: Batch job submission failed: Requested node configuration is not available\n"
    )
    with pytest.raises(SubmitRefused) as caught:
        parse_sbatch(1, b"", err)
    assert caught.value.lacking == "cpus"
