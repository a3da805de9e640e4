"""``allgo-node VERB``: reads one line of JSON, does one thing, writes one line of JSON.

``allgo-node later`` is begun before there is a question, so that this has not to wait for it: its line of JSON is
``{"verb": ..., "arguments": {...}}``, and comes whenever the portal has one, or never.

The answer is ``{"ok": {...}}`` or ``{"error": {"code": ..., "message": ...}}``; the exit status is 0 or 1. It runs as
root, by the one rule that sudo has for the portal's account.
"""

import json
import logging
import os
import shutil
import sys
from typing import IO, Any

from containers.node.errors import NodeError, bad_request
from containers.node.protocol.fields import check_arguments
from containers.node.protocol.request import Answer, Request
from containers.node.protocol.verbs import VERBS
from containers.node.sandboxes.places import prepare_folders
from containers.node.settings import NodeSettingsError, load_node_settings

LARGEST_REQUEST = 1 << 20
LATER = "later"
_CHUNK = 1 << 20
_log = logging.getLogger(__name__)


def main() -> int:
    """Answer one request; return the exit status."""
    os.umask(0o022)
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING, format="allgo-node: %(message)s")
    out = sys.stdout.buffer
    try:
        answer = answer_to(sys.argv[1:], sys.stdin.buffer)
        _write(out, {"ok": answer.values})
        if answer.body is not None:
            with answer.body.open("rb") as body:
                shutil.copyfileobj(body, out, _CHUNK)
            out.flush()
    except NodeError as error:
        _write(out, {"error": {"code": error.code, "message": str(error)}})
        return 1
    except NodeSettingsError as error:
        _write(out, {"error": {"code": "failed", "message": f"the build node's settings: {error}"}})
        return 1
    except BrokenPipeError:
        return 1
    except Exception as error:
        _log.exception("a verb failed")
        _write(out, {"error": {"code": "failed", "message": f"the build node's helper failed: {type(error).__name__}"}})
        return 1
    return 0


def answer_to(words: list[str], stdin: IO[bytes]) -> Answer:
    """Check the request whole, then do it.

    Raises:
        NodeError: it is none (``bad_request``), or what the act raises.
    """
    word, given = words[0] if len(words) == 1 else "", None
    if word == LATER:
        word, given = _read_later(stdin)
    verb = VERBS.get(word)
    if verb is None:
        raise bad_request(f"no such verb; there are: {', '.join(VERBS)}")
    arguments = check_arguments(verb.arguments, _read_request(stdin) if given is None else given)
    settings = load_node_settings()
    prepare_folders(settings)
    return verb.act(Request(settings, arguments, stdin))


def _read_later(stdin: IO[bytes]) -> tuple[str, Any]:
    """Wait for a request that names its verb; return it with what it was given."""
    request = _read_request(stdin)
    if not request:
        raise BrokenPipeError  # the portal has gone without a question
    if not isinstance(request, dict) or set(request) != {"verb", "arguments"} or not isinstance(request["verb"], str):
        raise bad_request("the request must be a JSON object with verb and arguments")
    return request["verb"], request["arguments"]


def _read_request(stdin: IO[bytes]) -> Any:  # noqa: ANN401
    line = stdin.readline(LARGEST_REQUEST + 1)
    if len(line) > LARGEST_REQUEST:
        raise bad_request(f"the request has more than {LARGEST_REQUEST} bytes")
    try:
        return json.loads(line) if line.strip() else {}
    except (ValueError, RecursionError):
        raise bad_request("the request is no JSON") from None


def _write(out: IO[bytes], values: dict[str, Any]) -> None:
    # ASCII: no name or message can break the line or the encoding.
    out.write(json.dumps(values).encode() + b"\n")
    out.flush()
