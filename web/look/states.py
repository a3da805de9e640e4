"""A job's state in words."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from allgo_hpc.states import JobState

_WORDS = {
    JobState.CREATED: _l("accepted"),
    JobState.SUBMITTED: _l("submitted"),
    JobState.PENDING: _l("waiting"),
    JobState.RUNNING: _l("running"),
    JobState.FINISHING: _l("finishing"),
    JobState.DONE: _l("done"),
    JobState.ERROR: _l("failed"),
    JobState.TIMEOUT: _l("time limit reached"),
    JobState.OUT_OF_MEMORY: _l("out of memory"),
    JobState.CANCELLED: _l("cancelled"),
    JobState.NODE_FAILURE: _l("node failed"),
    JobState.LOST: _l("lost"),
}


def state_words(state: str) -> str:
    """Return the word for a job's state."""
    return str(_WORDS[JobState(state)]) if state in {each.value for each in JobState} else _("unknown")
