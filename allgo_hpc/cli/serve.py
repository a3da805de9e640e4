"""``allgo-hpc serve``."""

import os
import sys
from pathlib import Path

import click

from allgo_hpc.cli.context import open_services

_NO_ANSWER_S = 120
"""A worker that does nothing at all for that long is ended; uploads and downloads do something all the time."""
_HEARTBEATS = "/dev/shm"  # noqa: S108  # gunicorn's own unnamed files; on a disk they can block a worker


_LONGEST_LINE = 8190
"""Bytes of a request's first line: what servers commonly take."""


@click.command()
def serve() -> None:
    """Serve the portal (gunicorn) on the address of the setting `bind`."""
    settings = open_services().settings
    # Replaces this process: the domain does not import the web, it names it.
    threads = settings.threads + settings.streams
    gunicorn = Path(sys.executable).with_name("gunicorn")
    argv = [
        str(gunicorn), "web.wsgi:app", "--bind", settings.bind, "--worker-class", "web.server.worker.PortalWorker",
        "--workers", str(settings.workers), "--threads", str(threads), "--timeout", str(_NO_ANSWER_S),
        "--graceful-timeout", "30", "--worker-tmp-dir", _HEARTBEATS, "--error-logfile", "-",
        "--log-level", settings.log_level.lower(), "--worker-connections", str(2 * threads + 1000),
        "--limit-request-line", str(_LONGEST_LINE),
    ]  # fmt: skip
    os.execv(gunicorn, argv)  # noqa: S606  # no shell is wanted
