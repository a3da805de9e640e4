"""A server that soon gives up whoever takes nothing: the portal's worker with a file instead of the portal."""

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from web.server import worker

worker._STALLED_S = 0.2


def app(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    """Answer with the file that the environment names."""
    file = Path(os.environ["IMPATIENT_FILE"]).open("rb")  # noqa: SIM115  # the server closes it
    start_response("200 OK", [("Content-Length", str(os.fstat(file.fileno()).st_size))])
    wrapped: Iterable[bytes] = environ["wsgi.file_wrapper"](file)
    return wrapped
