"""``allgo-hpc serve``."""

import os
import sys
from pathlib import Path

import click

from allgo_hpc.cli.context import open_services

_NO_ANSWER_S = 120
"""A worker that does nothing at all for that long is ended; uploads and downloads do something all the time."""
_HEARTBEATS = "/dev/shm"  # noqa: S108  # gunicorn's own unnamed files; on a disk they can block a worker


@click.command()
def serve() -> None:
    """Serve the portal (gunicorn) on the address of the setting `bind`."""
    settings = open_services().settings
    # Replaces this process: the domain does not import the web, it names it.
    gunicorn = Path(sys.executable).with_name("gunicorn")
    argv = [
        str(gunicorn), "web.wsgi:app", "--bind", settings.bind, "--worker-class", "gthread",
        "--workers", str(settings.workers), "--threads", str(settings.threads), "--timeout", str(_NO_ANSWER_S),
        "--graceful-timeout", "30", "--worker-tmp-dir", _HEARTBEATS, "--error-logfile", "-",
        "--log-level", settings.log_level.lower(),
    ]  # fmt: skip
    os.execv(gunicorn, argv)  # noqa: S606  # no shell is wanted
