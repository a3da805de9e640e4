"""The fields of a job's form: A||GO's names, checked for near misses, turned into one request."""

from allgo_hpc.errors import BadInput
from allgo_hpc.jobs.submission import Request
from allgo_hpc.near import did_you_mean

# In the order in which they are looked at for the app: clients send webapp_id and webapp_name with the same value.
APP_FIELDS = ("job[webapp_name]", "job[webapp_id]", "job[webapp]")
KNOWN = frozenset({*APP_FIELDS, "job[version]", "job[queue]", "job[param]"})
MOST_FIELDS = 200
MOST_FIELD_BYTES = 2 * 1024 * 1024


def check_field_name(name: str) -> None:
    """Refuse a field that looks like one of ours and is none; others are not ours and are left alone.

    Raises:
        BadInput: names the field that was probably meant.
    """
    if name.lower().startswith("job") and name not in KNOWN:
        shown = name[:64] if name.isprintable() else "(what was sent)"
        raise BadInput(f"unknown field '{shown}'{did_you_mean(name[:64], KNOWN)}", field=shown, code="unknown_field")


def to_request(fields: dict[str, str]) -> Request:
    """Return what the form asks for.

    Raises:
        BadInput: no app is named, or two different ones.
    """
    named = {field: fields[field] for field in APP_FIELDS if fields.get(field)}
    if not named:
        raise BadInput(
            "no app is named: send job[webapp_name] or job[webapp_id]", field="job[webapp_id]", code="no_app"
        )
    # A client may send the number in one and the name in the other: the name says what its user meant.
    field, app = next(iter(named.items()))
    return Request(
        app=app,
        app_field=field,
        version=fields.get("job[version]") or None,
        queue=fields.get("job[queue]") or None,
        param=fields.get("job[param]", ""),
    )
