"""The states of sandboxes and commits, what a version was made from, and what stopped jobs, in words."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from allgo_hpc.commits.states import CommitState, SandboxState

_SANDBOX = {
    SandboxState.STARTING: _l("starting"),
    SandboxState.RUNNING: _l("running"),
    SandboxState.STOPPING: _l("stopping"),
    SandboxState.STOPPED: _l("stopped"),
    SandboxState.DISCARDING: _l("being given up"),
    SandboxState.ERROR: _l("in trouble"),
}
_COMMIT = {
    CommitState.WAITING: _l("waiting"),
    CommitState.BUILDING: _l("building the image"),
    CommitState.FETCHING: _l("fetching the image"),
    CommitState.CHECKING: _l("checking the image"),
    CommitState.TESTING: _l("running the sample"),
    CommitState.READY: _l("ready"),
    CommitState.FAILED: _l("failed"),
    CommitState.ABORTED: _l("aborted"),
}
_LOOKS = {"ready": "done", "failed": "error", "aborted": "cancelled", "waiting": "pending"}
_ORIGINS = {
    "folder": _l("published from a folder by the command line"),
    "sandbox": _l("committed from the sandbox"),
    "recipe": _l("built from a recipe"),
    "import": _l("an image that was brought along"),
}


def sandbox_words(state: str | None) -> str:
    """Return the word for a sandbox's state; None: there is none."""
    return str(_SANDBOX[SandboxState(state)]) if state is not None else _("none")


def sandbox_look(state: str | None) -> str:
    """Return the class of the badge."""
    return {"running": "done", "error": "error", "stopped": "cancelled", None: "cancelled"}.get(state, "pending")


def commit_words(state: str) -> str:
    """Return the words for a commit's state."""
    return str(_COMMIT[CommitState(state)])


def commit_look(state: str) -> str:
    """Return the class of the badge."""
    return _LOOKS.get(state, "running")


def origin_words(origin: str) -> str:
    """Return what a version was made from."""
    return str(_ORIGINS.get(origin, origin))
