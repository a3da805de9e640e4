"""What each verb does. Every argument has been checked; whoever calls holds no lock."""

import contextlib
from typing import IO

from containers.keys import PublicKey, render_authorized_keys
from containers.node.commits.old import forget_old
from containers.node.durable import write_whole
from containers.node.errors import bad_request
from containers.node.images import built, store
from containers.node.locks import locked
from containers.node.protocol.request import Answer, Request
from containers.node.sandboxes import creating, freezing, holding, lifecycle, records, trash
from containers.node.sandboxes.idleness import looking
from containers.node.sandboxes.places import Places
from containers.node.sessions.registry import end_sessions


def node_status(request: Request) -> Answer:
    """What the node has and how much room is left."""
    return Answer(records.node_status(request.settings))


def status(request: Request) -> Answer:
    """The state of one sandbox."""
    return Answer(records.status(_places(request)))


def create(request: Request) -> Answer:
    """Make a sandbox from an image that is here."""
    places = _places(request)
    with _alone(places):
        creating.create(places, request.arguments["image"])
    return Answer(records.status(places))


def start(request: Request) -> Answer:
    """Start a sandbox; one that runs is left alone."""
    places = _places(request)
    with _alone(places):
        lifecycle.start(places)
    return Answer(records.status(places))


def stop(request: Request) -> Answer:
    """End everything in a sandbox; its files stay."""
    places = _places(request)
    with _alone(places):
        lifecycle.stop(places)
    return Answer(records.status(places))


def keys(request: Request) -> Answer:
    """Replace the list of keys; connections of keys that are not in it are ended."""
    places = _places(request)
    allowed: list[PublicKey] = request.arguments["keys"]
    with _alone(places):
        lifecycle.owner_of(places)
        write_whole(places.keys, render_authorized_keys(allowed).encode())
        ended = end_sessions(places, (f"{key.kind} {key.base64}" for key in allowed))
    return Answer({"keys": len(allowed), "ended_sessions": ended})


def freeze(request: Request) -> Answer:
    """Hold a sandbox still for some seconds at most."""
    freezing.hold(_places(request), request.arguments["seconds"])
    return Answer({})


def thaw(request: Request) -> Answer:
    """Let a sandbox go on."""
    freezing.release(_places(request))
    return Answer({})


def delete(request: Request) -> Answer:
    """Stop a sandbox and put it in the trash."""
    places = _places(request)
    with _alone(places):
        lifecycle.owner_of(places)
        holding.refuse_while_held(places)
        # Nobody gets in while it is stopped.
        places.keys.unlink(missing_ok=True)
        end_sessions(places, ())
        trash.delete(places)
    return Answer(records.status(places))


def restore(request: Request) -> Answer:
    """Take the sandbox that was deleted last out of the trash."""
    places = _places(request)
    with _alone(places):
        trash.restore(places)
    return Answer(records.status(places))


def stop_idle(request: Request) -> Answer:
    """Tell and stop sandboxes with nothing to do; empty the trash and forget commits of what is too old."""
    forget_old(request.settings)
    return Answer({**looking.stop_idle(request.settings), "purged": trash.purge(request.settings)})


def has_image(request: Request) -> Answer:
    """Whether an image is here."""
    return Answer({"there": store.has_image(request.settings, request.arguments["sha256"])})


def put_image(request: Request) -> Answer:
    """Take an image, whose bytes follow the request."""
    arguments = request.arguments
    store.put_image(request.settings, arguments["sha256"], arguments["size"], _body(request))
    return Answer({})


def drop_image(request: Request) -> Answer:
    """Remove an image; sandboxes that were made from it do not need it."""
    store.drop_image(request.settings, request.arguments["sha256"])
    return Answer({})


def fetch_built(request: Request) -> Answer:
    """Give an image that was made from a sandbox; its bytes follow the answer."""
    path = built.built_image(_places(request), request.arguments["sha256"])
    return Answer({"size": path.stat().st_size}, body=path)


def drop_built(request: Request) -> Answer:
    """Remove an image that was made from a sandbox."""
    built.drop_built(_places(request), request.arguments["sha256"])
    return Answer({})


def _places(request: Request) -> Places:
    return Places(request.settings, request.arguments["name"])


def _alone(places: Places) -> contextlib.AbstractContextManager[None]:
    return locked(places.settings.run, places.name)


def _body(request: Request) -> IO[bytes]:
    if request.body is None:
        raise bad_request("the bytes of the image must follow the request")
    return request.body
