"""Graphics processors: asked of Slurm where the app has them, and given to its container."""

from dataclasses import replace

import pytest

from containers.run_command import run_argv
from slurm.sbatch import sbatch_argv
from slurm.spec import JobSpec
from tests.fast.containers.golden_texts import SPEC
from tests.fast.slurm.test_slurm_spec import GOOD


def test_none_is_asked_for_by_default() -> None:
    assert not [word for word in sbatch_argv(JobSpec(**GOOD)) if "gpu" in word]
    assert "--nv" not in run_argv(SPEC)


def test_they_are_asked_for_and_given() -> None:
    assert "--gres=gpu:2" in sbatch_argv(JobSpec(**{**GOOD, "gpus": 2}))
    words = run_argv(replace(SPEC, gpus=True))
    assert [word for word in words if word not in run_argv(SPEC)] == ["--nv"]
    assert words.index("--nv") < words.index(str(SPEC.image)), "it is Apptainer's, not the app's"


@pytest.mark.parametrize("number", [-1, True, 1.5, "1", None])
def test_no_other_number(number: object) -> None:
    with pytest.raises(ValueError, match="gpus must be a whole number of 0 or more"):
        JobSpec(**{**GOOD, "gpus": number})
