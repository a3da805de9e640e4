"""Writes the Apptainer definition file that a build uses. Pure."""

import re
import shlex
from pathlib import Path

from containers.paths import check_plain_path
from containers.recipes.model import Copy, Pairs, Recipe, Run

# Where the recipe's files lie in the image while it is built; `{STAGED}/<number of the step>` is what a step copies.
STAGED = "/.allgo-recipe"

_PUT = r"""put() { # what, destination, own name, merge
    if [ -d "$1" ] && [ "$4" = yes ]; then mkdir -p -- "$2" && cp -R -p -- "$1/." "$2/"; return; fi
    case $2 in */) mkdir -p -- "$2" ;; *) mkdir -p -- "$(dirname -- "$2")" ;; esac
    if [ -d "$2" ]; then cp -R -p -- "$1" "${2%/}/$3"; else cp -R -p -- "$1" "$2"; fi
}"""

# Package lists are as large as a small application and out of date the next day.
_CLEAN = f"rm -rf {STAGED} /var/lib/apt/lists/* /var/cache/apt/archives/*.deb /var/cache/apt/*.bin"


def render_definition(recipe: Recipe, base_image: Path, *, files_at: Path | None = None) -> str:
    """Return the text of the definition file.

    Args:
        recipe: what to build.
        base_image: the SIF file of the recipe's base.
        files_at: the folder that holds each copied file or folder under its step's number (see ``staging``). Needed
            when the recipe copies any.

    Raises:
        ValueError: a path holds what a definition file cannot say.
    """
    lines = ["Bootstrap: localimage", f"From: {check_plain_path('the base image', base_image)}", ""]
    if recipe.files:
        if files_at is None:
            raise ValueError("a recipe that copies files needs files_at")
        lines += ["%files", f"    {check_plain_path('files_at', files_at)} {STAGED}", ""]
    lines += ["%post", "set +x", "umask 022", "export DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8"]
    lines += [_PUT] if recipe.files else []
    for number, step in enumerate(recipe.steps, start=1):
        lines += [f"echo {_word(f'Step {number} of {len(recipe.steps)}: {_title(step)}')}", _shell(number, step)]
    lines += [_CLEAN, ""]
    if recipe.environment:
        lines += ["%environment", *_exports(recipe.environment), ""]
    if recipe.labels:
        lines += ["%labels", *(f"    {name} {value}" for name, value in recipe.labels), ""]
    return "\n".join(lines)


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
        return f"put {STAGED}/{number} {_word(step.destination)} {_word(name)} {merge}"
    command = f"/bin/sh {'-ec' if step.strict else '-c'} {_word(step.script)}"
    workdir = _word(step.workdir)
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
    return '"' + quoted.replace("{{", '{""{') + '"'


def _word(text: str) -> str:
    """Quote a text as one word of shell that Apptainer's own reader leaves alone.

    Apptainer replaces ``{{ name }}`` in a definition file by a build argument and takes a line that begins with ``%``
    for a section (both tried with 1.4.5). Closing and opening the quotes again means nothing to the shell.
    """
    quoted = shlex.quote(text).replace("{{", "{''{")
    return re.sub(r"\n([ \t]*)%", r"\n\1''%", quoted)
