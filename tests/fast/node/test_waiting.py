"""Waiting for the end of a process that is nobody's child."""

import subprocess
import time

from containers.node import processes


def test_it_is_told_at_its_end() -> None:
    with subprocess.Popen(["sh", "-c", "read line"], stdin=subprocess.PIPE) as process:
        started = processes.start_time(process.pid)
        assert started is not None
        begun = time.monotonic()
        processes.wait_for_end(process.pid, started, 0.2)
        assert time.monotonic() - begun >= 0.2, "it lives: all of the time is waited"
        processes.wait_for_end(process.pid, started + 1, 60)
        assert time.monotonic() - begun < 30, "another process of the same id is not waited for"
        assert process.stdin is not None
        process.stdin.close()
        processes.wait_for_end(process.pid, started, 60)
        assert time.monotonic() - begun < 30
        assert processes.start_time(process.pid) is None
