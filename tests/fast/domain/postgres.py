"""A PostgreSQL server for one test run: on a socket of its own, as an account of its own, gone at the end."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def server_programs() -> Path | None:
    """The folder of initdb and pg_ctl, newest release first; None where no server is installed."""
    return max(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: float(path.parent.name), default=None)


@contextmanager
def postgres_server(programs: Path, *, durable: bool = False) -> Iterator[str]:
    """Run a server; gives the URL of a database on it, with ``{}`` for the database's name.

    A durable one syncs each commit, and other accounts of the machine reach it; in the other nothing happens by itself
    that could change how a question is answered.
    """
    folder = Path(tempfile.mkdtemp(prefix="pg-"))
    account = _account()
    # The server refuses to run as root.
    become = ["setpriv", f"--reuid={account.pw_uid}", f"--regid={account.pw_gid}", "--clear-groups"]
    become = become if os.geteuid() == 0 else []
    os.chown(folder, account.pw_uid, account.pw_gid)
    folder.chmod(0o755 if durable else 0o700)
    more = "-c fsync=on -c max_connections=200" if durable else "-c fsync=off -c max_connections=50 -c autovacuum=off"

    def run(program: str, *words: str) -> None:
        subprocess.run(
            [*become, str(programs / program), "-D", str(folder / "data"), *words],
            check=True, cwd=folder, env={"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"}, timeout=120,
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip

    try:
        run("initdb", "--auth=trust", "--username=portal", "--no-sync", "--encoding=UTF8")
        options = f"-c listen_addresses= -c unix_socket_directories={folder} {more}"
        run("pg_ctl", "--wait", f"--log={folder / 'log'}", f"--options={options}", "start")
        try:
            yield f"postgresql+psycopg://portal@/{{}}?host={folder}"
        finally:
            run("pg_ctl", "--wait", "--mode=immediate", "stop")
    finally:
        shutil.rmtree(folder)


def _account() -> pwd.struct_passwd:
    if os.geteuid() != 0:
        return pwd.getpwuid(os.geteuid())
    try:
        return pwd.getpwnam("postgres")
    except KeyError:
        return pwd.getpwnam("nobody")
