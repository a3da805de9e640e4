"""The golden texts: what they are for, and how a new one is accepted.

``PYTHONPATH=. python3 -m tests.fast.containers.golden_texts`` (in the checkout) writes them anew; read the
difference before you commit it.
"""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path, PurePosixPath

from containers.building.apt_settings import AptSettings
from containers.building.base_command import customize, debootstrap_argv, unpack_definition
from containers.building.build_command import build_argv, import_argv
from containers.building.recipe_command import run_steps_argv, unpack_argv
from containers.committing.packing import pack_argv
from containers.recipes.model import Copy, Recipe, Run
from containers.recipes.script import render_environment, render_script
from containers.run_command import ContainerSpec, run_argv

FOLDER = Path(__file__).parent / "golden"
ACCEPT = "PYTHONPATH=. python3 -m tests.fast.containers.golden_texts"

SPEC = ContainerSpec(
    image=Path("/srv/allgo/images/textstats/0a.sif"),
    job_dir=Path("/srv/allgo/datastore/7/textstats/0123"),
    entrypoint=PurePosixPath("/home/allgo/entrypoint"),
    network=False,
)
RECIPE = Recipe(
    base="debian-13",
    steps=(
        Run("apt-get update && apt-get install -y jq"),
        Copy("files", "/opt/files", merge=True),
        Copy("it's.sh", "/usr/local/bin/"),
        Run("# a comment\nprintf '%s\\n' {{ x }}\n  % not a section", strict=True),
        Run("make", workdir="/opt/files", environment=(("PREFIX", "/usr/local"),)),
    ),
    environment=(("PATH", "/opt/bin:$PATH"), ("ODD", 'a "b" `c` \\$d ${PATH} $(e) {{ f }}')),
    labels=(("maintainer", "somebody@example.org"),),
    entrypoint=PurePosixPath("/home/allgo/entrypoint"),
)
SETTINGS = AptSettings(("deb http://mirror.example/debian trixie main",), ('Acquire::Check-Valid-Until "false";',))


def _lines(words: tuple[str, ...]) -> str:
    return "\n".join(words) + "\n"


TEXTS: dict[str, Callable[[], str]] = {
    "run.txt": lambda: _lines(run_argv(SPEC)),
    "run-with-network-and-scratch.txt": lambda: _lines(
        run_argv(replace(SPEC, network=True, scratch_dir=Path("/local/scratch-12")), apptainer="/opt/bin/apptainer")
    ),
    "script.sh": lambda: render_script(RECIPE),
    "environment.sh": lambda: render_environment(RECIPE.environment),
    "unpack.txt": lambda: _lines(unpack_argv(Path("/srv/bases/debian-13.sif"), 36864, Path("/tmp/b/tree"))),
    "steps.txt": lambda: _lines(
        run_steps_argv(Path("/tmp/b/tree"), Path("/tmp/b/files"), Path("/tmp/b/work"), {"http_proxy": "http://p:3128"})
    ),
    "pack.txt": lambda: _lines(
        pack_argv(
            Path("/boxes/a b"),
            Path("/srv/.0a.committing/image.sif"),
            offset=36864,
            most_bytes=16 * 1024**3,
            folders=[".singularity.d"],
            added=[(".singularity.d/runscript", Path("/srv/.0a.committing/runscript"), 0o755)],
        )
    ),
    "import.txt": lambda: _lines(
        import_argv("oci-archive", Path("/tmp/b/archive.tar"), Path("/srv/x.building"), Path("/tmp/b"))
    ),
    "build.txt": lambda: _lines(build_argv(Path("/tmp/b/base.def"), Path("/srv/x.building"))),
    "base.txt": lambda: _lines(
        debootstrap_argv("trixie", SETTINGS, Path("/tmp/b/customize"), Path("/etc/ssl/ca.crt"), Path("/tmp/b/base.tar"))
    ),
    "base-customize.sh": lambda: customize(SETTINGS),
    "base.def": lambda: unpack_definition(Path("/tmp/b/base.tar")),
}

if __name__ == "__main__":
    for name, text in TEXTS.items():
        (FOLDER / name).write_text(text())
