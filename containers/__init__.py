"""Apptainer and the images that apps run in: run command, recipes, builds. Knows nothing of the portal."""

from containers.base import BuiltBase, build_base
from containers.bases import KNOWN_BASES
from containers.build import BuiltImage, build_image
from containers.errors import BuildFailed, ContainerError, ImageError, RecipeError
from containers.inspect import ENTRYPOINT, Inspection, inspect_image
from containers.keys import KeyRefused, PublicKey, read_key, read_keys, render_authorized_keys
from containers.recipe import find_recipe, read_recipe
from containers.recipes.definition import render_definition
from containers.recipes.model import Copy, Recipe, Run
from containers.reclaim import reclaim_argv, remove_argv
from containers.remote.address import NodeAddress
from containers.remote.build_node import Asker, BuildNode
from containers.remote.errors import (
    AnswerTooLarge,
    AnswerUnreadable,
    BuildNodeError,
    HostKeyChanged,
    NodeDown,
    NodeRefused,
    NodeTimedOut,
    RequestRefused,
)
from containers.remote.status import SandboxStatus
from containers.run_command import ContainerSpec, run_argv

__all__ = [
    "ENTRYPOINT",
    "KNOWN_BASES",
    "AnswerTooLarge",
    "AnswerUnreadable",
    "Asker",
    "BuildFailed",
    "BuildNode",
    "BuildNodeError",
    "BuiltBase",
    "BuiltImage",
    "ContainerError",
    "ContainerSpec",
    "Copy",
    "HostKeyChanged",
    "ImageError",
    "Inspection",
    "KeyRefused",
    "NodeAddress",
    "NodeDown",
    "NodeRefused",
    "NodeTimedOut",
    "PublicKey",
    "Recipe",
    "RecipeError",
    "RequestRefused",
    "Run",
    "SandboxStatus",
    "build_base",
    "build_image",
    "find_recipe",
    "inspect_image",
    "read_key",
    "read_keys",
    "read_recipe",
    "reclaim_argv",
    "remove_argv",
    "render_authorized_keys",
    "render_definition",
    "run_argv",
]
