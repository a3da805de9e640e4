"""What real commands of each release said (scripts/record-fixtures), and what we make of it."""

from datetime import UTC, datetime

import pytest

from slurm.errors import AnswerUnreadable, CommandFailed, SlurmUnavailable, SubmitRefused, SubmitUnknown
from slurm.ping import parse_ping
from slurm.sacct import parse_sacct
from slurm.sbatch import parse_sbatch
from slurm.scancel import parse_scancel
from slurm.squeue import parse_squeue
from slurm.states import State
from slurm.version import parse_version
from tests.fast.slurm.recorded import Recorded, latest

# squeue, sacct: state, exit code, signal, has started, has finished
SEEN = {
    "completed": (State.COMPLETED, 0, 0, True, True),
    "failed": (State.FAILED, 3, 0, True, True),
    "killed": (State.FAILED, 0, 9, True, True),
    "timeout": (State.TIMEOUT, 0, 15, True, True),
    "cancelled-running": (State.CANCELLED, 0, 15, True, True),
    "cancelled-pending": (State.CANCELLED, None, None, False, True),
    "pending": (State.PENDING, None, None, False, False),
    "running": (State.RUNNING, None, None, True, False),
}


@pytest.mark.parametrize("name", SEEN)
@pytest.mark.parametrize("program", ["squeue-all", "sacct-ids"])
def test_jobs_in_every_state(recorded: Recorded, program: str, name: str) -> None:
    parse = parse_squeue if program == "squeue-all" else parse_sacct
    job = latest(parse(*recorded.answer(program)))[name]
    state, code, signal, started, finished = SEEN[name]
    if program == "sacct-ids" and signal == 15:
        signal = 0  # the accounting does not tell that Slurm ended the job by a signal
    assert (job.state, job.exit_code, job.signal) == (state, code, signal)
    assert (job.started_at is not None, job.finished_at is not None) == (started, finished)
    assert job.submitted_at is not None
    assert datetime(2026, 1, 1, tzinfo=UTC) < job.submitted_at
    assert bool(job.nodes) == started
    assert job.source == ("controller" if program == "squeue-all" else "accounting")


@pytest.mark.parametrize("program", ["squeue-all", "sacct-ids"])
def test_out_of_memory(recorded: Recorded, program: str) -> None:
    parse = parse_squeue if program == "squeue-all" else parse_sacct
    assert latest(parse(*recorded.answer(program)))["oom"].state is State.OUT_OF_MEMORY


def test_squeue_and_sacct_agree(recorded: Recorded) -> None:
    controller = latest(parse_squeue(*recorded.answer("squeue-all")))
    accounting = latest(parse_sacct(*recorded.answer("sacct-ids")))
    for name in SEEN:
        one, other = controller[name], accounting[name]
        assert (one.job_id, one.name, one.submitted_at) == (other.job_id, other.name, other.submitted_at)
        assert one.comment == f"mark-{name}"
        # The accounting learns the comment at the end.
        assert other.comment == (one.comment if one.state.is_final else "")
        if one.state.is_final and one.started_at:
            assert (one.started_at, one.finished_at) == (other.started_at, other.finished_at)


def test_names_that_break_tables(recorded: Recorded) -> None:
    controller = latest(parse_squeue(*recorded.answer("squeue-all")))["odd\nname|x"]
    accounting = latest(parse_sacct(*recorded.answer("sacct-ids")))["odd\nname|x"]
    assert controller.comment == "odd\ncomment;'\"\\\\xe9"
    assert accounting.name == "odd\nname|x"


def test_usage(recorded: Recorded) -> None:
    jobs = latest(parse_sacct(*recorded.answer("sacct-ids")))
    timeout = jobs["timeout"]
    assert timeout.elapsed_s is not None
    assert 60 <= timeout.elapsed_s < 130
    assert timeout.cpu_s is not None
    assert timeout.cpu_s < 5
    assert jobs["oom"].max_rss_bytes is not None
    assert jobs["running"].cpu_s is None


def test_reasons(recorded: Recorded) -> None:
    jobs = latest(parse_squeue(*recorded.answer("squeue-all")))
    assert jobs["pending"].reason in {"Resources", "Priority"}
    assert jobs["timeout"].reason == "TimeLimit"
    assert jobs["running"].reason == ""


def test_sacct_word_of_a_cancelled_job(recorded: Recorded) -> None:
    job = latest(parse_sacct(*recorded.answer("sacct-ids")))["cancelled-running"]
    assert job.word.startswith("CANCELLED by ")


def test_nothing_found_is_an_empty_list(recorded: Recorded) -> None:
    assert parse_squeue(*recorded.answer("squeue-none")) == []
    assert parse_sacct(*recorded.answer("sacct-none")) == []


def test_by_name_only_those_names(recorded: Recorded) -> None:
    names = {job.name for job in parse_sacct(*recorded.answer("sacct-names"))}
    assert names == {"fixture-failed", "fixture-running"}


@pytest.mark.parametrize("situation", ["squeue-unknown-user", "sacct-unknown-user"])
def test_an_unknown_user_is_no_empty_answer(recorded: Recorded, situation: str) -> None:
    parse = parse_squeue if situation.startswith("squeue") else parse_sacct
    with pytest.raises(CommandFailed, match="nosuch") as caught:
        parse(*recorded.answer(situation))
    assert not caught.value.transient


@pytest.mark.parametrize("program", ["squeue-all", "sacct-ids"])
def test_an_answer_cut_anywhere_is_refused(recorded: Recorded, program: str) -> None:
    parse = parse_squeue if program == "squeue-all" else parse_sacct
    rc, out, err = recorded.answer(program)
    whole = parse(rc, out, err)
    # A cut just after a row cannot be seen in the text; the command's own exit status has to tell.
    for length in range(1, len(out)):
        if out[:length].endswith(b"\x1f\n"):
            assert parse(rc, out[:length], err)[:-1] == whole[: len(parse(rc, out[:length], err)) - 1]
            continue
        with pytest.raises(AnswerUnreadable):
            parse(rc, out[:length], err)


@pytest.mark.parametrize(
    "situation",
    [
        "squeue-controller-down",
        "squeue-controller-frozen",
        "squeue-munge-down",
        "sacct-accounting-down",
        "sacct-munge-down",
    ],
)
def test_no_answer_is_not_an_answer(recorded: Recorded, situation: str) -> None:
    parse = parse_squeue if situation.startswith("squeue") else parse_sacct
    rc, out, err = recorded.answer(situation)
    with pytest.raises(SlurmUnavailable):
        parse(rc, out, err)
    with pytest.raises(SlurmUnavailable):
        parse(0, out, err)  # whatever the exit status


def test_the_parts_do_not_need_each_other(recorded: Recorded) -> None:
    parse_sacct(*recorded.answer("sacct-controller-down"))
    assert parse_squeue(*recorded.answer("squeue-accounting-down"))
    assert parse_sbatch(*recorded.answer("sbatch-accounting-down")) > 0


def test_submitted(recorded: Recorded) -> None:
    assert parse_sbatch(*recorded.answer("sbatch-accepted")) > 0


def test_submitted_at_the_second_try(recorded: Recorded) -> None:
    rc, out, err = recorded.answer("sbatch-accepted-later")
    assert b"error: Slurm" in err
    assert parse_sbatch(rc, out, err) > 0


@pytest.mark.parametrize(
    ("situation", "because"),
    [
        ("sbatch-partition", "Invalid partition name specified"),
        ("sbatch-memory", "Requested node configuration is not available"),
        ("sbatch-cpus", "More processors requested than permitted"),
        ("sbatch-time", "Requested time limit is invalid"),
        ("sbatch-option", "unrecognized option"),
    ],
)
def test_refused_for_good(recorded: Recorded, situation: str, because: str) -> None:
    with pytest.raises(SubmitRefused, match=because) as caught:
        parse_sbatch(*recorded.answer(situation))
    assert not caught.value.transient


@pytest.mark.parametrize(
    ("situation", "lacking"), [("sbatch-cpus", "cpus"), ("sbatch-memory", "node"), ("sbatch-time", "")]
)
def test_what_there_is_not_enough_of(recorded: Recorded, situation: str, lacking: str) -> None:
    with pytest.raises(SubmitRefused) as caught:
        parse_sbatch(*recorded.answer(situation))
    assert caught.value.lacking == lacking


def test_refused_for_now(recorded: Recorded) -> None:
    with pytest.raises(SubmitRefused, match="Required partition not available") as caught:
        parse_sbatch(*recorded.answer("sbatch-partition-closed"))
    assert caught.value.transient


@pytest.mark.parametrize("situation", ["sbatch-controller-down", "sbatch-munge-down"])
def test_nobody_to_submit_to(recorded: Recorded, situation: str) -> None:
    with pytest.raises(SlurmUnavailable) as caught:
        parse_sbatch(*recorded.answer(situation))
    assert caught.value.transient


def test_a_frozen_controller_may_have_created_the_job(recorded: Recorded) -> None:
    with pytest.raises(SubmitUnknown) as caught:
        parse_sbatch(*recorded.answer("sbatch-controller-frozen"))
    assert caught.value.transient


@pytest.mark.parametrize("situation", ["scancel-running", "scancel-finished"])
def test_cancelled_or_ended_before(recorded: Recorded, situation: str) -> None:
    parse_scancel(*recorded.answer(situation))


def test_not_allowed_to_cancel(recorded: Recorded) -> None:
    with pytest.raises(CommandFailed, match="denied"):
        parse_scancel(*recorded.answer("scancel-not-mine"))


@pytest.mark.parametrize("fault", ["controller-down", "controller-frozen", "munge-down"])
def test_nobody_to_cancel(recorded: Recorded, fault: str) -> None:
    with pytest.raises(SlurmUnavailable):
        parse_scancel(*recorded.answer(f"scancel-{fault}"))


def test_ping(recorded: Recorded) -> None:
    assert parse_ping(*recorded.answer("ping-up")) is True
    assert parse_ping(*recorded.answer("ping-controller-down")) is False
    assert parse_ping(*recorded.answer("ping-controller-frozen")) is False


def test_version(recorded: Recorded) -> None:
    year, month, _ = parse_version(*recorded.answer("version"))
    assert f"{year}.{month:02}" == recorded.folder.name


def test_nothing_of_the_recording_machine_is_kept(recorded: Recorded) -> None:
    files = sorted(recorded.folder.glob("*.json"))
    assert len(files) >= 35
    for file in files:
        assert "allgo-" not in file.read_text(), file.name
