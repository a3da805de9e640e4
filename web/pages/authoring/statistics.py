"""``/author/<app>/statistics``: who runs it, how its jobs fare, what they take."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from flask import Blueprint, Response, render_template, request, url_for
from flask_babel import format_date
from flask_babel import gettext as _
from markupsafe import Markup

from allgo_hpc.authoring.change import change_app
from allgo_hpc.errors import BadInput
from allgo_hpc.jobs.consent import jobs_shown_to
from allgo_hpc.models import utc_now
from allgo_hpc.reading.metrics import Span, make_span, period
from allgo_hpc.reading.outcomes import FAILED, Outcome, by_reason, by_version, count_outcomes
from allgo_hpc.reading.statistics import (
    LATEST,
    advise_memory,
    by_size,
    count_users,
    measure,
    quantile,
)
from allgo_hpc.states import JobState
from web.look.charts import Bar, bars
from web.look.formats import size
from web.pages.authoring.bodies import limit_form
from web.pages.authoring.fields import number_of
from web.pages.authoring.own import act, own_app
from web.signin.who import check_form

pages = Blueprint("author_statistics", __name__)
STEPS = {"day": 30, "week": 26 * 7, "month": 365}
"""How many days are shown by which step."""
_SHOWN = 20


@pages.get("/author/<name>/statistics")
def show(name: str) -> str:
    """Show the statistics of some days, weeks or months up to today."""
    work = own_app(name)
    step = request.args.get("by", "day")
    if step not in STEPS:
        raise BadInput(f"by: one of {', '.join(STEPS)}", field="by")
    session, app, today = work.session, work.app, utc_now().date()
    span = make_span(period(today - timedelta(days=STEPS[step] - 1), step), None, today)
    outcomes = count_outcomes(session, app, span)
    runs = fold(outcomes, step, span)
    measures = measure(session, app, span)
    versions = by_version(outcomes)
    out_of_memory = sum(one.failed.get(JobState.OUT_OF_MEMORY, 0) for one in versions)
    sizes = by_size(measures.inputs)
    return render_template(
        "authoring/statistics.html",
        app=app,
        step=step,
        steps=[("day", _("30 days")), ("week", _("half a year, by week")), ("month", _("a year, by month"))],
        runs=runs,
        total=sum(sum(row[1:]) for row in runs),
        failed=sum(row[2] for row in runs),
        users=count_users(session, app, span),
        runs_chart=_runs_chart(runs, step),
        by_version=versions,
        by_reason=by_reason(outcomes),
        measures=measures,
        latest=LATEST,
        quantile=quantile,
        advice=advise_memory(
            app.memory_mb, measures.memory, out_of_memory, most_mb=work.services.settings.memory_max_mb
        ),
        memory_chart=_memory_chart(measures.memory),
        memory=by_size(measures.memory),
        sizes=sizes,
        sizes_chart=_sizes_chart(_("Bytes of the inputs of a job"), sizes, "inputs"),
        shown=jobs_shown_to(session, work.user, app, most=_SHOWN),
        JobState=JobState,
        label=_label,
    )


@pages.post("/author/<name>/statistics/memory")
def set_memory(name: str) -> Response:
    """Take the memory that is advised."""
    work = own_app(name)
    limit_form()
    check_form()
    wanted = number_of(request.form.get("memory_mb", ""))
    return act(
        work,
        lambda: change_app(work.session, work.services, work.user, work.app, {"memory_mb": wanted}),
        _("Stored. Jobs that are accepted from now on get it."),
        url_for("author_statistics.show", name=work.app.name),
    )


type Row = tuple[date, int, int, int]


def fold(outcomes: Iterable[Outcome], step: str, span: Span) -> list[Row]:
    """Return for each day, week or month, also those without jobs: when, and how many went well, badly, otherwise."""
    counted: dict[date, list[int]] = {}
    at = period(span.first, step)
    while at < span.end:
        counted[at] = [0, 0, 0]
        at = period(at + timedelta(days={"day": 1, "week": 7}.get(step, 31)), step)
    for each in outcomes:
        kind = 0 if each.state is JobState.DONE else 1 if each.state in FAILED else 2
        counted[period(each.day, step)][kind] += each.jobs
    return [(at, well, badly, other) for at, (well, badly, other) in sorted(counted.items())]


def _label(at: date, step: str) -> str:
    return str(format_date(at, "MMM yyyy" if step == "month" else "d MMM"))


def _runs_chart(rows: Sequence[Row], step: str) -> Markup:
    columns = [
        Bar(
            _label(at, step),
            _(
                "%(when)s: %(well)s went well, %(badly)s failed, %(other)s others",
                when=_label(at, step),
                well=well,
                badly=badly,
                other=other,
            ),
            (("good", well), ("bad", badly), ("other", other)),
        )
        for at, well, badly, other in rows
    ]
    return bars(_("Jobs over time"), columns, name="runs")


def _memory_chart(memory: Sequence[int]) -> Markup:
    return _sizes_chart(_("Memory that a job used at most"), by_size(memory), "memory")


def _sizes_chart(title: str, sizes: Sequence[tuple[int, int]], name: str) -> Markup:
    columns = [Bar("< " + size(edge), f"< {size(edge)}: {count}", (("plain", count),)) for edge, count in sizes]
    return bars(title, columns, name=name)
