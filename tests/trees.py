"""Root file systems that authors will bring, sooner or later, for the fast tests and for those with Apptainer.

``BAD_ENTRYPOINTS`` are makers of an entrypoint that cannot run, with what must be said of it; ``add_hostile`` puts into
a tree what is odd and has to be dealt with.
"""

import os
import platform
import socket
import struct
from collections.abc import Callable
from pathlib import Path

_NUMBERS = {"x86_64": 62, "aarch64": 183}
ENTRYPOINT = "home/allgo/entrypoint"


def elf(machine: int | None = None, loader: str = "") -> bytes:
    """A 64-bit ELF program's beginning, with a loader if it names one."""
    number = _NUMBERS[platform.machine()] if machine is None else machine
    head = struct.pack(
        "<4s12xHHIQQQIHHHHHH", b"\x7fELF", 2, number, 1, 0, 64, 0, 0, 64, 56, 1 if loader else 0, 64, 0, 0
    )
    head = head[:4] + b"\x02\x01\x01" + head[7:]
    text = loader.encode() + b"\0"
    return head + struct.pack("<IIQQQQQQ", 3, 4, 120, 0, 0, len(text), len(text), 1) + text if loader else head


def plain_tree(folder: Path) -> Path:
    """A tree with a shell and an entrypoint, all that a survey asks for."""
    for name in ("bin", "dev", "etc", "home/allgo", "proc", "sys", "tmp", "usr/bin"):
        (folder / name).mkdir(parents=True)
    program(folder / "bin/sh", elf())
    program(folder / "usr/bin/env", elf())
    program(folder / ENTRYPOINT, b"#!/bin/sh\necho run\n")
    return folder


def program(path: Path, data: bytes, mode: int = 0o755) -> None:
    """Write a file anew."""
    path.unlink(missing_ok=True)
    path.write_bytes(data)
    path.chmod(mode)


def _link(target: str) -> Callable[[Path], None]:
    def make(tree: Path) -> None:
        (tree / ENTRYPOINT).unlink()
        (tree / ENTRYPOINT).symlink_to(target)

    return make


def _text(data: bytes, mode: int = 0o755) -> Callable[[Path], None]:
    return lambda tree: program(tree / ENTRYPOINT, data, mode)


def _missing(tree: Path) -> None:
    (tree / ENTRYPOINT).unlink()


def _folder(tree: Path) -> None:
    (tree / ENTRYPOINT).unlink()
    (tree / ENTRYPOINT).mkdir()


def _fifo(tree: Path) -> None:
    (tree / ENTRYPOINT).unlink()
    os.mkfifo(tree / ENTRYPOINT, 0o755)


def _loop(tree: Path) -> None:
    _link("other")(tree)
    (tree / "home/allgo/other").symlink_to("entrypoint")


BAD_ENTRYPOINTS: dict[str, tuple[Callable[[Path], None], str]] = {
    "missing": (_missing, "does not exist in the image"),
    "a folder": (_folder, "is not a file but a folder"),
    "a pipe": (_fifo, "is not a file"),
    "not executable": (_text(b"#!/bin/sh\n", 0o644), "is not executable: run chmod +x"),
    "Windows": (_text(b"#!/bin/sh\r\necho\r\n"), "line ends of Windows (CRLF)"),
    "dangling": (_link("/opt/gone"), "is a link to /opt/gone, which does not exist"),
    "of this machine": (_link("/proc/self/exe"), "which does not exist in the image"),
    "out by ..": (_link("../../../../../../proc/self/exe"), "which does not exist in the image"),
    "a loop": (_loop, "links go round"),
    "empty": (_text(b""), "is empty"),
    "no first line": (_text(b"echo\n"), "is neither a program nor a script"),
    "byte order mark": (_text(b"\xef\xbb\xbf#!/bin/sh\n"), "byte order mark"),
    "no interpreter": (_text(b"#! \n"), "names no interpreter"),
    "relative": (_text(b"#!bin/sh\n"), "interpreter bin/sh must be an absolute path"),
    "interpreter missing": (_text(b"#!/opt/perl -w\n"), "interpreter /opt/perl does not exist"),
    "interpreter is a folder": (_text(b"#!/etc\n"), "interpreter /etc is not a file"),
    "interpreter not on the PATH": (_text(b"#!/usr/bin/env python9\n"), "python9 is not on the PATH"),
    "a long first line": (_text(b"#!/bin/sh " + b"x" * 300), "has more than 255 bytes"),
    "another machine": (_text(elf(machine=21)), "was compiled for ppc64, the cluster is"),
    "no loader": (_text(elf(loader="/lib64/ld-gone.so")), "/lib64/ld-gone.so, which it was linked for"),
    "a cut program": (_text(b"\x7fELF"), "is a damaged program"),
    "control characters": (_text(b"#!/opt/\x1b[31mred\n"), "interpreter /opt/\\x1b[31mred does not exist"),
}


def good_links(tree: Path) -> None:
    """The entrypoint by an absolute link through a linked folder: inside it leads to the program."""
    (tree / "srv").symlink_to("/usr/bin")
    program(tree / "usr/bin/app", elf())
    (tree / ENTRYPOINT).unlink()
    (tree / ENTRYPOINT).symlink_to("/srv/../../bin/../usr/bin/app")


RAW_NAME = b"caf\xe9 \xff"


def add_hostile(tree: Path) -> None:
    """Add to a tree what an image cannot hold, and what it must hold unharmed."""
    os.mkfifo(tree / "etc/pipe")
    with socket.socket(socket.AF_UNIX) as listener:
        here = os.open(tree / "etc", os.O_RDONLY)
        try:
            listener.bind(f"/proc/self/fd/{here}/socket")  # whatever the path's length
        finally:
            os.close(here)
    program(tree / "home/allgo/raise", b"#!/bin/sh\n", 0o6755)
    (tree / "out").symlink_to("/etc/passwd")
    (tree / "far").symlink_to("../../../../../../etc/passwd")
    (Path(os.fsdecode(os.fsencode(tree / "etc") + b"/" + RAW_NAME))).write_text("raw\n")
    (tree / "etc/say 'hi' \\ $(id) \"").write_text("quoting\n")
    (tree / "etc/-rf").write_text("option\n")
    (tree / "etc/secret").write_text("mine\n")
    (tree / "etc/secret").chmod(0)
    program(tree / "etc/one", b"linked\n", 0o644)
    (tree / "etc/two").hardlink_to(tree / "etc/one")
    with (tree / "etc/sparse").open("wb") as file:
        file.truncate(256 * 1024**2)
    deep = tree / "etc"
    for _ in range(40):
        deep /= "deep" * 10
    deep.mkdir(parents=True)
    for name in ("proc/kcore", "tmp/scratch", "dev/null"):
        (tree / name).write_text("of the system\n")
