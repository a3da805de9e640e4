"""Pages of web/pages/jobs, and what they show."""

from datetime import timedelta

from allgo_hpc.models import Job, utc_now
from slurm import State, Waiting
from tests.browser.place import Place
from tests.browser.stage import Stage

PLACES: tuple[Place, ...] = (
    Place("job-pending", "/jobs/{pending_job}", "ada"),
    Place("job-running", "/jobs/{running_job}", "ada"),
    Place("job-done", "/jobs/{done_job}", "ada"),
    Place("job-failed", "/jobs/{failed_job}", "ada"),
    Place("job-timeout", "/jobs/{timeout_job}", "ada"),
    Place("job-memory", "/jobs/{memory_job}", "ada"),
    Place("job-node", "/jobs/{node_job}", "ada"),
    Place("job-lost", "/jobs/{lost_job}", "ada"),
    Place("job-cancelled", "/jobs/{cancelled_job}", "ada"),
    Place("job-cancelling", "/jobs/{cancelling_job}", "ada"),
    Place("job-batch", "/jobs/{batch_job}", "ada"),
    Place("job-deleted", "/jobs/{deleted_job}", "ada"),
    Place("job-log", "/jobs/{failed_job}/log", "ada"),
    Place("job-log-search", "/jobs/{failed_job}/log?search=frame", "ada"),
    Place("job-compare", "/jobs/compare?a={done_job}&b={failed_job}", "ada"),
)

LOG = b"".join(b"frame %d of 400: \x1b[32mok\x1b[0m\n" % number for number in range(400))
NASTY = (
    b"\x1b]0;a title\x07\x1b]8;;https://evil.example/\x07a link\x1b]8;;\x07"
    b" and <b>markup</b> <script>alert(1)</script>\n"
    b"\x1b[2J\x1b[10;10Hmoved \xff\xfe\x00 \xe2\x80\xaegnp.exe\n10 %\r60 %\r100 %\n"
    b"\x1b[1;31mError: the input has no frames\x1b[0m\n"
)


def furnish(stage: Stage) -> None:
    """Make what these pages show: a job in every state, with much that is ugly."""
    world = stage.world
    files = {"moon.txt": b"The moon.\n"}
    done = stage.ended(
        {"statistics.csv": b"file,words\nmoon.txt,12\n", "allgo.log": LOG}, files=files, param="--mode fast -n 3"
    )
    stage.ids["done_job"] = done.id
    left = {"allgo.log": LOG + NASTY, "statistics.csv": b"file,words\n"}
    param = "--mode slow -n 3 <b>bold</b> \u202egnp.exe " + "x" * 300
    failed = stage.ended(left, state=State.FAILED, code=3, files=files | {"a" * 200 + ".txt": b"x"}, param=param)
    stage.ids["failed_job"] = failed.id
    for name, state in (("timeout", State.TIMEOUT), ("memory", State.OUT_OF_MEMORY), ("node", State.NODE_FAIL)):
        stage.ids[f"{name}_job"] = stage.ended({}, state=state, code=0, queue="interactive").id
    stage.ids["cancelled_job"] = stage.ended({}, state=State.CANCELLED).id
    _measure(stage, done, failed)
    stage.ids["pending_job"] = _pending(stage)
    stage.ids["running_job"] = running(stage, LOG[:2000] + NASTY).id
    cancelling = running(stage, b"working\n")
    stage.ids["cancelling_job"] = cancelling.id
    cancelling.cancel_at, cancelling.reason = utc_now(), "Cancelling: it is being ended."
    lost = world.submit()
    lost.state, lost.finished_at = "lost", utc_now()
    lost.reason = "Slurm does not know this job any more, and it left no word of its end."
    stage.ids["lost_job"] = lost.id
    batch = world.submit("--each " + "y" * 200, {f"{'n' * 60}{at}.txt": b"1" for at in range(60)}, batch="each")
    stage.ids["batch_job"] = batch.id
    world.session.commit()
    for task, state in ((0, State.COMPLETED), (1, State.FAILED), (2, State.RUNNING)):
        ended = {"exit_code": 0 if task == 0 else 2, "signal": 0} if state is not State.RUNNING else {}
        world.slurm.say(batch.uuid, state, task=task, **ended)
    deleted = stage.ended({"allgo.log": NASTY}, files=files, param="--old")
    deleted.deleted_at, deleted.reason = utc_now(), ""
    stage.ids["deleted_job"] = deleted.id
    world.session.commit()
    world.sweep()


def running(stage: Stage, log: bytes) -> Job:
    """A job that runs and has written this."""
    world = stage.world
    job = world.submit(files={"moon.txt": b"The moon.\n"}, queue="batch")
    begun = utc_now() - timedelta(minutes=4)
    (world.services.layout.job_dir(job) / "allgo.log").write_bytes(log)
    world.slurm.say(job.uuid, State.RUNNING, nodes="c1", started_at=begun)
    world.sweep()
    job.progress, job.progress_message = 0.4, "denoising \u202eframe 3"
    world.session.commit()
    return job


def _pending(stage: Stage) -> int:
    world = stage.world
    job = world.submit(files={"moon.txt": b"The moon.\n"})
    world.slurm.say(job.uuid, State.PENDING, reason="Priority")
    world.sweep()
    assert job.slurm_id is not None
    wanted, soon = frozenset({"standard"}), utc_now() + timedelta(minutes=25)
    world.slurm.line = [
        Waiting(7, wanted, 9, None),
        Waiting(8, wanted, 8, None),
        Waiting(job.slurm_id, wanted, 5, soon),
    ]
    return job.id


def _measure(stage: Stage, *jobs: Job) -> None:
    for number, job in enumerate(jobs, 1):
        assert job.finished_at is not None
        job.started_at = job.finished_at - timedelta(minutes=3 * number)
        job.peak_memory_bytes, job.cpu_s = 50 * 2**20 // number, 170.0 * number
    stage.world.session.commit()
