"""Builds an app's image from its recipe."""

import contextlib
import logging
from collections.abc import Callable
from pathlib import Path, PurePosixPath
from typing import IO

from containers.building.build_command import build_argv, make_covers
from containers.building.built import BuiltImage
from containers.building.image_file import fresh_name, put_in_place
from containers.building.image_step import StepBounds, make_image
from containers.building.workshop import workshop
from containers.errors import BuildFailed, ContainerError, ImageError, RecipeError
from containers.inspect import inspect_image
from containers.recipe import find_recipe, read_recipe
from containers.recipes.definition import render_definition
from containers.recipes.files import stage
from containers.surveying.limits import ImageLimits
from containers.surveying.program import ENTRYPOINT

_log = logging.getLogger(__name__)


def build_image(
    recipe_dir: Path,
    *,
    bases: Path,
    target_dir: Path,
    entrypoint: PurePosixPath = ENTRYPOINT,
    timeout_s: float = 1800.0,
    limits: ImageLimits | None = None,
    log: Path | None = None,
    on_line: Callable[[str], None] | None = None,
    work_dir: Path | None = None,
    apptainer: str = "apptainer",
) -> BuiltImage:
    """Build, check and put in place. To be called as the unprivileged service user.

    A failed build leaves nothing but its log.

    Args:
        recipe_dir: holds one recipe and the files that it copies.
        bases: the folder of ``<base>.sif``.
        target_dir: where the image goes.
        entrypoint: the program that the image must hold.
        timeout_s: seconds for the build itself.
        limits: how large the image may be, and the unpacked one while it is built.
        log: a file for the build's output; it is written anew.
        on_line: is given each line of it.
        work_dir: a folder on a local disk with room for the unpacked image; None for the machine's temporary folder.
        apptainer: the program.

    Raises:
        RecipeError: the recipe cannot be honoured.
        BuildFailed: the build failed, took too long or too much room, or its entrypoint cannot run.
        ContainerError: the machine cannot build: no base, no room, no Apptainer.
    """
    limits = limits or ImageLimits()
    recipe_path = find_recipe(recipe_dir)
    recipe = read_recipe(recipe_path)
    base = bases / f"{recipe.base}.sif"
    if not base.is_file():
        raise ContainerError(f"the base {recipe.base} is not there: an administrator builds it once ({base})")
    fresh = fresh_name(target_dir)
    try:
        with workshop(work_dir) as place, _opened(log) as log_file:
            files_at, covers, definition = place / "files", place / "covers", place / "image.def"
            definition.write_text(render_definition(recipe, base, files_at=files_at))
            stage(recipe, recipe_dir, files_at)
            make_covers(covers)
            bounds = StepBounds(place, limits, timeout_s, log_file, on_line)
            argv = build_argv(definition, fresh, covers, apptainer=apptainer)
            tail = make_image(argv, fresh, bounds, what=f"the build of {recipe_path.name}")
        try:
            inspection = inspect_image(fresh, entrypoint, limits=limits)
        except ImageError as cause:
            raise BuildFailed(str(cause), log_tail=tail) from cause
        final = target_dir / f"{inspection.sha256}.sif"
        put_in_place(fresh, final)
    except OSError as cause:
        raise ContainerError(f"the image cannot be built here: {cause}", transient=True) from cause
    except ValueError as cause:
        raise RecipeError(str(cause), file=recipe_path.name) from cause
    finally:
        fresh.unlink(missing_ok=True)
    _log.info("built %s from %s on %s", final.name, recipe_dir.name, recipe.base)
    return BuiltImage(final, inspection.sha256, inspection.size, entrypoint, recipe.base)


def _opened(log: Path | None) -> contextlib.AbstractContextManager[IO[bytes] | None]:
    return contextlib.nullcontext() if log is None else log.open("wb")
