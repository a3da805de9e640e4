"""The verbs of commits: begin, ask, end. Each can be asked again."""

import signal

from containers.node import processes
from containers.node.commits.place import CommitPlace
from containers.node.commits.state import read_state, told
from containers.node.commits.work import begin
from containers.node.images import built
from containers.node.locks import locked
from containers.node.protocol.request import Answer, Request
from containers.node.sandboxes.places import Places

_LAST_S = 30.0


def commit(request: Request) -> Answer:
    """Begin to make an image of a sandbox; what was begun goes on."""
    place = _place(request)
    with locked(place.places.settings.run, f"{place.places.name}.commit"):
        note = read_state(place)
        return Answer(told(note if note is not None else begin(place, request.arguments["message"])))


def commit_status(request: Request) -> Answer:
    """Tell how far it is: at once where it has ended, else after some seconds or at its end."""
    place = _place(request)
    note = read_state(place)
    if note is not None and not note.has_ended:
        processes.wait_for_end(note.pid, note.started, request.arguments["wait"])
        note = read_state(place)
    return Answer({"failed": "the build node knows nothing of this commit: try again"} if note is None else told(note))


def commit_end(request: Request) -> Answer:
    """End it if it is under way, and forget it with its image."""
    place = _place(request)
    with locked(place.places.settings.run, f"{place.places.name}.commit"):
        note = read_state(place)
        if note is not None:
            # It puts away what it had begun, and lets the sandbox go on.
            processes.end(note.pid, note.started, by=signal.SIGTERM, wait_s=_LAST_S)
            processes.end(note.pid, note.started)
            last = read_state(place)
            if last is not None and last.sha256:
                built.drop_built(place.places, last.sha256)
        place.remove()
    return Answer({})


def _place(request: Request) -> CommitPlace:
    return CommitPlace(Places(request.settings, request.arguments["name"]), request.arguments["commit"])
