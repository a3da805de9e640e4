"""What the API says of sandboxes, commits and samples, and what it takes of them."""

from typing import Any

from marshmallow import Schema, fields, validate

from allgo_hpc.commits.states import CommitState, SandboxState
from allgo_hpc.versions.change import LONGEST_CHANGELOG
from web.checks import Flag

_MOST_COMMITS = 100


def _said(words: str) -> dict[str, Any]:
    return {"metadata": {"description": words}}


class StartSandbox(Schema):
    """What a sandbox begins with; without anything, what is in it, or the app's base image."""

    base = fields.String(**_said("Name of a base image."))
    version = fields.String(**_said("Number of a version of the app."))
    anew = Flag(load_default=False, **_said("Give up what is in the sandbox and begin again."))


class SandboxAnswer(Schema):
    """A sandbox."""

    app = fields.String(required=True)
    state = fields.String(required=True, validate=validate.OneOf(["none", *SandboxState]))
    status = fields.String(
        required=True,
        validate=validate.OneOf(["idle", "starting", "running", "stopping", "committing", "error"]),
        **_said("A||GO's word."),
    )
    reason = fields.String(required=True, **_said("Why, in a sentence."))
    origin = fields.String(required=True, **_said("`base:<name>` or `version:<number>`; empty: there is none."))
    ssh = fields.String(required=True, **_said("The command to log in with; empty while one cannot."))
    keys = fields.Integer(required=True, **_said("How many public keys may log in."))
    usage = fields.Dict(
        required=True, allow_none=True, **_said("What the build node last said: disk, memory, processes, sessions.")
    )
    commit = fields.Integer(required=True, allow_none=True, **_said("Number of the commit that is under way."))
    created_at = fields.DateTime(required=True, allow_none=True)
    changed_at = fields.DateTime(required=True, allow_none=True)


class NewCommit(Schema):
    """A commit that is wanted."""

    changelog = fields.String(load_default="", validate=validate.Length(max=LONGEST_CHANGELOG))
    publish = Flag(
        load_default=None,
        allow_none=True,
        **_said("Its version is published and is the default once its sample passed; without it: as the app says."),
    )


class CommitEntry(Schema):
    """A commit."""

    id = fields.Integer(required=True)
    app = fields.String(required=True)
    state = fields.String(required=True, validate=validate.OneOf(list(CommitState)))
    reason = fields.String(required=True, **_said("What it is at, or why it failed."))
    percent = fields.Integer(required=True, allow_none=True, **_said("Of what it is at."))
    origin = fields.String(required=True, validate=validate.OneOf(["sandbox", "recipe", "import"]))
    changelog = fields.String(required=True)
    publish = fields.Boolean(required=True)
    sha256 = fields.String(required=True, allow_none=True)
    size = fields.Integer(required=True, allow_none=True)
    version = fields.Integer(required=True, allow_none=True, **_said("Number of its version, once it is ready."))
    job = fields.Integer(required=True, allow_none=True, **_said("Number of the job that tests it."))
    retry_of = fields.Integer(required=True, allow_none=True)
    user = fields.String(required=True)
    created_at = fields.DateTime(required=True)
    changed_at = fields.DateTime(required=True)
    finished_at = fields.DateTime(required=True, allow_none=True)


class CommitAnswer(CommitEntry):
    """A commit with its log."""

    log = fields.String(required=True, **_said("What its build said, the end of it if it is long."))


class CommitList(Schema):
    """An app's commits, newest first."""

    commits = fields.List(fields.Nested(CommitEntry), required=True)


class CommitsQuery(Schema):
    """How many."""

    limit = fields.Integer(load_default=20, validate=validate.Range(1, _MOST_COMMITS))


class SampleFile(Schema):
    """An input of the sample."""

    name = fields.String(required=True)
    size = fields.Integer(required=True)


class SampleAnswer(Schema):
    """What every new version must run well with."""

    app = fields.String(required=True)
    param = fields.String(required=True)
    files = fields.List(fields.Nested(SampleFile), required=True)
    user = fields.String(required=True, **_said("Who gave it."))
    created_at = fields.DateTime(required=True)


class SampleOfJob(Schema):
    """A job whose inputs and param string become the sample."""

    job = fields.Integer(required=True, strict=True, validate=validate.Range(1, 999_999_999))
