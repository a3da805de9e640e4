"""What the API says of jobs, for the OpenAPI document; what it takes, for document and checks alike."""

from typing import Any

from marshmallow import INCLUDE, Schema, fields, validate

from allgo_hpc.reading.listing import MOST
from allgo_hpc.states import JobState
from web.checks import Flag, Whole
from web.moments import Moment
from web.paging import CURSOR

STATES = [state.value for state in JobState]
_V1 = ["in progress", "done", "error", "timeout"]


def _said(words: str, **more: Any) -> dict[str, Any]:  # noqa: ANN401
    return {"metadata": {"description": words}, **more}


class Accepted(Schema):
    """An accepted job."""

    id = fields.Integer(required=True, **_said("Number of the job (or of the batch)."))
    url = fields.String(required=True, **_said("Where to ask for it."))
    avg_time = fields.Integer(
        required=True, **_said("Mean run time in seconds of all jobs of this app that ended well.")
    )
    state = fields.String(required=True, validate=validate.OneOf(STATES))
    slurm_id = fields.Integer(
        required=True, allow_none=True, **_said("Slurm's id; null where Slurm did not answer and gets the job later.")
    )
    tasks = fields.Integer(**_said("Of a batch: how many jobs it has."))


class Asked(Schema):
    """What Slurm was asked for."""

    cpus = fields.Integer(required=True)
    memory_mb = fields.Integer(required=True)
    minutes = fields.Integer(required=True, allow_none=True)


class Used(Schema):
    """What the job used; empty until its end, or where the node could not tell."""

    seconds = fields.Float(required=True, allow_none=True)
    cpu_seconds = fields.Float(required=True, allow_none=True)
    peak_memory_bytes = fields.Integer(required=True, allow_none=True)


class Resources(Schema):
    """Asked and used."""

    asked = fields.Nested(Asked, required=True)
    used = fields.Nested(Used, required=True)


class Batch(Schema):
    """The tasks of a batch."""

    tasks = fields.Integer(required=True)
    states = fields.Dict(
        required=True, keys=fields.String(), values=fields.Integer(), **_said("How many in each state.")
    )
    url = fields.String(required=True, **_said("Where they are listed."))


class JobSummary(Schema):
    """A job."""

    id = fields.Integer(required=True)
    status = fields.String(required=True, validate=validate.OneOf(_V1), **_said("A||GO's word."))
    state = fields.String(required=True, validate=validate.OneOf(STATES), **_said("The portal's word."))
    reason = fields.String(required=True, **_said("Why it is in this state, in a sentence."))
    hint = fields.String(required=True, **_said("What would help, in a sentence."))
    app = fields.String(required=True)
    version = fields.Integer(required=True)
    queue = fields.String(required=True)
    param = fields.String(required=True)
    progress = fields.Float(required=True, allow_none=True, **_said("0 to 1, as the app says."))
    progress_message = fields.String(required=True)
    exit_code = fields.Integer(required=True, allow_none=True)
    signal = fields.Integer(required=True, allow_none=True)
    slurm_id = fields.Integer(required=True, allow_none=True)
    parent = fields.Integer(required=True, allow_none=True, **_said("Of a task: its batch."))
    task = fields.Integer(required=True, allow_none=True, **_said("Of a task: its number in the array."))
    rerun_of = fields.Integer(required=True, allow_none=True, **_said("The job whose inputs it took over."))
    image_sha256 = fields.String(required=True, **_said("Digest of the image that it runs."))
    resources = fields.Nested(Resources, required=True)
    created_at = fields.DateTime(required=True)
    submitted_at = fields.DateTime(required=True, allow_none=True)
    started_at = fields.DateTime(required=True, allow_none=True)
    finished_at = fields.DateTime(required=True, allow_none=True)
    confirmed_at = fields.DateTime(required=True, allow_none=True, **_said("When Slurm or the job last said so."))
    cancel_at = fields.DateTime(required=True, allow_none=True, **_said("When cancelling was asked for."))
    expires_at = fields.DateTime(required=True, allow_none=True, **_said("When its files are removed."))
    deleted_at = fields.DateTime(required=True, allow_none=True, **_said("When its files were removed."))


class ActionEntry(Schema):
    """Something that can be done about the job, ready to be sent."""

    name = fields.String(required=True, **_said("`rerun` or `cancel`."))
    label = fields.String(required=True, **_said("What stands on the button."))
    method = fields.String(required=True)
    url = fields.String(required=True)
    body = fields.Dict(required=True, **_said("What to send, as JSON."))


class JobAnswer(JobSummary):
    """A job, its files under its number as key: name to address, empty until the end."""

    class Meta:
        """The number is a key, which no schema can name."""

        unknown = INCLUDE

    url = fields.String(required=True)
    log_tail = fields.String(required=True, **_said("The last lines of its log; empty until its end."))
    actions = fields.List(fields.Nested(ActionEntry), required=True, **_said("What would help, most helpful first."))
    batch = fields.Nested(Batch)


class JobList(Schema):
    """A page of jobs, newest first."""

    jobs = fields.List(fields.Nested(JobSummary), required=True)
    next = fields.String(required=True, allow_none=True, **_said("Address of the next page; null at the end."))


class ListQuery(Schema):
    """What a list is to hold."""

    app = fields.String(validate=validate.Length(1, 64), **_said("Short name of an app."))
    state = fields.List(
        fields.String(validate=validate.OneOf(STATES)), **_said("One of these states; may come several times.")
    )
    queue = fields.String(validate=validate.Length(1, 32), **_said("Name of a queue."))
    created_after = Moment(**_said("At that time or later (RFC 3339, with its zone)."))
    created_before = Moment(**_said("Before that time."))
    parent = fields.Integer(validate=validate.Range(1, 999_999_999), **_said("The tasks of that batch."))
    deleted = fields.Boolean(
        load_default=False, **_said("Those whose files were deleted, instead of those that still have them.")
    )
    limit = fields.Integer(load_default=50, validate=validate.Range(1, MOST), **_said("Jobs on a page."))
    cursor = fields.String(metadata=CURSOR)


class Changes(Schema):
    """What is to differ from the earlier job."""

    param = fields.String(**_said("Another param string."))
    queue = fields.String(validate=validate.Length(1, 32), **_said("Another queue."))
    version = fields.String(validate=validate.Length(1, 32), **_said("Another version, by its number."))
    memory_mb = Whole(**_said("Mebibytes of memory; empty: the app's own."))
    cpus = Whole(**_said("Processor cores; empty: the app's own."))
    mail_at_end = Flag(**_said("A mail when it has ended."))
    uploads = fields.String(
        **_said("Finished uploads, separated by spaces or commas: each takes the place of the input of its name.")
    )
    paths = fields.String(**_said("Files of the cluster, where the site allows, one a line; likewise."))


class ChangesWithFiles(Changes):
    """The same with files."""

    files = fields.Raw(
        data_key="files[0]",
        metadata={"type": "string", "format": "binary", "description": "Takes the place of the input of its name."},
    )


class Keep(Schema):
    """How long the files are wanted."""

    days = fields.Float(load_default=30.0, validate=validate.Range(0.01, 36500), **_said("Days from now on."))


class FileEntry(Schema):
    """A file of an ended job."""

    name = fields.String(required=True, **_said("Flat and unique in its job."))
    path = fields.String(required=True, **_said("Where it lay below the job's folder."))
    size = fields.Integer(required=True, **_said("Bytes."))
    sha256 = fields.String(required=True)
    is_input = fields.Boolean(required=True, **_said("It was sent with the job (the app may have changed it)."))
    url = fields.String(required=True)
    task = fields.Integer(**_said("In a batch: of which task."))


class FileList(Schema):
    """The files of a job; empty until its end."""

    files = fields.List(fields.Nested(FileEntry), required=True)
