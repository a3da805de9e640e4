"""From a Dockerfile's instructions to a ``Recipe``, in order. Pure but for looking at the files to copy."""

import json
import re
import shlex
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from containers.bases import base_named
from containers.errors import RecipeError
from containers.recipes.docker_rules import check_instruction
from containers.recipes.files import matching
from containers.recipes.model import Copy, Pairs, Recipe, Run
from containers.recipes.text import Part
from containers.recipes.values import assignments, destination, label


@dataclass(frozen=True)
class Built:
    """What the parser found in one instruction."""

    install: tuple[str, ...] = ()
    files: Pairs = ()
    entrypoint: object = None
    workdir: str = ""
    base: str = ""


@dataclass(frozen=True)
class _State:
    """How far the reading has come: the recipe so far and where the next instruction would start."""

    recipe: Recipe
    workdir: str = "/"


def recipe_of_instructions(parts: list[Part], folder: Path, file: str, *, by: Callable[[Part], Built]) -> Recipe:
    """Return the recipe.

    Args:
        parts: the instructions.
        folder: where the files to copy lie.
        file: the recipe's name, for messages.
        by: reads one instruction.

    Raises:
        RecipeError: naming each line that cannot be honoured.
    """
    if not parts or parts[0].word != "FROM":
        line = parts[0].line if parts else None
        raise RecipeError("a Dockerfile begins with FROM", file=file, line=line, field="FROM")
    base = base_named(by(_checked_from(parts[0], file)).base, file=file, line=parts[0].line, field="FROM")
    state = _State(Recipe(base))
    problems: list[RecipeError] = []
    for part in parts[1:]:
        try:
            state = _add(state, part, folder, by)
        except (ValueError, IndexError) as cause:
            sentence = str(cause) if isinstance(cause, ValueError) else "something is missing"
            problems.append(RecipeError(sentence, file=file, line=part.line, field=part.word))
    if problems:
        raise RecipeError.together(problems)
    return state.recipe


def _checked_from(part: Part, file: str) -> Part:
    if not re.fullmatch(r"[A-Za-z0-9._:/-]+", part.rest):
        raise RecipeError("write FROM and the name of a base, nothing else", file=file, line=part.line, field="FROM")
    return part


def _add(state: _State, part: Part, folder: Path, by: Callable[[Part], Built]) -> _State:
    """Return the state after one more instruction."""
    check_instruction(part)
    recipe = state.recipe
    if part.word in _STEPS:
        steps = _STEPS[part.word](state, part, folder, by)
        return replace(state, recipe=replace(recipe, steps=(*recipe.steps, *steps)))
    if part.word == "WORKDIR":
        return replace(state, workdir=destination(by(part).workdir, state.workdir).rstrip("/") or "/")
    if part.word == "ENV":
        # Not by the parser: an escaped quote makes it cut a value in two.
        recipe = replace(recipe, environment=(*recipe.environment, *assignments(part.rest)))
    elif part.word == "LABEL":
        recipe = replace(recipe, labels=(*recipe.labels, *_labels(part.rest)))
    elif part.word == "ENTRYPOINT":
        recipe = replace(recipe, entrypoint=_entrypoint(by(part).entrypoint))
    return replace(state, recipe=recipe)


def _run(state: _State, part: Part, _folder: Path, by: Callable[[Part], Built]) -> list[Run]:
    if part.rest.startswith("--"):
        raise ValueError("RUN takes no options here")
    (script,) = by(part).install
    if script.startswith("["):
        words = _words(script)
        script = shlex.join(words) if words else script
    return [Run(script, workdir=state.workdir, environment=state.recipe.environment)]


def _copy(state: _State, part: Part, folder: Path, by: Callable[[Part], Built]) -> list[Copy]:
    if part.rest.startswith("--"):
        option = part.rest.split("=")[0].split()[0]
        raise ValueError(f"{option} is not supported: files belong to root and keep whether they are executable")
    if part.rest.startswith("["):
        raise ValueError("write the names without brackets; names with spaces cannot be copied, their folder can")
    words = part.rest.split()
    if part.word == "ADD" and any("://" in word or re.search(r"\.(tar|tgz|gz|bz2|xz|zst)\b", word) for word in words):
        raise ValueError("ADD neither downloads nor unpacks here: use RUN, or COPY for the file as it is")
    found = by(replace(part, word="COPY", rest=" ".join(words))).files
    sources = [source for pattern, _ in found for source in matching(folder, pattern)]
    if not sources:
        raise ValueError("write what to copy and where to")
    target = destination(words[-1], state.workdir)
    if len(sources) > 1 and not target.endswith("/"):
        raise ValueError(f"several files go to a folder: write {words[-1]}/")
    if (folder / ".dockerignore").exists() and any((folder / source).is_dir() for source in sources):
        raise ValueError(".dockerignore is not read: copy files by name, or remove it")
    return [Copy(source, target, merge=True) for source in sources]


def _words(text: str) -> list[str]:
    """The words of a JSON list, or none if it is not one."""
    try:
        words = json.loads(text)
    except ValueError:
        return []
    return words if isinstance(words, list) and all(isinstance(word, str) for word in words) else []


def _labels(text: str) -> Pairs:
    pairs = [word.partition("=") for word in shlex.split(text)]
    if not all(equals for _, equals, _ in pairs):
        raise ValueError('write LABEL name="a value"')
    return tuple(label(name, value) for name, _, value in pairs)


def _entrypoint(found: object) -> PurePosixPath:
    words = found if isinstance(found, list) else str(found).split()
    if len(words) != 1 or not str(words[0]).startswith("/"):
        raise ValueError("ENTRYPOINT is one absolute path, without arguments")
    return PurePosixPath(str(words[0]))


_STEPS: dict[str, Callable[[_State, Part, Path, Callable[[Part], Built]], list[Run] | list[Copy]]] = {
    "RUN": _run,
    "COPY": _copy,
    "ADD": _copy,
}
