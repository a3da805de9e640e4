"""Every operation of the specification, with values made up from it: nothing fails, nothing is answered outside it."""

import os
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from schemathesis.engine import events, from_schema
from schemathesis.specs.openapi.definitions import OPENAPI_30_VALIDATOR
from schemathesis.transport.wsgi import WSGITransport

from allgo_hpc.commits import candidate
from tests.fast.domain.workbench import Looked
from tests.fast.web.conftest import MakePortal
from tests.fast.web.portal import Portal
from tests.fast.web.specification import Inhabited
from tests.fast.web.specification_tour import Tour

DOCUMENT = "/api/v1/openapi.json"
FACTOR = float(os.environ.get("ALLGO_SPECIFICATION_FACTOR", "1"))
"""For a longer look: so many times as many made-up requests."""
_WORDS = "which words, numbers and dates make sense is more than a schema says"
_MEMBER = "DELETE /api/v1/groups/{group_name}/members/{user_name}"
NOT_ONLY_BY_SCHEMA = {
    "POST /api/v1/jobs": _WORDS,
    "POST /api/v1/jobs/{job_id}/rerun": _WORDS,
    "POST /api/v1/jobs/{job_id}/keep": "how long it may be depends on the job's end and the site",
    "POST /api/v1/jobs/{job_id}/shares": "how long it may be says the site",
    "POST /api/v1/uploads": "headers that belong together are more than a schema says",
    "PATCH /api/v1/uploads/{upload_id}": "headers that belong together are more than a schema says",
    "POST /api/v1/uploads/{upload_id}": "headers that belong together are more than a schema says",
    "GET /api/v1/cluster-files": "what may be read says the site",
    "POST /api/v1/tokens": _WORDS,
    "POST /api/v1/webhooks": _WORDS,
    "POST /api/v1/apps": _WORDS,
    "PATCH /api/v1/apps/{app_name}": _WORDS,
    "PUT /api/v1/apps/{app_name}/icon": "any bytes are no picture",
    "POST /api/v1/apps/{app_name}/parameters/render": _WORDS,
    "POST /api/v1/apps/{app_name}/parameters/parse": _WORDS,
    "PUT /api/v1/apps/{app_name}/boutiques": "what a descriptor is says Boutiques",
    "POST /api/v1/parameters/draft": "a text may hold no parameter",
    "PATCH /api/v1/apps/{app_name}/versions/{number}": "PostgreSQL takes no NUL, nor does the portal",
    "POST /api/v1/account/ssh-keys": _WORDS,
    "POST /api/v1/apps/{app_name}/sandbox": _WORDS,
    "POST /api/v1/apps/{app_name}/commits": _WORDS,
    "PUT /api/v1/apps/{app_name}/sample": _WORDS,
    "POST /api/v1/apps/{app_name}/recipes": "what a recipe is is said by its words",
    "POST /api/v1/apps/{app_name}/imports": "one file must be sent, under any field name",
    "POST /api/v1/apps/{app_name}/shares": "a user or a group, not both",
    "POST /api/v1/groups/{group_name}/members": _WORDS,
    "GET /api/v1/metrics/{what}/{app_name}": _WORDS,
}
"""Operations that may refuse what the schema allows, with the reason; all others take everything that it allows."""
REFUSED = {
    ("GET /api/v1/jobs/{job_id}", 304), ("GET /api/v1/jobs/{job_id}", 410), ("GET /api/v1/jobs/{job_id}", 404),
    ("POST /api/v1/jobs/{job_id}/cancel", 409), ("POST /api/v1/jobs/{job_id}/rerun", 409),
    ("DELETE /api/v1/jobs/{job_id}", 409), ("GET /api/v1/jobs/{job_id}/archive", 409),
    ("GET /api/v1/jobs/{job_id}/archive", 416), ("POST /api/v1/jobs", 400), ("POST /api/v1/jobs", 422),
    ("GET /api/v1/datastore/{job_id}/{name}", 410), ("POST /api/v1/webhooks", 400),
    ("POST /api/v1/apps", 400), ("POST /api/v1/apps", 409), ("PUT /api/v1/apps/{app_name}/icon", 400),
    ("PATCH /api/v1/apps/{app_name}/versions/{number}", 409), ("POST /api/v1/account/ssh-keys", 400),
    ("GET /api/v1/apps/{app_name}/icon", 404), ("DELETE /api/v1/apps/{app_name}/versions/{number}", 409),
    ("POST /api/v1/apps/{app_name}/sandbox", 400), ("POST /api/v1/apps/{app_name}/sandbox", 409),
    ("POST /api/v1/apps/{app_name}/sandbox/stop", 409), ("DELETE /api/v1/apps/{app_name}/sandbox", 409),
    ("POST /api/v1/apps/{app_name}/commits", 400), ("POST /api/v1/apps/{app_name}/commits", 409),
    ("GET /api/v1/apps/{app_name}/commits/{commit_id}", 404),
    ("POST /api/v1/apps/{app_name}/commits/{commit_id}/abort", 409),
    ("POST /api/v1/apps/{app_name}/commits/{commit_id}/retry", 409),
    ("GET /api/v1/apps/{app_name}/sample", 404), ("PUT /api/v1/apps/{app_name}/sample", 400),
    ("POST /api/v1/uploads", 400), ("POST /api/v1/uploads", 413), ("GET /api/v1/uploads/{upload_id}", 404),
    ("PATCH /api/v1/uploads/{upload_id}", 409), ("PATCH /api/v1/uploads/{upload_id}", 460),
    ("POST /api/v1/apps/{app_name}/shares", 400), ("POST /api/v1/apps/{app_name}/shares", 409),
    ("POST /api/v1/groups", 400), ("POST /api/v1/groups", 409), ("GET /api/v1/groups/{group_name}", 404),
    ("POST /api/v1/groups/{group_name}/members", 409),
    ("PUT /api/v1/apps/{app_name}/sample", 409), ("PUT /api/v1/apps/{app_name}/sample", 410),
}  # fmt: skip
"""Refusals that the tour meets, beside every good answer."""
PLANS = {
    # PostgreSQL is the stricter one: it takes no NUL, no number too large for its column, no text for a number.
    "postgresql": {"generation": {"max-examples": round(6 * FACTOR)}},
    "sqlite": {"generation": {"max-examples": round(3 * FACTOR)}, "phases": {"coverage": {"enabled": False}}},
}
"""How much is made up on which database: everything on one, and of all operations a little on the other."""


@pytest.fixture
def _hooks(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    whole = WSGITransport.send

    def send(self: WSGITransport, case: schemathesis.Case, **more: Any) -> schemathesis.Response:
        # The checks of authorization hand in what only a real connection takes.
        return whole(self, case, **{name: more[name] for name in more if name not in _OF_CONNECTIONS})

    monkeypatch.setattr(WSGITransport, "send", send)
    monkeypatch.setattr(candidate, "inspect_image", Looked())
    yield
    schemathesis.hooks.unregister_all()


_OF_CONNECTIONS = {"max_redirects", "verify", "cert", "proxies"}

schemathesis.serializer.alias("application/offset+octet-stream", "application/octet-stream")


@pytest.mark.usefixtures("_hooks")
@pytest.mark.filterwarnings("ignore:.*unclosed file:pytest.PytestUnraisableExceptionWarning")  # answers are not closed
@pytest.mark.filterwarnings("ignore:.*FileIO:pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("kind", PLANS)
def test_no_answer_is_outside_the_specification(make_portal: MakePortal, kind: str) -> None:
    portal = make_portal(kind, build_node_host="build.example.org", cluster_paths="/home")
    inhabited = Inhabited(portal)
    schema = schemathesis.openapi.from_wsgi(DOCUMENT, portal.app, config=_config(portal.token, PLANS[kind]))
    tour = Tour(portal, inhabited, schema)
    tour.whole()
    assert (_good_answers(portal) | REFUSED) - tour.reached == set()

    @schemathesis.hook
    def before_call(context: Any, case: schemathesis.Case, kwargs: dict[str, Any]) -> None:
        inhabited.lead(case)

    @schemathesis.hook
    def after_call(context: Any, case: schemathesis.Case, response: schemathesis.Response) -> None:
        inhabited.answer(case, response.status_code)

    found, phases = [], {}
    for event in from_schema(schema).execute():
        assert not isinstance(event, events.NonFatalError | events.FatalError), repr(event)
        if isinstance(event, events.PhaseFinished):
            phases[str(event.phase.name.value)] = event.status.value
        if isinstance(event, events.ScenarioFinished):
            found += _failures(event)
    assert found == [], "\n\n".join(found[:20])
    assert phases["stateful"] == "success", phases
    if "phases" not in PLANS[kind]:
        far = {name for name, counted in inhabited.answered.items() if any(200 <= status < 300 for status in counted)}
        assert {name for name, _ in _good_answers(portal)} - far == set(), "what is made up has to be led there"


def test_the_document_is_openapi(portal: Portal) -> None:
    document = portal.client.get(DOCUMENT).get_json()
    assert [str(error.message) for error in OPENAPI_30_VALIDATOR.iter_errors(document)] == []
    operations = [
        operation for item in document["paths"].values() for operation in item.values() if "responses" in operation
    ]
    known = {operation["operationId"] for operation in operations}
    assert len(known) == len(operations), "each has a name of its own"
    linked = [
        link
        for operation in operations
        for answer in operation["responses"].values()
        for link in answer.get("links", {}).values()
    ]
    assert {link["operationId"] for link in linked} <= known
    assert len(linked) > 10


def _config(token: str, plan: dict[str, Any]) -> schemathesis.Config:
    may_be_refused = ["2XX", "3XX", "401", "403", "404", "409", "410", "416"]
    return schemathesis.Config.from_dict(
        {
            "seed": 1,
            "workers": 1,
            "continue-on-failure": True,
            "generation": {"deterministic": True, "no-shrink": True, "database": "none"} | plan["generation"],
            "phases": plan.get("phases", {}),
            "auth": {"openapi": {"token": {"api_key": f"Token token={token}"}}},
            "checks": {  # beside them, all that there are
                "positive_data_acceptance": {"expected-statuses": may_be_refused},
                # A deleted job is told of before its changes are looked at.
                "negative_data_rejection": {
                    "expected-statuses": ["400", "401", "404", "405", "410", "412", "415", "416", "422"]
                },
                # tus answers 412 where its version is missing; a POST that is no PATCH in disguise is 405.
                "missing_required_header": {
                    "expected-statuses": ["400", "401", "403", "405", "406", "412", "415", "422"]
                },
            },
            "operations": [
                *(
                    {"include-name": name, "checks": {"positive_data_acceptance": {"enabled": False}}}
                    for name in NOT_ONLY_BY_SCHEMA
                ),
                # What was made is named in the form, not in the answer: schemathesis takes any name for it.
                {"include-name": _MEMBER, "checks": {"ensure_resource_availability": {"enabled": False}}},
            ],
        }
    )


def _failures(event: events.ScenarioFinished) -> list[str]:
    return [
        f"{event.recorder.cases[number].value.operation.label}: {check.name}: {check.failure_info.failure}\n"
        f"{check.failure_info.code_sample[:1000]}"
        for number, checks in event.recorder.checks.items()
        for check in checks
        if check.failure_info is not None
    ]


def _good_answers(portal: Portal) -> set[tuple[str, int]]:
    """Every answer 2xx that the document knows."""
    paths = portal.client.get(DOCUMENT).get_json()["paths"]
    return {
        (f"{method.upper()} {path}", int(status))
        for path, item in paths.items()
        for method, operation in item.items()
        if method != "parameters"
        for status in operation["responses"]
        if status.startswith("2")
    }
