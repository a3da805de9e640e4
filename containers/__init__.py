"""Apptainer and the images that apps run in: run command, recipes, builds. Knows nothing of the portal."""

from containers.base import BuiltBase, build_base
from containers.bases import KNOWN_BASES
from containers.build import BuiltImage, build_image
from containers.errors import BuildFailed, ContainerError, ImageError, RecipeError
from containers.inspect import ENTRYPOINT, Inspection, inspect_image
from containers.keys import KeyRefused, SshKey, read_key
from containers.recipe import find_recipe, read_recipe
from containers.recipes.definition import render_definition
from containers.recipes.model import Copy, Recipe, Run
from containers.reclaim import reclaim_argv, remove_argv
from containers.run_command import ContainerSpec, run_argv
from containers.signatures import is_signed

__all__ = [
    "ENTRYPOINT",
    "KNOWN_BASES",
    "BuildFailed",
    "BuiltBase",
    "BuiltImage",
    "ContainerError",
    "ContainerSpec",
    "Copy",
    "ImageError",
    "Inspection",
    "KeyRefused",
    "Recipe",
    "RecipeError",
    "Run",
    "SshKey",
    "build_base",
    "build_image",
    "find_recipe",
    "inspect_image",
    "is_signed",
    "read_key",
    "read_recipe",
    "reclaim_argv",
    "remove_argv",
    "render_definition",
    "run_argv",
]
