"""The number of cores in the run form: under "Advanced", with its limits, taken over from a job."""

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from allgo_hpc.models import Job
from tests.fast.web.conftest import MakePortal
from tests.fast.web.page import Element, Page
from tests.fast.web.pages.running.sending import RUN, field_shown, send
from tests.fast.web.portal import Portal
from tests.fast.web.visitor import visit


@pytest.mark.parametrize("take", ["1", ""])
def test_cores_are_taken_over_and_may_differ(portal: Portal, take: str) -> None:
    visitor = visit(portal, portal.world.user)
    first = portal.world.submit("", {"a.txt": b"1"}, cpus=3)
    assert send(visitor, source=str(first.id), take_inputs=take, cpus="2").status_code == 303
    portal.world.session.expire_all()
    assert portal.world.session.scalars(select(Job.cpus).order_by(Job.id)).all() == [3, 2]
    own = portal.world.submit("", {"a.txt": b"1"})
    shown = field_shown(visitor.get(f"{RUN}?from={own.id}"), "job[cpus]")
    assert (shown.get("value"), shown.get("placeholder")) == ("", "1"), "what its author set stays its author's"


def test_cores_stand_under_advanced_with_their_limits(make_portal: MakePortal) -> None:
    portal = make_portal(cpus_max=8)
    portal.world.app.cpus = 2
    portal.world.session.commit()
    visitor = visit(portal, portal.world.user)
    page = visitor.page(RUN)
    assert "Advanced: version, memory, cores" in page
    assert "Empty: what its author set, 2. At most 8." in page
    assert "open" not in _advanced(visitor.get(RUN)).attributes
    linked = visitor.get(f"{RUN}?cpus=4")
    assert field_shown(linked, "job[cpus]").get("value") == "4"
    assert "open" in _advanced(linked).attributes
    assert "Avancé\u00a0: version, mémoire, cœurs" in visitor.get(RUN, headers={"Accept-Language": "fr"}).text


def _advanced(answer: TestResponse) -> Element:
    return next(each for each in Page(answer.text).elements if each.get("id") == "run-advanced")
