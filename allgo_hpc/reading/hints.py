"""What to do about a job that did not end well: one sentence beside the reason; pure."""

from collections.abc import Sequence

from allgo_hpc.models import Job
from allgo_hpc.settings import Queue
from allgo_hpc.states import JobState


def hint(job: Job, queues: Sequence[Queue]) -> str:
    """Return a sentence that says what would help, empty where nothing needs help."""
    state = JobState(job.state)
    if state is JobState.TIMEOUT:
        longer = [queue for queue in queues if queue.minutes > (job.limit_minutes or 0)]
        if not longer:
            return "It reached the longest limit there is: send less at a time, or ask the app's contact."
        queue = min(longer, key=lambda each: each.minutes)
        return f"Run it again on the {queue.name} queue, where it may take {queue.minutes} minutes."
    return _HINTS.get(state, "")


_HINTS = {
    JobState.CREATED: "Nothing to do: it is kept, and submitted as soon as Slurm answers.",
    JobState.ERROR: "Read allgo.log: the app's own messages are there.",
    JobState.OUT_OF_MEMORY: "Send less at a time, or ask the app's contact to raise its memory.",
    JobState.NODE_FAILURE: "It is not the app's fault: run it again.",
    JobState.LOST: "It is not the app's fault: run it again.",
}
