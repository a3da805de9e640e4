"""A helper that does what a test tells it, and a sbatch that counts how often it is started."""

import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from textwrap import dedent, indent

import pytest

from slurm import CommandClient, FastClient, JobSpec
from slurm.fast.link import Link
from slurm.fast.start import Start

_HELPER = """
import json, os, struct, sys, time
log = open({log!r}, "a", buffering=1)
def send(message):
    body = json.dumps(message).encode()
    sys.stdout.buffer.write(struct.pack("!I", len(body)) + body)
    sys.stdout.buffer.flush()
log.write("started\\n")
{before}
send({{"hello": "26.5.0"}})
while head := sys.stdin.buffer.read(4):
    asked = json.loads(sys.stdin.buffer.read(struct.unpack("!I", head)[0]))
    log.write("asked " + asked["job"]["name"] + "\\n")
{answer}
log.write("ended\\n")
"""
_SBATCH = """#!/bin/sh
[ "$1" = --version ] && {{ echo slurm-wlm {release}; exit 0; }}
cat > /dev/null
echo sbatch >> {log}
echo 4711
"""


@dataclass
class Bench:
    """Makes clients, and knows what was started and asked."""

    folder: Path
    spec: JobSpec
    seconds: float = 0.0
    made: list[FastClient] = field(default_factory=list)

    @property
    def log(self) -> list[str]:
        log = self.folder / "log"
        return log.read_text().splitlines() if log.exists() else []

    def count(self, word: str) -> int:
        return sum(line.split()[0] == word for line in self.log)

    def start(self, answer: str = 'send({"id": 7})', *, before: str = "", release: str = "26.05.5") -> Start:
        helper = self.folder / "helper.py"
        code = {"answer": indent(dedent(answer), "    "), "before": dedent(before), "log": str(self.folder / "log")}
        helper.write_text(_HELPER.format(**code))
        sbatch = self.folder / "bin" / "sbatch"
        sbatch.parent.mkdir(exist_ok=True)
        sbatch.write_text(_SBATCH.format(release=release, log=self.folder / "log"))
        sbatch.chmod(0o755)
        conf = self.folder / "slurm.conf"
        conf.touch()
        commands = self.commands()
        return Start(commands.env, commands.version, argv=[sys.executable, "-I", str(helper)])

    def commands(self, timeout_s: float = 20.0) -> CommandClient:
        return CommandClient(
            "nobody", bin_dir=self.folder / "bin", sbatch_timeout_s=timeout_s, slurm_conf=self.folder / "slurm.conf"
        )

    def link(self, *words: str, **more: str) -> Link:
        return Link(self.start(*words, **more), clock=lambda: self.seconds)

    def client(self, *words: str, timeout_s: float = 20.0, ready: bool = True, **more: str) -> FastClient:
        client = FastClient(self.commands(timeout_s), self.link(*words, **more))
        self.made.append(client)
        if ready:
            assert client.fast_path().on, client.fast_path().said
        return client


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    spec = JobSpec(
        name="allgo-1", comment="mark", partition="standard", time_limit_min=20, memory_mb=128, cpus=2,
        control_dir=Path("/c"), work_dir=Path("/w"), log_file=Path("/w/allgo.log"), command=("true",),
    )  # fmt: skip
    made = Bench(tmp_path, spec)
    yield made
    for client in made.made:
        client.close()
