"""The run form: what it needs to be shown on an app's page."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlencode
from uuid import uuid4

from flask import request

from allgo_hpc.apps import default_of
from allgo_hpc.clusterpaths import offered
from allgo_hpc.errors import BadInput, Refusal
from allgo_hpc.models import App, User
from allgo_hpc.submitting.request import most_cpus, most_memory_mb
from web.context import base_url, get_services, get_session
from web.look.filled import Filled
from web.pages.running import names
from web.pages.running.prefill import FROM_LINK, Source, find_source, first_values, usable_versions
from web.pages.running.sent import api_fields, param_of, rerun_fields
from web.pages.running.snippets import Ask, as_curl, as_notebook, as_python

_LONGEST_LINK = 4000
"""Characters; longer ones are refused by servers on the way."""


def form_context(app: App, user: User | None, filled: Filled | None = None) -> dict[str, Any]:
    """Return what ``running/form.html`` shows; ``filled`` where the form comes back refused.

    ``?from=<job>`` in the page's address fills it from that job, ``?param=…&queue=…`` and the like from the link.
    """
    told: dict[str, Any] = {"app": app, "user": user, "filled": filled or Filled(), "run": None}
    if user is None:
        return told
    session, services = get_session(), get_services()
    versions = usable_versions(session, app, user)
    if not versions:
        return told
    most = services.settings.param_max_bytes
    source, lost = _source(app, user, filled)
    if filled is None:
        filled = Filled(first_values(app, user, request.args, source, most=most))
    values = {name: str(text) for name, text in filled.values.items()}
    default = default_of(app, versions)
    shown = {str(one.number) for one in versions}
    told |= {
        "filled": filled,
        "run": {
            "key": str(uuid4()),
            "queues": services.settings.queues,
            "versions": versions,
            "default_version": default.number if default else None,
            "version_gone": values.get(names.VERSION, "") if values.get(names.VERSION, "") not in {"", *shown} else "",
            "source": source,
            "lost": lost,
            "code": code_of(app, values, []),
            "memory_max_mb": most_memory_mb(services.settings, app),
            "cpus_max": most_cpus(services.settings, app),
            "most_files": services.settings.upload_max_files,
            "most_tasks": services.settings.batch_max_tasks,
            "most_bytes": min(services.settings.upload_max_bytes, app.input_max_bytes or 2**62),
            "paths": offered(services.settings, user),
            "names": names,
        },
    }
    return told


def _source(app: App, user: User, filled: Filled | None) -> tuple[Source | None, Refusal | None]:
    """Return the job that is taken over, or why the one that was asked for is not."""
    wanted = str(filled.value(names.FROM)) if filled is not None else request.args.get("from", "")
    if not wanted:
        return None, None
    try:
        return find_source(get_session(), user, app, wanted), None
    except Refusal as error:
        return None, error


def code_of(app: App, values: Mapping[str, str], files: list[str]) -> dict[str, str]:
    """Return what the form means as code, for each language."""
    try:
        param = param_of(app, values, most=get_services().settings.param_max_bytes)
    except BadInput:
        param = values.get(names.PARAM, "")
    if values.get(names.FROM) and values.get(names.TAKE):
        path = f"/api/v1/jobs/{quote(values[names.FROM], safe='')}/rerun"
        ask = Ask(base_url(), rerun_fields(values, param), files, path=path, none=True)
    else:
        ask = Ask(base_url(), api_fields(app, values, param), files, none=bool(values.get(names.PATHS)))
    return {"curl": as_curl(ask), "python": as_python(ask), "notebook": as_notebook(ask)}


def link_to(app: str, values: Mapping[str, str]) -> str:
    """Return the address of the form filled in so; without what would make it too long."""
    kept = {short: values[name] for short, name in FROM_LINK.items() if values.get(name)}
    address = f"/apps/{quote(app, safe='')}/run"
    whole = f"{address}?{urlencode(kept)}" if kept else address
    return whole if len(whole) <= _LONGEST_LINK else address
