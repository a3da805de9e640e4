"""Makes an image of a tree."""

import contextlib
import datetime
import logging
import os
import platform
import threading
import time
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path, PurePosixPath
from typing import Self

from containers.building.built import BuiltImage
from containers.building.command import Ended, environment, run_logged
from containers.building.image_file import digest, put_in_place
from containers.committing.author_text import check_message
from containers.committing.messages import Progress
from containers.committing.metadata import read_metadata
from containers.committing.packing import explain, pack_argv, percent
from containers.committing.place import commit_place
from containers.errors import BuildFailed, ContainerError
from containers.sif.writing import Objects, render_header
from containers.surveying.census import Census, take_census
from containers.surveying.limits import ImageLimits, amount
from containers.surveying.program import ENTRYPOINT, check_entrypoint
from containers.surveying.tree import TreeRoot

_log = logging.getLogger(__name__)

# glibc then gives mksquashfs the pages of written blocks again; with an arena for each of its threads the kernel has to
# clear new ones, which is a fifth of the time that it spends for it.
_ENVIRONMENT = {"MALLOC_ARENA_MAX": "1"}

type Say = Callable[[Progress], None]


def commit_tree(
    tree: Path,
    out: Path,
    message: str,
    limits: ImageLimits | None = None,
    *,
    entrypoint: PurePosixPath = ENTRYPOINT,
    timeout_s: float = 1800.0,
    on_progress: Say | None = None,
    durable: bool = True,
) -> BuiltImage:
    """Check the tree, pack it and put the image in place. Nothing in the tree is changed, nothing of it is run.

    To be called as root of the user namespace that the tree's files belong to, so that what is root's inside is root's
    in the image; and with the tree standing still (frozen, or nobody in it): a file that changes meanwhile fails it.
    A commit that fails, is killed or finds the disk full leaves nothing that the next one would not remove.

    Args:
        tree: the folder that becomes ``/``.
        out: where the image goes, as ``<sha256>.sif``; on the disk that needs room for it.
        message: what the author says of it; kept as a label unless it is empty.
        limits: how large tree and image may be.
        entrypoint: the program that the tree must hold.
        timeout_s: seconds for packing.
        on_progress: is told how far it is. What it raises ends the commit and is raised here.
        durable: whether the image survives a power cut once this returns; not needed where it is copied, hashed and
            synced by somebody else.

    Raises:
        ImageError: the tree cannot become an image; the sentence is for the author.
        BuildFailed: packing failed or took too long; holds the last lines.
        ContainerError: the folder cannot be written, or a program is missing.
        ValueError: a path or the message is not what it must be.
    """
    limits, say = limits or ImageLimits(), on_progress or (lambda _progress: None)
    check_message(message)
    say(Progress("counting", 0))
    root = TreeRoot(tree)
    check_entrypoint(root, entrypoint)
    metadata = read_metadata(root, entrypoint, message, datetime.datetime.now(datetime.UTC))
    objects = Objects(metadata.definition.encode(), metadata.inspect.encode())
    try:
        with commit_place(out) as place, _Counting(tree, limits) as counting:
            image = place / "image.sif"
            texts = {"labels.json": (metadata.labels, 0o644), "runscript": (metadata.runscript, 0o755)}
            for name, (text, _mode) in texts.items():
                (place / name).write_text(text)
            argv = pack_argv(
                tree,
                image,
                offset=objects.root_at,
                most_bytes=limits.image_bytes,
                folders=[] if metadata.folder_exists else [".singularity.d"],
                added=[(f".singularity.d/{name}", place / name, mode) for name, (_text, mode) in texts.items()],
            )
            run = _Packing(image, counting, say)
            env = environment(place) | _ENVIRONMENT
            ended = run_logged(argv, env=env, timeout_s=timeout_s, on_line=run.told, watch=counting.against)
            census = counting.result()  # what is too much is told rather than how packing ended
            run.check(ended, timeout_s, limits)
            say(Progress("finishing", 0, image.stat().st_size, census.total))
            _write_header(image, objects)
            sha256, size = digest(image), image.stat().st_size
            final = out / f"{sha256}.sif"
            put_in_place(image, final, durable=durable)
    except OSError as cause:
        raise ContainerError(f"the image cannot be written: {cause.strerror or cause}", transient=True) from cause
    _log.info("committed %s, %d bytes from %d files", final.name, size, census.entries)
    return BuiltImage(final, sha256, size, entrypoint, notes=census.notes())


class _Counting:
    """Counts the tree beside mksquashfs, which leaves a processor free while it looks for the files itself."""

    def __init__(self, tree: Path, limits: ImageLimits) -> None:
        self._ended = threading.Event()
        self._threads = ThreadPoolExecutor(1)
        self._census = self._threads.submit(take_census, tree, limits, self._ended.is_set)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._threads.shutdown()

    @property
    def total(self) -> int:
        """Bytes of the tree; 0 as long as they are not known."""
        return self._census.result().total if self._census.done() and not self._census.exception() else 0

    def against(self) -> str:
        """Say what speaks against packing on; nothing as a rule."""
        return str(self._census.exception() or "") if self._census.done() else ""

    def result(self) -> Census:
        """Wait for it, and return it.

        Raises:
            ImageError: the tree cannot become an image.
        """
        return self._census.result()


class _Packing:
    """Tells how far mksquashfs is, and how it ended."""

    def __init__(self, image: Path, counting: _Counting, say: Say) -> None:
        self._image, self._counting, self._say = image, counting, say

    def told(self, line: str) -> None:
        """Take one line of its output."""
        done = percent(line)
        if done is not None:
            written = 0
            with contextlib.suppress(OSError):
                written = self._image.stat().st_size
            self._say(Progress("packing", done, written, self._counting.total))

    def check(self, ended: Ended, timeout_s: float, limits: ImageLimits) -> None:
        """Raise BuildFailed unless it ended well."""
        if ended.timed_out:
            raise BuildFailed(f"packing took more than {timeout_s:g} s and was ended", log_tail=ended.tail)
        if ended.rc != 0:
            sentence, transient = explain(ended.rc, ended.tail, amount(limits.image_bytes))
            raise BuildFailed(sentence, log_tail=ended.tail, transient=transient)


def _write_header(image: Path, objects: Objects) -> None:
    """Put the header before the file system, which lies at its place already."""
    header = render_header(
        objects,
        root_bytes=image.stat().st_size - objects.root_at,
        machine=platform.machine(),
        identity=uuid.uuid4(),
        seconds=int(time.time()),
    )
    descriptor = os.open(image, os.O_WRONLY)
    try:
        os.pwrite(descriptor, header, 0)
    finally:
        os.close(descriptor)
