"""The fields of a job's form: A||GO's names, checked for near misses, turned into one request."""

from marshmallow import EXCLUDE, Schema, fields

from allgo_hpc.errors import BadInput
from allgo_hpc.near import did_you_mean
from allgo_hpc.submitting.request import Request, lines_of, words_of
from web.checks import whole_number

_WORDS = {
    "webapp_name": "The app: its short name or its number. One of these three names is needed.",
    "webapp_id": "The same.",
    "webapp": "The same.",
    "version": "Number of a version; without it the app's default one.",
    "queue": "`interactive`, `standard` or `batch`, or what else the site has; without it the app's own.",
    "param": "The words for the app, split as a shell would; nothing is expanded.",
    "memory_mb": "Mebibytes of memory; without it the app's own.",
    "cpus": "Processor cores; without it the app's own.",
    "mail_at_end": "`true`: a mail when it has ended.",
    "uploads": "Finished uploads that it takes: their ids, separated by spaces or commas; may come several times.",
    "paths": "Files of the cluster, where the site allows: absolute paths, one a line; may come several times.",
    "batch": "`each`: one job per input file, run as one Slurm array under one number.",
}


def _text(name: str) -> fields.String:
    return fields.String(data_key=f"job[{name}]", metadata={"description": _WORDS[name]})


class JobForm(Schema):
    """What can be sent with a job. Every part with a file name, under any field name, is an input file."""

    class Meta:
        """Clients send fields of their own; they are left alone."""

        unknown = EXCLUDE

    webapp_name = _text("webapp_name")
    webapp_id = _text("webapp_id")
    webapp = _text("webapp")
    version = _text("version")
    queue = _text("queue")
    param = _text("param")
    uploads = _text("uploads")
    paths = _text("paths")
    batch = _text("batch")
    memory_mb = _text("memory_mb")
    cpus = _text("cpus")
    mail_at_end = _text("mail_at_end")


class JobFormWithFiles(JobForm):
    """The same with files."""

    files = fields.Raw(
        data_key="files[0]", metadata={"type": "string", "format": "binary", "description": "An input file."}
    )


# In the order in which they are looked at for the app: clients send webapp_id and webapp_name with the same value, or
# the number in one and the name in the other; the name says what its user meant.
_APP_FIELDS = ("webapp_name", "webapp_id", "webapp")
_FORM = JobForm()  # made once: copying its fields takes longer than reading a form by them
KNOWN = frozenset(each.data_key or name for name, each in _FORM.fields.items())


def check_field_name(name: str) -> None:
    """Refuse a field that looks like one of ours and is none; others are not ours and are left alone.

    Raises:
        BadInput: names the field that was probably meant.
    """
    if name.lower().startswith("job") and name not in KNOWN:
        shown = name[:64] if name.isprintable() else "(what was sent)"
        raise BadInput(f"unknown field '{shown}'{did_you_mean(name[:64], KNOWN)}", field=shown, code="unknown_field")


def _whole_number(sent: dict[str, str], name: str) -> int | None:
    try:
        return whole_number(sent.get(name, ""))
    except ValueError as error:
        raise BadInput(f"job[{name}]: a whole number above 0", field=f"job[{name}]") from error


def _flag(field: str, text: str) -> bool | None:
    flags = {"": None, "0": False, "false": False, "1": True, "true": True}
    if text not in flags:
        raise BadInput(f"{field}: true or false", field=field)
    return flags[text]


def to_request(form: dict[str, str]) -> Request:
    """Return what the form asks for.

    Raises:
        BadInput: no app is named.
    """
    sent = _FORM.load(form)
    named = next((name for name in _APP_FIELDS if sent.get(name)), None)
    if named is None:
        raise BadInput(
            "no app is named: send job[webapp_name] or job[webapp_id]", field="job[webapp_id]", code="no_app"
        )
    return Request(
        app=sent[named],
        app_field=f"job[{named}]",
        version=sent.get("version") or None,
        queue=sent.get("queue") or None,
        param=sent.get("param", ""),
        uploads=words_of(sent.get("uploads", "")),
        paths=lines_of(sent.get("paths", "")),
        batch=sent.get("batch") or None,
        memory_mb=_whole_number(sent, "memory_mb"),
        cpus=_whole_number(sent, "cpus"),
        mail_at_end=_flag("job[mail_at_end]", sent.get("mail_at_end", "")),
    )
