"""What `from containers import …` gives: the names that the rest of the application uses."""

from containers.base import BuiltBase, build_base
from containers.bases import KNOWN_BASES
from containers.build import build_image
from containers.build_jobs.request import BuildRequest, job_argv, write_request
from containers.build_jobs.result import BuildResult, read_result
from containers.building.built import BuiltImage
from containers.committing.author_text import LONGEST_MESSAGE
from containers.committing.command import commit_argv
from containers.committing.commit import commit_tree
from containers.committing.messages import Done, Failed, Message, Progress, read_message
from containers.errors import BuildFailed, ContainerError, ImageError, RecipeError
from containers.importing.import_image import import_image
from containers.inspect import Inspection, compare, inspect_image, list_image, open_contents
from containers.keys import KeyRefused, PublicKey, read_key, read_keys, render_authorized_keys
from containers.mounting.places import IMAGE_MOUNTS, MOUNT_HELPER
from containers.recipe import find_recipe, read_recipe
from containers.recipes.model import Copy, Recipe, Run
from containers.reclaim import reclaim_argv, remove_argv
from containers.remote.address import NodeAddress
from containers.remote.build_node import Asker, BuildNode
from containers.remote.commits import CommitStatus
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
from containers.signatures import is_signed
from containers.surveying.compare import Changes, Comparison, Names
from containers.surveying.entry import Entry
from containers.surveying.limits import ImageLimits
from containers.surveying.packages import Package, PackageList
from containers.surveying.program import ENTRYPOINT, Entrypoint, check_entrypoint
from containers.surveying.tree import TreeRoot

__all__ = [
    "ENTRYPOINT",
    "IMAGE_MOUNTS",
    "KNOWN_BASES",
    "LONGEST_MESSAGE",
    "MOUNT_HELPER",
    "AnswerTooLarge",
    "AnswerUnreadable",
    "Asker",
    "BuildFailed",
    "BuildNode",
    "BuildNodeError",
    "BuildRequest",
    "BuildResult",
    "BuiltBase",
    "BuiltImage",
    "Changes",
    "CommitStatus",
    "Comparison",
    "ContainerError",
    "ContainerSpec",
    "Copy",
    "Done",
    "Entry",
    "Entrypoint",
    "Failed",
    "HostKeyChanged",
    "ImageError",
    "ImageLimits",
    "Inspection",
    "KeyRefused",
    "Message",
    "Names",
    "NodeAddress",
    "NodeDown",
    "NodeRefused",
    "NodeTimedOut",
    "Package",
    "PackageList",
    "Progress",
    "PublicKey",
    "Recipe",
    "RecipeError",
    "RequestRefused",
    "Run",
    "SandboxStatus",
    "TreeRoot",
    "build_base",
    "build_image",
    "check_entrypoint",
    "commit_argv",
    "commit_tree",
    "compare",
    "find_recipe",
    "import_image",
    "inspect_image",
    "is_signed",
    "job_argv",
    "list_image",
    "open_contents",
    "read_key",
    "read_keys",
    "read_message",
    "read_recipe",
    "read_result",
    "reclaim_argv",
    "remove_argv",
    "render_authorized_keys",
    "run_argv",
    "write_request",
]
