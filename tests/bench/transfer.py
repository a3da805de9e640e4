"""Large files there and back, by a client that costs next to nothing: one buffer sent or received again and again."""

import json
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from tests.bench.site import Site, scratch

MEBIBYTE = 1024 * 1024
_PIECE = os.urandom(MEBIBYTE)
_EDGE = "bench-edge-0123456789abcdef"
_ROOT = Path("/srv/allgo")


def form(mebibytes: int, queue: str = "batch") -> tuple[bytes, bytes, int]:
    """Return what comes before and after the file in a POST of a job, and the length of all."""
    fields = {"job[webapp_name]": "textstats", "job[queue]": queue}
    begin = "".join(
        f'--{_EDGE}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in fields.items()
    )
    begin += f'--{_EDGE}\r\nContent-Disposition: form-data; name="files[0]"; filename="large.txt"\r\n\r\n'
    end = f"\r\n--{_EDGE}--\r\n"
    return begin.encode(), end.encode(), len(begin) + mebibytes * MEBIBYTE + len(end)


def post_large(site: Site, mebibytes: int) -> tuple[int, float]:
    """POST a job with one file of so many mebibytes; returns its number and the seconds until it was answered."""
    begin, end, length = form(mebibytes)
    with _line(site.portal.url) as line:
        began = time.perf_counter()
        _ask(line, site, "POST /api/v1/jobs", length, f"multipart/form-data; boundary={_EDGE}")
        line.sendall(begin)
        for _ in range(mebibytes):
            line.sendall(_PIECE)
        line.sendall(end)
        job = _told(line, 200)
        return int(job["id"]), time.perf_counter() - began


def patch_large(site: Site, mebibytes: int) -> tuple[str, float]:
    """Send a file as a resumable upload in one piece; returns its address and the seconds until it was taken."""
    headers = {"Tus-Resumable": "1.0.0", "Upload-Length": str(mebibytes * MEBIBYTE), "Upload-Metadata": "filename bA=="}
    with site.session as session:
        made = session.post(f"{site.portal.url}/api/v1/uploads", headers=headers, timeout=60)
        made.raise_for_status()
    path = urlsplit(made.headers["Location"]).path
    with _line(site.portal.url) as line:
        began = time.perf_counter()
        more = ("Tus-Resumable: 1.0.0", "Upload-Offset: 0")
        _ask(line, site, f"PATCH {path}", mebibytes * MEBIBYTE, "application/offset+octet-stream", *more)
        for _ in range(mebibytes):
            line.sendall(_PIECE)
        _told(line, 204)
        return path, time.perf_counter() - began


def fetch(url: str, *headers: str) -> tuple[int, float]:
    """GET, throwing away what comes; returns how many bytes there were and the seconds until the last one.

    Raises:
        ValueError: it was refused, or cut off.
    """
    room = bytearray(MEBIBYTE)
    parts = urlsplit(url)
    with _line(url) as line:
        began = time.perf_counter()
        asked = [f"GET {parts.path} HTTP/1.1", f"Host: {parts.netloc}", *headers]
        line.sendall(("\r\n".join(asked) + "\r\n\r\n").encode())
        got = b""
        while b"\r\n\r\n" not in got:
            got += _some(line)
        head, _, rest = got.partition(b"\r\n\r\n")
        told = dict(row.lower().split(": ", 1) for row in head.decode("latin-1").splitlines()[1:])
        if head.split()[1] not in {b"200", b"206"}:
            raise ValueError(f"a download was answered {head[:100]!r}")
        wanted = int(told["content-length"])
        have = len(rest)
        while have < wanted:
            came = line.recv_into(room)
            if not came:
                raise ValueError(f"a download ended after {have} bytes of {wanted}")
            have += came
        return have, time.perf_counter() - began


def copy_by_dd(mebibytes: int) -> float:
    """Write as much to the same file system by dd, synced at the end; returns the seconds that it took."""
    target = scratch() / "dd"
    argv = ["dd", "if=/dev/zero", f"of={target}", "bs=1M", f"count={mebibytes}", "conv=fsync"]
    try:
        began = time.perf_counter()
        subprocess.run(argv, check=True, capture_output=True)
        return time.perf_counter() - began
    finally:
        target.unlink(missing_ok=True)


def give_up(site: Site, number: int) -> None:
    """Cancel and delete a job, and remove its files from the trash at once: they are large."""
    with site.session as session:
        session.post(f"{site.portal.url}/api/v1/jobs/{number}/cancel", timeout=60)  # no harm where it has ended
        site.portal.finished(number)
        session.delete(f"{site.portal.url}/api/v1/jobs/{number}", timeout=60).raise_for_status()
    for folder in (_ROOT / "trash").iterdir():
        shutil.rmtree(folder)


def settle_disk() -> None:
    """Let what others wrote get to the disk first, so that it is not counted in."""
    os.sync()


def worker_memory() -> dict[int, tuple[int, int]]:
    """Return the memory of each process of the web server: what it has and what it had at most, in bytes."""
    found = {}
    for path in Path("/proc").glob("[0-9]*/status"):
        try:
            if "web.wsgi:app" not in (path.parent / "cmdline").read_text():
                continue
            told = dict(line.split(":", 1) for line in path.read_text().splitlines())
        except (FileNotFoundError, ProcessLookupError):
            continue
        found[int(path.parent.name)] = (1024 * int(told["VmRSS"].split()[0]), 1024 * int(told["VmHWM"].split()[0]))
    return found


def clear_peaks() -> None:
    """Let the peak of each process of the web server begin anew from what it has now."""
    for number in worker_memory():
        Path(f"/proc/{number}/clear_refs").write_text("5", encoding="ascii")


@contextmanager
def memory_growth() -> Iterator[list[int]]:
    """Give a list that has, at the end, by how many bytes the web server's processes had grown at most, each."""
    grown: list[int] = []
    before = worker_memory()
    clear_peaks()
    yield grown
    grown += [peak - before[number][0] for number, (_, peak) in worker_memory().items() if number in before]


@contextmanager
def _line(url: str) -> Iterator[socket.socket]:
    host, port = urlsplit(url).netloc.split(":")
    with socket.create_connection((host, int(port)), timeout=600) as line:
        yield line


def _ask(line: socket.socket, site: Site, call: str, length: int, kind: str, *more: str) -> None:
    rows = [
        f"{call} HTTP/1.1", "Host: bench", f"Authorization: {site.portal.auth['Authorization']}",
        f"Content-Type: {kind}", f"Content-Length: {length}", *more,
    ]  # fmt: skip
    line.sendall(("\r\n".join(rows) + "\r\n\r\n").encode())


def _told(line: socket.socket, status: int) -> dict[str, Any]:
    got = b""
    while b"\r\n\r\n" not in got:
        got += _some(line)
    head, _, body = got.partition(b"\r\n\r\n")
    length = [int(row.split(b":")[1]) for row in head.lower().splitlines() if row.startswith(b"content-length")]
    while length and len(body) < length[0]:
        body += _some(line)
    if head.split()[1] != str(status).encode():
        raise ValueError(f"answered {head.splitlines()[0]!r}: {body[:300]!r}")
    return dict(json.loads(body)) if body else {}


def _some(line: socket.socket) -> bytes:
    got = line.recv(65536)
    if not got:
        raise ValueError("the portal closed the connection without an answer")
    return got
