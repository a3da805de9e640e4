"""Hundreds of clients ask for their job every two seconds: each time costs the token's row and the job's, by index."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import event, text

from tests.fast.web import forms
from tests.fast.web.portal import JOBS, Portal


@contextmanager
def _statements(portal: Portal) -> Iterator[list[tuple[str, object]]]:
    """What is asked of the database meanwhile."""
    with portal.app.app_context():
        engine = portal.app.extensions["sqlalchemy"].engine
    asked: list[tuple[str, object]] = []

    def note(_connection: object, _cursor: object, statement: str, parameters: object, *_: object) -> None:
        asked.append((statement, parameters))

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield asked
    finally:
        event.remove(engine, "before_cursor_execute", note)


def _poll(portal: Portal, number: int, **headers: str) -> list[tuple[str, object]]:
    with _statements(portal) as asked:
        assert portal.get(f"{JOBS}/{number}", headers=portal.auth | headers).status_code in {200, 304}
    return asked


def test_a_poll_reads_the_token_and_the_job_and_writes_nothing(portal: Portal) -> None:
    number = portal.submit(forms.file("file", "a.txt"))
    _poll(portal, number)  # notes the token's use of this minute
    asked = _poll(portal, number)
    assert [statement.split()[0] for statement, _ in asked] == ["SELECT", "SELECT"]


def test_both_go_by_an_index(portal: Portal) -> None:
    number = portal.submit()
    _poll(portal, number)
    for statement, parameters in _poll(portal, number):
        plan = portal.world.session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)  # type: ignore[arg-type]
        # (The moment of the last answer of Slurm's is a question of its own in it.)
        steps = [row[-1] for row in plan if not row[-1].startswith("SCALAR SUBQUERY")]
        assert steps
        assert all(step.startswith("SEARCH") for step in steps), steps


def test_an_ended_job_that_is_known_costs_no_more(portal: Portal) -> None:
    number = portal.submit(forms.file("file", "a.txt"))
    portal.end(number)
    tag = portal.get(f"{JOBS}/{number}").headers["ETag"]
    assert len(_poll(portal, number)) == 3, "its files are read too"
    assert len(_poll(portal, number, **{"If-None-Match": tag})) == 2


def test_the_list_of_ones_jobs_is_two_reads_however_many_there_are(portal: Portal) -> None:
    for _ in range(3):
        portal.submit()
    portal.get(JOBS)
    with _statements(portal) as asked:
        assert len(portal.get(JOBS).get_json()["jobs"]) == 3
    assert len(asked) == 3  # the token, the numbers of the page's jobs, these jobs
    plan = portal.world.session.execute(
        text("EXPLAIN QUERY PLAN SELECT * FROM job WHERE user_id = 1 AND id < 9 ORDER BY id DESC LIMIT 50")
    )
    assert "ix_job_user_id_id" in str(plan.all())
