"""What stands in the run form when it is first shown: the app's own, a link's, or those of an earlier job."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from allgo_hpc.apps import list_versions, owns
from allgo_hpc.errors import BadInput, Refusal
from allgo_hpc.models import App, Job, JobInput, User, Version
from allgo_hpc.parameters.texts import defaults, to_texts
from allgo_hpc.parameters.values import parse, render
from allgo_hpc.reading.lookup import find_job
from web.pages.running import names

_MOST_INPUTS = 20
FROM_LINK = {
    "param": names.PARAM, "queue": names.QUEUE, "version": names.VERSION, "memory_mb": names.MEMORY,
    "cpus": names.CORES, "batch": names.BATCH, "preset": names.PRESET, "from": names.FROM,
}  # fmt: skip
"""What the address of the form may fill in."""


@dataclass(frozen=True)
class Source:
    """The job whose inputs and values are taken over.

    Attributes:
        job: which.
        inputs: the first of its input files.
        count: how many it has.
        size: their bytes together.
        problem: why its inputs cannot be taken over; empty: they can.
    """

    job: Job
    inputs: list[JobInput] = field(default_factory=list)
    count: int = 0
    size: int = 0
    problem: str = ""


def find_source(session: Session, user: User, app: App, wanted: str) -> Source:
    """Return the earlier job that the form is filled from.

    Raises:
        NotFound: there is none, or it is another user's.
        BadInput: it ran another app.
    """
    job = find_job(session, user, wanted, deleted=True, field=names.FROM)
    if job.app_id != app.id:
        raise BadInput(f"job {job.id} ran the app '{job.app.name}'", field=names.FROM)
    jobs = select(Job.id).where(Job.parent_id == job.id) if job.tasks else [job.id]
    of_job = JobInput.job_id.in_(jobs)
    count, size = session.execute(select(func.count(), func.coalesce(func.sum(JobInput.size), 0)).where(of_job)).one()
    rows = select(JobInput).where(of_job).order_by(JobInput.job_id, JobInput.name).limit(_MOST_INPUTS)
    return Source(job, list(session.scalars(rows)), count, int(size), "deleted" if job.deleted_at else "")


def usable_versions(session: Session, app: App, user: User) -> list[Version]:
    """Return the versions that a user may name, newest first: the published ones, the owner's all."""
    return [one for one in list_versions(session, app) if one.published or owns(app, user)]


def first_values(app: App, user: User, link: Mapping[str, str], source: Source | None, *, most: int) -> dict[str, str]:
    """Return what stands in each field; pure.

    Args:
        app: which is run.
        user: by whom.
        link: what the address says.
        source: the earlier job.
        most: bytes that a param string may have.
    """
    values = {names.QUEUE: app.default_queue, names.MAIL: "true" if user.mail_at_end else ""}
    if source is not None:
        job = source.job
        values |= {
            names.PARAM: job.param,
            names.QUEUE: job.queue,
            names.VERSION: str(job.version.number),
            names.MEMORY: "" if job.memory_mb == app.memory_mb else str(job.memory_mb),
            names.CORES: "" if job.cpus == app.cpus else str(job.cpus),
            names.FROM: str(job.id),
            names.TAKE: "" if source.problem or not source.count else "1",
        }
        if job.mail_at_end:
            values[names.MAIL] = "true"
    values |= {FROM_LINK[name]: text for name, text in link.items() if name in FROM_LINK and name != "from"}
    preset = next((one for one in app.presets or [] if one["name"] == values.get(names.PRESET)), None)
    if preset is not None:
        values[names.PARAM] = preset["param"]
    return values | typed(app, values.get(names.PARAM), most=most)


def typed(app: App, param: str | None, *, most: int) -> dict[str, str]:
    """Return what stands in the typed fields for a param string, None: their defaults; and the string; pure."""
    parameters = app.parameters or []
    if not parameters:
        return {names.PARAM: param or ""}
    made: dict[str, object]
    if param is None:
        made = defaults(parameters)
        text = ""
        with suppress(Refusal):  # what is needed is not there yet
            text = render(parameters, made, most_bytes=most)
    else:
        text = param
        try:
            made = dict(parse(parameters, param, most_bytes=most))
        except Refusal:  # the text is more than the fields can say, and counts
            return {names.PARAM: text, names.MODE: "string"}
    fields = {names.value(name): shown for name, shown in to_texts(made).items()}
    return fields | {names.PARAM: text, names.MODE: "values"}
