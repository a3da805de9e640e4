"""Exactly once: what each end of the helper means for the submission that it was asked for."""

import logging
import os
import signal
import subprocess
import sys
import threading
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest

from slurm import SlurmUnavailable, SubmitUnknown
from slurm.fast import link as link_module
from tests.fast.slurm.fast.conftest import Bench
from tests.fast.slurm.fast.waiting import until


def test_the_helper_submits(bench: Bench) -> None:
    client = bench.client()
    assert [client.submit(bench.spec) for _ in range(3)] == [7, 7, 7]
    assert (bench.count("started"), bench.count("asked"), bench.count("sbatch")) == (1, 3, 0)


def test_nobody_waits_for_the_helper_to_start(bench: Bench) -> None:
    client = bench.client(before="time.sleep(600)", ready=False)
    assert client.submit(bench.spec) == 4711
    until(lambda: bench.count("started"), "the helper to start")
    assert client.submit(bench.spec) == 4711
    assert bench.count("asked") == 0
    starting = client._link._starting
    assert starting is not None
    _kill_children()
    starting.join(20)


@pytest.mark.parametrize(
    "answer",
    [
        '{"errno": 2000, "said": "Invalid partition"}',
        '{"unsent": "no shebang"}',
        '{"errno": 1800, "said": "connect failure"}',
        '{"errno": 11, "said": "again"}',
    ],
)
def test_what_was_not_created_is_submitted_by_the_command_once(bench: Bench, answer: str) -> None:
    client = bench.client(f"send({answer})")
    assert client.submit(bench.spec) == 4711
    assert (bench.count("asked"), bench.count("sbatch")) == (1, 1)


@pytest.mark.parametrize(
    "answer",
    [
        'send({"errno": 5004, "said": "Socket timed out"})',
        'send({"errno": 1802, "said": "receive failure"})',
        'send({"errno": 0, "said": "no error"})',
        'send({"errno": 99999, "said": "of a later release"})',
        "sys.exit(3)",
        "os.kill(os.getpid(), 9)",
        'sys.stdout.buffer.write(b"no message of ours, and long"); sys.stdout.flush(); time.sleep(600)',
        'sys.stdout.buffer.write(struct.pack("!I", 5) + b"{]{]{"); sys.stdout.flush(); time.sleep(600)',
        'sys.stdout.buffer.write(struct.pack("!I", 50) + b"{"); sys.stdout.flush(); sys.exit(0)',
    ],
)
def test_what_may_have_been_created_is_not_submitted_again(bench: Bench, answer: str) -> None:
    client = bench.client(answer)
    with pytest.raises(SubmitUnknown):
        client.submit(bench.spec)
    assert (bench.count("asked"), bench.count("sbatch")) == (1, 0)
    # The next is another submission: the commands serve meanwhile.
    assert client.submit(bench.spec) == 4711
    assert (bench.count("asked"), bench.count("sbatch")) == (1, 1)


def test_a_helper_that_is_silent_is_ended_in_time(bench: Bench) -> None:
    client = bench.client("time.sleep(600)", timeout_s=0.3)
    with pytest.raises(SubmitUnknown, match=r"may have been created: libslurm did not answer within 0\.3 s"):
        client.submit(bench.spec)
    assert bench.count("sbatch") == 0
    assert not client.fast_path().on


def test_one_that_was_killed_before_got_nothing(bench: Bench) -> None:
    client = bench.client()
    _kill_children()
    assert client.submit(bench.spec) == 4711
    assert (bench.count("asked"), bench.count("sbatch")) == (0, 1)


def test_sbatch_is_not_begun_with_no_time_left(bench: Bench) -> None:
    answer = 'time.sleep(0.3); send({"errno": 1800, "said": "connect failure"})'
    client = bench.client(answer, timeout_s=0.6)
    with pytest.raises(SlurmUnavailable, match="connect failure"):
        client.submit(bench.spec)
    assert bench.count("sbatch") == 0


def test_after_a_pause_the_helper_is_tried_again(bench: Bench, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    broken = bench.folder / "broken"
    broken.touch()
    client = bench.client(f'os.path.exists({str(broken)!r}) and sys.exit(1); send({{"id": 7}})')
    for _ in range(3):  # an outage that lasts
        with pytest.raises(SubmitUnknown):
            client.submit(bench.spec)
        bench.seconds += link_module.PAUSE_S - 1
        assert client.submit(bench.spec) == 4711
        bench.seconds += 1
        assert client.fast_path().on
    broken.unlink()
    assert client.submit(bench.spec) == 7
    said = [record.message for record in caplog.records if record.levelno == logging.WARNING]
    assert len(said) == 2, said
    assert "commands serve" in said[0]
    assert "serves again" in said[1]


def test_who_cannot_have_the_helper_soon_goes_by_the_command(bench: Bench) -> None:
    go = bench.folder / "go"
    client = bench.client(f'while not os.path.exists({str(go)!r}): time.sleep(0.01)\nsend({{"id": 7}})')
    ids: list[int] = []
    first = threading.Thread(target=lambda: ids.append(client.submit(bench.spec)))
    first.start()
    until(lambda: bench.count("asked"), "the first to be asked")
    assert client.submit(bench.spec) == 4711
    go.touch()
    first.join()
    assert ids == [7]


def test_many_threads_each_get_their_own_answer(bench: Bench) -> None:
    client = bench.client('send({"id": int(asked["job"]["comment"])})')
    wrong: list[tuple[int, int]] = []

    def submit(first: int) -> None:
        for number in range(first, first + 20):
            got = client.submit(replace(bench.spec, comment=str(number)))
            if got not in {number, 4711}:
                wrong.append((number, got))

    threads = [threading.Thread(target=submit, args=(10000 + 100 * turn,)) for turn in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong
    assert bench.count("asked") + bench.count("sbatch") == 160


def test_the_helper_ends_with_its_parent_also_when_that_is_killed(bench: Bench) -> None:
    bench.start()
    code = f"""
import os, signal, sys
from slurm.fast.process import Process
process = Process([{sys.executable!r}, "-I", {str(bench.folder / "helper.py")!r}], {{}})
process.answer(20)
os.kill(os.getpid(), signal.SIGKILL)
"""
    ended = subprocess.run([sys.executable, "-c", code], check=False, cwd=Path(__file__).parents[4])
    assert ended.returncode == -signal.SIGKILL
    until(lambda: bench.count("ended"), "the helper to end")


def test_a_forked_process_has_a_helper_of_its_own(bench: Bench) -> None:
    client = bench.client('send({"id": os.getppid()})')
    assert client.submit(bench.spec) == os.getpid()
    child = os.fork()
    if child == 0:
        status = 1
        try:
            first = client.submit(bench.spec)  # by sbatch: its own is being started
            assert client.fast_path().on
            status = 0 if (first, client.submit(bench.spec)) == (4711, os.getpid()) else 2
            client.close()
        finally:
            os._exit(status)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert client.submit(bench.spec) == os.getpid()


def _kill_children() -> None:
    children = Path(f"/proc/self/task/{threading.get_native_id()}/children").read_text().split()
    for task in Path("/proc/self/task").iterdir():
        children += (task / "children").read_text().split()
    for child in set(children):
        if b"helper.py" in Path(f"/proc/{child}/cmdline").read_bytes():
            os.kill(int(child), signal.SIGKILL)
            # Waited for without reaping it: that is for its parent.
            with suppress(ChildProcessError):  # its parent was faster
                os.waitid(os.P_PID, int(child), os.WEXITED | os.WNOWAIT)
