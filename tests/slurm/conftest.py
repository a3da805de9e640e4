"""A real Slurm, asked as the service user (never as root: a job would be root's).

scripts/cluster --instance NAME exec --user allgo -- python -m pytest -p no:cacheprovider /opt/allgo-hpc/src/tests/slurm

Started by root, the tests become the service user and may turn root again for what an administrator does; without
that, the tests that need it are skipped.

Everything is tried by each client that this Slurm has: the commands, and the fast path, which must be there on 26.05.
"""

import os
import pwd
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from slurm import CommandClient, FastClient, JobSpec, SlurmClient
from tests.cluster.portal import instance_value
from tests.slurm.lab import Lab
from tests.slurm.situations import Situations

SERVICE_USER = "allgo"
_CLIENTS = {"24.11": ("commands",), "26.05": ("commands", "fast")}
"""By the release that this cluster was made with (scripts/cluster)."""
_HAS_FAST = "fast" in _CLIENTS[instance_value("release")]
collect_ignore = ["test_real_no_fast.py" if _HAS_FAST else "test_real_fast.py"]


@pytest.fixture(scope="session", autouse=True)
def service_user() -> Iterator[None]:
    """Real and effective ids are the service user's; only the saved one stays root's, and no program inherits that."""
    if os.getuid() != 0:
        yield
        return
    account = pwd.getpwnam(SERVICE_USER)
    groups = os.getgroups()
    os.setgroups([account.pw_gid])
    os.setresgid(account.pw_gid, account.pw_gid, 0)
    os.setresuid(account.pw_uid, account.pw_uid, 0)
    # pytest names its folder of temporary files after who is logged in, and wants to own it.
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LOGNAME", SERVICE_USER)
        yield
    os.seteuid(0)
    os.setresuid(0, 0, 0)
    os.setresgid(0, 0, 0)
    os.setgroups(groups)


@pytest.fixture(scope="session")
def situations(service_user: None) -> Situations:
    _, effective, saved = os.getresuid()
    if saved != 0:
        pytest.skip("needs an administrator: exec without --user")

    def admin(*argv: str) -> None:
        os.seteuid(0)
        try:
            subprocess.run(argv, check=True, stdout=subprocess.DEVNULL, user=0, group=0)
        finally:
            os.seteuid(effective)

    return Situations(admin)


@pytest.fixture(scope="session", params=_CLIENTS[instance_value("release")])
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="session")
def client(service_user: None, kind: str) -> Iterator[SlurmClient]:
    with made_client(kind, CommandClient(user=pwd.getpwuid(os.getuid()).pw_name)) as made:
        yield made


@contextmanager
def made_client(kind: str, commands: CommandClient) -> Iterator[SlurmClient]:
    """Give a client of this kind; a fast one is really fast."""
    if kind == "commands":
        yield commands
        return
    fast = FastClient(commands)
    try:
        state = fast.fast_path()
        assert state.on, state.said
        yield fast
    finally:
        fast.close()


@pytest.fixture(scope="session")
def _cancel_what_is_left(client: SlurmClient) -> Iterator[None]:
    yield
    client.cancel([job.job_id for job in client.jobs() if job.name.startswith("test-") and not job.state.is_final])


@pytest.fixture(scope="session")
def lab(client: SlurmClient, _cancel_what_is_left: None) -> Iterator[Lab]:
    # Not pytest's own folder: root's is closed to others.
    with TemporaryDirectory(prefix="allgo-jobs-") as folder:
        yield Lab(client, Path(folder))


@pytest.fixture
def odd_conf(tmp_path: Path, kind: str) -> Iterator[Callable[..., SlurmClient]]:
    """Makes clients whose configuration names another port for the controller, and short time limits."""
    stack = ExitStack()

    def make(port: int, *, advice_timeout_s: float = 30) -> SlurmClient:
        lines = Path(os.environ.get("SLURM_CONF", "/etc/slurm/slurm.conf")).read_text().splitlines()
        kept = [line for line in lines if not line.startswith(("SlurmctldPort", "MessageTimeout", "TCPTimeout"))]
        conf = tmp_path / "slurm.conf"
        conf.write_text("\n".join([*kept, f"SlurmctldPort={port}", "MessageTimeout=2", "TCPTimeout=1", ""]))
        user = pwd.getpwuid(os.getuid()).pw_name
        commands = CommandClient(
            user, timeout_s=30, sbatch_timeout_s=30, advice_timeout_s=advice_timeout_s, slurm_conf=conf
        )
        return stack.enter_context(made_client(kind, commands))

    with stack:
        yield make


@pytest.fixture(scope="session")
def whole_node(lab: Lab) -> Callable[[JobSpec], JobSpec]:
    """Makes a job ask for all processors of a node."""
    cpus = max(map(int, subprocess.check_output(["sinfo", "-h", "-p", "standard", "-N", "-o", "%c"]).split()))
    return lambda spec: replace(spec, cpus=cpus)


@pytest.fixture(scope="session")
def limited(lab: Lab) -> dict[str, tuple[int, JobSpec]]:
    """Jobs that reach a limit of a minute, all at the same time, so that no test waits for its own.

    Slurm's warning is only for limits above 5 minutes: "long" and "long-ignores" get theirs lowered while they run.
    "cut" has a limit lowered so far that Slurm ends it before its script would.
    """
    saves = "trap 'echo saved; exit 0' TERM; echo started; while :; do sleep 0.1; done"
    ignores = "trap '' TERM; echo started; while :; do sleep 0.1; done"
    waits = 'echo started; sleep 600 & wait "$!"'
    array = lab.array(2, "bash", "-c", f"[ $SLURM_ARRAY_TASK_ID = 0 ] || exit 0; {saves}")
    specs = {
        "short": replace(lab.spec("bash", "-c", saves), partition="interactive", time_limit_min=1),
        "short-ignores": replace(lab.spec("bash", "-c", ignores), partition="interactive", time_limit_min=1),
        "array": replace(array, partition="interactive", time_limit_min=1),
        "long": replace(lab.spec("bash", "-c", saves), time_limit_min=6),
        "long-ignores": replace(lab.spec("bash", "-c", ignores), time_limit_min=6),
        "cut": lab.spec("bash", "-c", waits),
    }
    jobs = {name: (lab.client.submit(spec), spec) for name, spec in specs.items()}
    for name in ("long", "long-ignores", "cut"):
        lab.started(*jobs[name])
        subprocess.run(["scontrol", "update", f"jobid={jobs[name][0]}", "TimeLimit=1"], check=True)
    return jobs
