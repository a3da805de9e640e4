"""What somebody asks to run, checked field by field; the same for a form, a script, a page and a re-run."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from allgo_hpc.apps import find_app, find_version
from allgo_hpc.errors import BadInput, NotAllowed, TooLarge
from allgo_hpc.models import App, User, Version
from allgo_hpc.near import did_you_mean
from allgo_hpc.reading.why import size as size_text
from allgo_hpc.services import Services
from allgo_hpc.settings import Queue, Settings
from allgo_hpc.submitting.params import split_param
from allgo_hpc.submitting.staging import Staging

BATCH_WORDS = ("each",)
LEAST_MEMORY_MB = 16


@dataclass(frozen=True, kw_only=True)
class Request:
    """What a user asks for, as it was sent."""

    app: str
    app_field: str = "job[webapp_name]"
    version: str | None = None
    queue: str | None = None
    param: str = ""
    batch: str | None = None
    rerun_of: int | None = None
    memory_mb: int | None = None
    cpus: int | None = None
    mail_at_end: bool | None = None
    uploads: tuple[str, ...] = ()
    """Finished uploads that it takes, beside the files that were sent with it."""
    paths: tuple[str, ...] = ()
    """Files of the cluster that it reads as its user."""
    untested: bool = False
    """The version is one that is not ready: this is its test."""


@dataclass(frozen=True)
class Plan:
    """A request that was found right."""

    app: App
    version: Version
    queue: Queue
    words: list[str]
    each: bool


def check(session: Session, services: Services, user: User, request: Request) -> Plan:
    """Check every field of a request.

    Raises:
        Refusal: naming the field.
    """
    if not user.active:
        raise NotAllowed("this account is closed")
    app = find_app(session, user, request.app, field=request.app_field)
    version = find_version(session, user, app, request.version, field="job[version]", untested=request.untested)
    queue = find_queue(services, request.queue or app.default_queue)
    words = split_param(request.param, most_bytes=services.settings.param_max_bytes)
    check_memory(services, app, request)
    check_cpus(services, app, request)
    if request.batch is not None and request.batch not in BATCH_WORDS:
        raise BadInput("job[batch]: the only word it may be is 'each' (one job per input file)", field="job[batch]")
    return Plan(app, version, queue, words, each=request.batch is not None)


def check_memory(services: Services, app: App, request: Request) -> None:
    """Check the memory that a user wants for a job.

    Raises:
        BadInput: less than any job gets, or more than the app and the site allow.
    """
    _check_within("job[memory_mb]", request.memory_mb, LEAST_MEMORY_MB, most_memory_mb(services.settings, app))


def check_cpus(services: Services, app: App, request: Request) -> None:
    """Check the processor cores that a user wants for a job.

    Raises:
        BadInput: none at all, or more than the app and the site allow.
    """
    _check_within("job[cpus]", request.cpus, 1, most_cpus(services.settings, app))


def most_memory_mb(settings: Settings, app: App) -> int:
    """Return the mebibytes that a user may ask for a job of an app: its own are always allowed; pure."""
    return max(settings.memory_max_mb, app.memory_mb)


def most_cpus(settings: Settings, app: App) -> int:
    """Return the processor cores that a user may ask for a job of an app: its own are always allowed; pure."""
    return max(settings.cpus_max, app.cpus)


def _check_within(field: str, value: int | None, least: int, most: int) -> None:
    if value is not None and not least <= value <= most:
        raise BadInput(f"{field} is {value}; it may be {least} to {most}", field=field)


def check_input_bytes(app: App, staging: Staging) -> int:
    """Return the bytes of the inputs together.

    Raises:
        TooLarge: more than the app takes.
    """
    total = staging.total_bytes
    most = app.input_max_bytes
    if most is not None and total > most:
        ask = f" Ask {app.contact} for more." if app.contact else ""
        raise TooLarge(
            f"the inputs have {size_text(total)}; the app '{app.name}' takes {size_text(most)} in one job.{ask}",
            field="files",
            code="quota_exceeded",
        )
    return total


def words_of(text: str) -> tuple[str, ...]:
    """Return the ids of uploads that a field holds, separated by commas, spaces or lines; pure."""
    return tuple(text.replace(",", " ").split())


def lines_of(text: str) -> tuple[str, ...]:
    """Return the paths that a field holds, one a line; pure. A path may begin or end with a space."""
    return tuple(line.removesuffix("\r") for line in text.split("\n") if line.strip())


def find_queue(services: Services, name: str) -> Queue:
    """Return the queue of that name.

    Raises:
        BadInput: there is none; names the near miss.
    """
    queue = services.settings.queue(name)
    if queue is None:
        known = [each.name for each in services.settings.queues]
        shown = name[:32] if name.isprintable() else "(what was sent)"
        raise BadInput(
            f"job[queue]: there is no queue '{shown}'{did_you_mean(name[:32], known)}",
            field="job[queue]",
            code="unknown_queue",
        )
    return queue
