"""A PostgreSQL server that the portal can reach and that a test may kill."""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.cluster.portal import until
from tests.fast.domain.postgres import server_programs


class Postgres:
    """A server with durable commits, on a socket that every account may use."""

    def __init__(self) -> None:
        programs = server_programs()
        assert programs is not None
        self._programs = programs
        self._account = pwd.getpwnam("postgres")
        self._folder = Path(tempfile.mkdtemp(prefix="pg-", dir="/run"))
        self.url = f"postgresql+psycopg://portal@/postgres?host={self._folder}"

    @contextmanager
    def running(self) -> Iterator[None]:
        os.chown(self._folder, self._account.pw_uid, self._account.pw_gid)
        self._folder.chmod(0o711)
        try:
            self._run("initdb", "--auth=trust", "--username=portal", "--encoding=UTF8")
            self.start()
            yield
            self._run("pg_ctl", "--wait", "--mode=fast", "stop")
        finally:
            shutil.rmtree(self._folder)

    def start(self) -> None:
        options = f"-c listen_addresses= -c unix_socket_directories={self._folder} -c max_connections=200"
        self._run("pg_ctl", "--wait", f"--log={self._folder / 'log'}", f"--options={options}", "start")

    def kill(self) -> None:
        """SIGKILL the server; its children see that and end at once."""
        main = int((self._folder / "data" / "postmaster.pid").read_text().split()[0])
        os.kill(main, signal.SIGKILL)
        until("the server is gone", lambda: not Path(f"/proc/{main}").exists())
        until("its children are gone", lambda: self._children() == [])

    def _children(self) -> list[str]:
        told = subprocess.run(["pgrep", "-u", "postgres"], capture_output=True, text=True, check=False)
        return told.stdout.split()

    def _run(self, program: str, *words: str) -> None:
        subprocess.run(
            [str(self._programs / program), "-D", str(self._folder / "data"), *words],
            user=self._account.pw_uid, group=self._account.pw_gid, extra_groups=[], check=True, cwd=self._folder,
            env={"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"}, timeout=120,
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
