"""The rendered script as text."""

from dataclasses import replace

import pytest

from slurm.script import render
from tests.fast.slurm import golden


@pytest.mark.parametrize("name", golden.SPECS)
def test_golden_script(name: str) -> None:
    file = golden.file_of(name)
    assert file.exists(), f"no golden script {file.name}; to make it: {golden.ACCEPT}"
    assert render(golden.SPECS[name]) == file.read_text(), (
        f"the script is not the golden one; if the change is wanted, accept it by: {golden.ACCEPT}"
    )


def test_no_directive_and_nothing_of_slurms_options() -> None:
    text = render(golden.SPECS["plain"])
    assert "#SBATCH" not in text
    for value in ("allgo-17", "5f0c0bd1", "standard"):
        assert value not in text


def test_rendering_refuses_what_a_spec_cannot_hold() -> None:
    spec = replace(golden.SPECS["plain"])
    object.__setattr__(spec, "command", ("true\n#SBATCH --uid=0",))
    with pytest.raises(ValueError, match=r"U\+000A"):
        render(spec)
