"""Writes a recipe as the shell script that a build runs. Pure."""

import re
import shlex

from containers.recipes.model import Copy, Pairs, Recipe, Run

# Where the recipe's files lie while it is built; `{STAGED}/<number of the step>` is what a step copies.
STAGED = "/.allgo-recipe"

_PUT = r"""put() { # what, destination, own name, merge
    if [ -d "$1" ] && [ "$4" = yes ]; then mkdir -p -- "$2" && cp -R -p -- "$1/." "$2/"; return; fi
    case $2 in */) mkdir -p -- "$2" ;; *) mkdir -p -- "$(dirname -- "$2")" ;; esac
    if [ -d "$2" ]; then cp -R -p -- "$1" "${2%/}/$3"; else cp -R -p -- "$1" "$2"; fi
}"""


def render_script(recipe: Recipe) -> str:
    """Return the script that does the recipe's steps, for ``/bin/sh -e`` as root in a fresh copy of the base.

    Each copied file or folder lies under its step's number in ``STAGED`` (see ``files.stage``).
    """
    lines = ["umask 022", "export DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8"]
    lines += [_PUT] if recipe.files else []
    for number, step in enumerate(recipe.steps, start=1):
        title = f"Step {number} of {len(recipe.steps)}: {_title(step)}"
        lines += [f"echo {shlex.quote(title)}", _shell(number, step)]
    return "\n".join(lines) + "\n"


def render_environment(environment: Pairs) -> str:
    """Return the shell that sets an app's variables, for Apptainer's ``/.singularity.d/env``."""
    return "\n".join(["#!/bin/sh", *_exports(environment)]) + "\n"


def _title(step: Copy | Run) -> str:
    """One short line for the log."""
    if isinstance(step, Copy):
        return f"copy {step.source} to {step.destination}"
    lines = (" ".join(line.split()) for line in step.script.splitlines())
    first = next((line for line in lines if line and not line.startswith("#")), "")
    return "run " + (first if len(first) <= 80 else first[:77] + "...")  # noqa: PLR2004  # a line of the log


def _shell(number: int, step: Copy | Run) -> str:
    """A step as shell."""
    if isinstance(step, Copy):
        name = step.source.rstrip("/").rpartition("/")[2]
        merge = "yes" if step.merge else "no"
        return f"put {STAGED}/{number} {shlex.quote(step.destination)} {shlex.quote(name)} {merge}"
    command = f"/bin/sh {'-ec' if step.strict else '-c'} {shlex.quote(step.script)}"
    workdir = shlex.quote(step.workdir)
    prepare = "" if step.workdir == "/" else f"mkdir -p {workdir} && cd {workdir}\n"
    return "\n".join(["(", *_exports(step.environment), prepare + command, ")"])


def _exports(environment: Pairs) -> list[str]:
    """Variables as shell. A value may refer to earlier variables and do nothing else."""
    return [f"export {name}={_expandable(value)}" for name, value in environment]


def _expandable(value: str) -> str:
    r"""Quote a value so that ``$NAME`` and ``${NAME}`` are expanded; ``\$`` in it is a plain dollar sign."""
    pieces = re.split(r"(\\\$|\$[A-Za-z_][A-Za-z0-9_]*|\$\{[A-Za-z_][A-Za-z0-9_]*\})", value)
    pieces[::2] = [re.sub(r'([\\"`$])', r"\\\1", piece) for piece in pieces[::2]]
    quoted = "".join(pieces)
    return f'"{quoted}"'
