"""From the sections of an Apptainer definition file to a ``Recipe``. Pure but for looking at the files to copy."""

import contextlib
import shlex
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

from containers.bases import base_named
from containers.errors import RecipeError
from containers.recipes.files import matching
from containers.recipes.model import Copy, Recipe, Run
from containers.recipes.text import Part
from containers.recipes.values import assignments, destination, label

_HONOURED = ("files", "post", "environment", "labels")
_NOT_HONOURED = {
    "setup": "it would run on the portal's own machine: use %files and %post",
    "pre": "it would run on the portal's own machine: use %post",
    "runscript": "it is never run here: the portal runs the app's entrypoint",
    "startscript": "an app is a program that ends, nothing is started in the background: leave it out",
    "test": "put checks at the end of %post: a command that fails there fails the build",
    "arguments": "build arguments do not exist here: write the values",
}


def recipe_of_sections(parts: list[Part], folder: Path, file: str, *, by: Callable[[Part], tuple[str, ...]]) -> Recipe:
    """Return the recipe.

    Args:
        parts: the header, then the sections.
        folder: where the files to copy lie.
        file: the recipe's name, for messages.
        by: reads one section into its lines.

    Raises:
        RecipeError: naming each line that cannot be honoured.
    """
    problems: list[RecipeError] = []
    recipe = Recipe("")
    with _noted(problems):
        recipe = replace(recipe, base=_base(parts[0], file))
    for part in parts[1:]:
        with _noted(problems):
            if part.word == "help":
                continue
            _check_section(part, file)
            lines = by(part)
            if part.word == "post":
                recipe = replace(recipe, steps=(*recipe.steps, Run("\n".join(lines), strict=True)))
                continue
            for number, line in _numbered(part, lines):
                with _noted(problems):
                    recipe = _with_line(recipe, part, line, folder, (file, number))
    if problems:
        raise RecipeError.together(problems)
    # Files first, as Apptainer does: %post finds them there wherever its section stands.
    copies = tuple(step for step in recipe.steps if isinstance(step, Copy))
    return replace(recipe, steps=(*copies, *(step for step in recipe.steps if isinstance(step, Run))))


@contextlib.contextmanager
def _noted(problems: list[RecipeError]) -> Iterator[None]:
    """Keep what is wrong with one line or section, and go on after it."""
    try:
        yield
    except RecipeError as problem:
        problems.append(problem)


def _with_line(recipe: Recipe, part: Part, line: str, folder: Path, where: tuple[str, int]) -> Recipe:
    """Return the recipe with one more line of a section."""
    try:
        if part.word == "files":
            return replace(recipe, steps=(*recipe.steps, *_copies(line, folder)))
        if part.word == "environment":
            pairs = assignments(line.removeprefix("export "))
            return replace(recipe, environment=(*recipe.environment, *pairs))
        name, _, value = line.partition(" ")
        return replace(recipe, labels=(*recipe.labels, label(name, value)))
    except ValueError as cause:
        raise RecipeError(str(cause), file=where[0], line=where[1], field=f"%{part.word}") from cause


def _base(header: Part, file: str) -> str:
    """The base that the header names. ``docker`` is accepted with ``localimage``: both mean the portal's own base."""
    found: dict[str, tuple[int, str]] = {}
    for number, line in enumerate(header.body, start=1):
        text = line.split("#")[0].strip()
        if not text:
            continue
        name, colon, value = text.partition(":")
        key = name.strip().lower()
        if not colon or key not in {"bootstrap", "from"} or key in found:
            sentence = "the header is Bootstrap: and From:, each once"
            raise RecipeError(sentence, file=file, line=number, field=name.strip())
        found[key] = (number, value.strip())
    line_number, bootstrap = found.get("bootstrap", (1, ""))
    if bootstrap.lower() not in {"localimage", "docker"}:
        sentence = f"must be localimage, with a base of this portal after From:, not {bootstrap!r}"
        raise RecipeError(sentence, file=file, line=line_number, field="Bootstrap")
    if "from" not in found:
        raise RecipeError("is missing: name a base of this portal", file=file, line=line_number, field="From")
    return base_named(found["from"][1], file=file, line=found["from"][0])


def _check_section(part: Part, file: str) -> None:
    """Refuse a section that is not honoured, has arguments, or after which a second header stands."""
    field = f"%{part.word}"
    if part.word not in _HONOURED:
        honoured = ", ".join(f"%{name}" for name in _HONOURED)
        sentence = _NOT_HONOURED.get(part.word, f"only these sections are read: {honoured}")
        raise RecipeError(sentence, file=file, line=part.line, field=field)
    if part.rest:
        raise RecipeError(f"takes nothing on its line, not {part.rest!r}", file=file, line=part.line, field=field)
    for number, line in enumerate(part.body, start=part.line + 1):
        if part.word != "post" and line.lower().startswith("bootstrap:"):
            raise RecipeError("builds with several stages are not supported", file=file, line=number, field="Bootstrap")


def _numbered(part: Part, lines: tuple[str, ...]) -> list[tuple[int, str]]:
    """The lines that say something, with their numbers in the file."""
    return [
        (number, line.strip())
        for number, line in enumerate(lines, start=part.line + 1)
        if line.strip() and not line.strip().startswith("#")
    ]


def _copies(line: str, folder: Path) -> list[Copy]:
    words = shlex.split(line, comments=True)
    if len(words) != 2:  # noqa: PLR2004  # from, to
        raise ValueError("write what to copy and where to: file /path/in/the/image")
    if not words[1].startswith("/"):
        raise ValueError(f"the destination must be an absolute path in the image, not {words[1]!r}")
    sources = matching(folder, words[0])
    target = destination(words[1], "/")
    if len(sources) > 1 and not target.endswith("/"):
        raise ValueError(f"several files go to a folder: write {words[1]}/")
    return [Copy(source, target) for source in sources]
