"""Pages of web/pages/jobs, and what they show."""

from datetime import timedelta

from allgo_hpc.models import utc_now
from allgo_hpc.quotas.check import set_quotas
from allgo_hpc.states import JobState
from slurm import State
from tests.browser.place import Place
from tests.browser.stage import Stage

PLACES: tuple[Place, ...] = (
    Place("jobs", "/jobs", "ada"),
    Place("jobs-nothing-found", "/jobs?text=no+such+words&show=failed", "ada"),
    Place("jobs-empty", "/jobs", "bob"),
)


def furnish(stage: Stage) -> None:
    """Make what these pages show: jobs in every state, a batch, long and right-to-left texts, limits nearly reached."""
    world, now = stage.world, utc_now()
    done = stage.ended({"statistics.csv": b"file,words\nmoon.txt,12\n"}, files={"moon.txt": b"The moon.\n"})
    stage.ids["listed_job"] = done.id
    for number, state in enumerate(JobState):
        started = {"started_at": now - timedelta(minutes=50)} if number > 2 else {}
        ended = {"finished_at": now - timedelta(minutes=3 * number)} if state.is_final else {}
        world.job(state, stored_bytes=3**number * 1000, param=f"-n {number}", **started, **ended)
    world.job(
        JobState.RUNNING, progress=0.42, progress_message="تحليل الصور", started_at=now, param="--label=" + "w" * 300
    )
    world.job(JobState.DONE, param="<b>bold</b> שלום", expires_at=now + timedelta(days=2), finished_at=now)
    batch = world.batch(4)
    world.slurm.say(batch.uuid, State.COMPLETED, task=0, exit_code=0, signal=0)
    world.slurm.say(batch.uuid, State.FAILED, task=1, exit_code=3, signal=0)
    set_quotas(world.session, world.user, {"stored_bytes": 2**30, "jobs_at_once": 12})
