"""What a session needs whatever the image has in it: an init, a shell, and the far ends of scp, sftp and rsync.

The node's own programs are copied with their loader and libraries, and shown read-only in every sandbox as /.allgo:
they run in an image without libc. busybox and tini are static (Debian's busybox-static, tini).
"""

import hashlib
import re
import secrets
import shutil
from collections.abc import Iterable
from pathlib import Path

from containers.node.commands import run
from containers.node.errors import NodeError
from containers.node.sandboxes.disks.unpack import remove_folder
from containers.node.settings import NodeSettings

INSIDE = "/.allgo"
_STATIC = {"busybox": Path("/usr/bin/busybox"), "tini": Path("/usr/bin/tini-static")}
_DYNAMIC = {
    "sftp-server": Path("/usr/lib/openssh/sftp-server"),
    "scp": Path("/usr/bin/scp"),
    "rsync": Path("/usr/bin/rsync"),
}
# How this machine reaches the package registries; the folders of apt are the image's own.
_REACH = {"ca-certificates.crt": Path("/etc/ssl/certs/ca-certificates.crt"), "pip.conf": Path("/etc/pip.conf")}
_LAYOUT = "1"
# "libc.so.6 => /lib/.../libc.so.6 (0x...)" and "/lib64/ld-linux-x86-64.so.2 (0x...)" of ldd(1).
_LIBRARY = re.compile(r"(?:=>\s+)?(/\S+)\s+\(0x[0-9a-f]+\)")


def ensure_toolbox(settings: NodeSettings) -> Path:
    """Return the folder to be shown as /.allgo, made anew when one of the node's programs was updated.

    Raises:
        NodeError: a package is missing; ``failed``.
    """
    sources = [*_STATIC.values(), *_DYNAMIC.values()]
    missing = [str(path) for path in sources if not path.is_file()]
    if missing:
        raise NodeError("failed", f"the build node lacks {', '.join(missing)}: see docs/build-node.md")
    folder = settings.root / "toolbox" / _key([*sources, *_REACH.values()])
    if not folder.is_dir():
        fresh = folder.with_name(f".{secrets.token_hex(8)}")
        try:
            _fill(fresh)
            fresh.rename(folder)
        except OSError:
            if not folder.is_dir():  # else another helper has made it at the same time
                raise
        finally:
            if fresh.exists():
                remove_folder(fresh)
    return folder


def _key(paths: Iterable[Path]) -> str:
    told = [_LAYOUT]
    for path in paths:
        if path.is_file():
            stat = path.stat()
            told.append(f"{path} {stat.st_size} {stat.st_mtime_ns}")
    return hashlib.sha256("\n".join(told).encode()).hexdigest()[:16]


def _fill(fresh: Path) -> None:
    for part in ("bin", "libexec", "lib", "etc", "applets"):
        (fresh / part).mkdir(parents=True)
    for name, source in _STATIC.items():
        shutil.copy(source, fresh / "bin" / name)
    for name, source in _DYNAMIC.items():
        shutil.copy(source, fresh / "libexec" / name)
        for library in libraries(run("ldd", str(source))):
            shutil.copy(library, fresh / "lib" / library.name)
    loaders = sorted(path.name for path in (fresh / "lib").glob("ld-linux*"))
    (fresh / "lib/loader").symlink_to(loaders[0])
    for name, source in _REACH.items():
        if source.is_file():
            shutil.copy(source, fresh / "etc" / name)
    for applet in run(str(_STATIC["busybox"]), "--list").split():
        (fresh / "applets" / applet).symlink_to("../bin/busybox")
    for path in (fresh, *fresh.rglob("*")):
        if not path.is_symlink():
            path.chmod(0o755)


def libraries(told: str) -> list[Path]:
    """Read the answer of ``ldd``: every library and the loader."""
    return [Path(path) for path in _LIBRARY.findall(told)]


def far_end(tool: str) -> tuple[str, ...]:
    """Return the words that run a tool inside, by the toolbox's own loader."""
    return (f"{INSIDE}/lib/loader", "--library-path", f"{INSIDE}/lib", f"{INSIDE}/libexec/{tool}")
