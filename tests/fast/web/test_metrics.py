"""GET /api/v1/metrics/<what>/<app>: in A||GO's form, for the app's author only."""

from datetime import UTC, datetime, timedelta

import pytest

from allgo_hpc.tokens import new_token
from tests.fast.domain.world import add_app
from tests.fast.web.conftest import MakePortal
from tests.fast.web.portal import Portal, assert_refused

PATH = "/api/v1/metrics"


def _author(portal: Portal) -> dict[str, str]:
    return portal.auth_of(portal.token_of(portal.world.app.owner))


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
@pytest.mark.parametrize(
    ("what", "more"),
    [("per_user", {"user": 2, "uname": "ada"}), ("per_result", {"result": "in progress"}), ("created", {})],
)
def test_the_shape(make_portal: MakePortal, kind: str, what: str, more: dict[str, object]) -> None:
    portal = make_portal(kind)
    portal.submit()
    portal.submit()
    today = datetime.now(UTC).date()
    to = today + timedelta(days=1)
    for wanted in ("textstats", portal.world.app.id):
        told = portal.get(f"{PATH}/{what}/{wanted}?step=day&from={today}&to={to}", headers=_author(portal)).get_json()
        assert told == {
            "textstats": {
                "from": f"{today:%d-%m-%Y} 00:00",
                "to": f"{to:%d-%m-%Y} 00:00",
                "data": [{"time_period": f"{today}T00:00:00Z", **more, "n": 2}],
            }
        }


def test_by_months_of_the_last_year_where_nothing_is_said(portal: Portal) -> None:
    portal.submit()
    today = datetime.now(UTC).date()
    (told,) = portal.get(f"{PATH}/created/textstats", headers=_author(portal)).get_json().values()
    assert told["to"] == f"{today + timedelta(days=1):%d-%m-%Y} 00:00"
    assert told["data"] == [{"time_period": f"{today.replace(day=1)}T00:00:00Z", "n": 1}]


def test_years_have_four_digits(portal: Portal) -> None:
    answer = portal.get(f"{PATH}/created/textstats?from=0001-01-01&to=0001-02-01", headers=_author(portal))
    assert answer.get_json()["textstats"] == {"from": "01-01-0001 00:00", "to": "01-02-0001 00:00", "data": []}


def test_for_nobody_but_its_author(portal: Portal) -> None:
    world = portal.world
    path = f"{PATH}/created/textstats"
    assert_refused(portal.get(path, headers={}), 401, code="no_token", field="Authorization")
    assert_refused(portal.get(path), 404, code="unknown_app", field="app_name")
    writes = portal.auth_of(new_token(world.session, world.app.owner, name="w", scopes=["jobs:write"]))
    assert_refused(portal.get(path, headers=writes), 403, code="scope_missing", field="Authorization")
    add_app(world.session, world.user, "mine", public=False)
    assert_refused(
        portal.get(f"{PATH}/created/mine", headers=_author(portal)), 404, code="unknown_app", field="app_name"
    )
    assert portal.get(f"{PATH}/created/mine").status_code == 200


@pytest.mark.parametrize("wanted", ["0", "-1", "none", "9" * 30, "%00", "%FF", "textstat"])
@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_of_no_app(make_portal: MakePortal, kind: str, wanted: str) -> None:
    portal = make_portal(kind)
    answer = portal.get(f"{PATH}/created/{wanted}", headers=_author(portal))
    assert_refused(answer, 404, code="unknown_app", field="app_name")


@pytest.mark.parametrize("what", ["nothing", "perUser", "%00", "x" * 300, "created%0A"])
def test_figures_that_there_are_none_of(portal: Portal, what: str) -> None:
    assert_refused(portal.get(f"{PATH}/{what}/textstats", headers=_author(portal)), 404, code="not_found", field="what")


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("step=hour", "step"), ("step=", "step"), ("from=yesterday", "from"), ("to=2017-13-01", "to"),
        ("to=2017-02-30", "to"), ("from=2026-01-01T00:00", "from"), ("from=0000-01-01", "from"), ("from=", "from"),
        ("from=10000-01-01", "from"), ("from=2026-01-02&to=2026-01-01", "from"),
        ("from=2026-01-01&to=2026-01-01", "from"), ("from=0001-01-01&to=9999-12-31", "from"), ("form=x", "form"),
        ("from=%00", "from"),
    ],
)  # fmt: skip
def test_days_that_are_none(portal: Portal, query: str, field: str) -> None:
    answer = portal.get(f"{PATH}/created/textstats?{query}", headers=_author(portal))
    assert_refused(answer, 400, code="bad_input", field=field)
