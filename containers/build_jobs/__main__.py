"""``python -m containers.build_jobs --folder=...``: what a build job runs."""

import argparse
import signal
import sys
from pathlib import Path
from types import FrameType

from containers.build_jobs.job import BuildEnded, run_request

_ENDING = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


def _end(_number: int, _frame: FrameType | None) -> None:
    for number in _ENDING:
        signal.signal(number, signal.SIG_IGN)  # the tidying is not disturbed
    raise BuildEnded


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m containers.build_jobs", allow_abbrev=False)
    parser.add_argument("--folder", type=Path, required=True)
    for ending in _ENDING:
        signal.signal(ending, _end)
    sys.exit(run_request(parser.parse_args().folder))
