"""The golden scripts: which specs they are for, and how a new one is accepted.

``PYTHONPATH=. python3 tests/fast/slurm/golden.py`` (in the checkout, Python 3.13) writes them anew; read the
difference, then commit.
"""

from pathlib import Path

from slurm.script import render
from slurm.spec import JobSpec

FOLDER = Path(__file__).parents[2] / "fixtures/slurm/golden"
ACCEPT = "PYTHONPATH=. python3 tests/fast/slurm/golden.py (Python 3.13)"

_PLAIN = JobSpec(
    name="allgo-17",
    comment="5f0c0bd1-6a52-4d62-a6a2-3b8c2a4b6f10",
    partition="standard",
    time_limit_min=20,
    memory_mb=512,
    cpus=2,
    control_dir=Path("/srv/allgo/control/0123456789abcdef"),
    work_dir=Path("/srv/allgo/datastore/alice/textstats/0123456789abcdef"),
    log_file=Path("/srv/allgo/datastore/alice/textstats/0123456789abcdef/allgo.log"),
    command=("apptainer", "exec", "--containall", "/srv/allgo/images/it's here.sif", "/entry point"),
)
_SCRATCH = JobSpec(
    name="allgo-18",
    comment="mark",
    partition="interactive",
    time_limit_min=1,
    memory_mb=64,
    cpus=1,
    control_dir=Path("/srv/allgo/control/$(touch pwned)"),
    work_dir=Path("/srv/allgo/with space/`id`"),
    log_file=Path("/srv/allgo/with space/`id`/allgo.log"),
    command=("true",),
    scratch_dir=Path("/scratch/allgo-18"),
)
_ARRAY = JobSpec(
    name="allgo-b3",
    comment="array-mark",
    partition="standard",
    time_limit_min=20,
    memory_mb=512,
    cpus=2,
    control_dir=Path("/srv/allgo/control/0123456789abcdef"),
    work_dir=Path("/srv/allgo/datastore/1/2/@TASK@"),
    log_file=Path("/srv/allgo/datastore/1/2/@TASK@/allgo.log"),
    command=("apptainer", "exec", "--bind", "/srv/allgo/datastore/1/2/@TASK@:/tmp", "/srv/allgo/images/a.sif", "/run"),
    scratch_dir=Path("/scratch/allgo-@TASK@"),
    scratch_removal=("rm", "-rf", "/scratch/allgo-@TASK@"),
    tasks=5,
)
SPECS = {"plain": _PLAIN, "with-scratch": _SCRATCH, "array": _ARRAY}


def file_of(name: str) -> Path:
    return FOLDER / f"{name}.sh"


if __name__ == "__main__":
    FOLDER.mkdir(parents=True, exist_ok=True)
    for spec_name, spec in SPECS.items():
        file_of(spec_name).write_text(render(spec))
