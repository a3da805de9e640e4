"""Numbers with units and times, as pages show them, in the page's language."""

from datetime import datetime, timedelta

from babel.dates import format_timedelta
from flask_babel import format_datetime, get_locale
from flask_babel import gettext as _
from markupsafe import Markup

from allgo_hpc.models import utc_now
from allgo_hpc.times import stamp

_STEP = 1024.0


def size(count: float | None) -> str:
    """Return bytes as people say them, in powers of 1024: ``812 KB``, ``3.1 GB``; a dash for None."""
    if count is None:
        return "–"
    if count == 1:
        return f"1 {_('byte')}"
    units = (_("bytes"), _("KB"), _("MB"), _("GB"), _("TB"))
    number = float(count)
    for unit in units[:-1]:
        if number < _STEP:
            return f"{_decimal(number, 0 if unit == units[0] or number >= 10 else 1)} {unit}"  # noqa: PLR2004
        number /= _STEP
    return f"{_decimal(number, 1)} {units[-1]}"


def span(seconds: float | None) -> str:
    """Return a time span as people say it: ``45 seconds``, ``3 hours``; a dash for None."""
    if seconds is None:
        return "–"
    if seconds < 1:
        return str(_("less than a second"))
    return format_timedelta(timedelta(seconds=seconds), threshold=1.5, locale=get_locale())


def moment(at: datetime | None, *, ago: bool = False) -> Markup:
    """Return a time as an element that a script shows in the reader's own zone; without one it is told in UTC.

    Args:
        at: aware; None: a dash.
        ago: show how long ago it was, and the time itself as its title.
    """
    if at is None:
        return Markup("–")
    words = f"{format_datetime(at, 'medium', rebase=False)} UTC"
    shown = format_timedelta(at - utc_now(), add_direction=True, locale=get_locale()) if ago else words
    kind = Markup(' data-ago=""') if ago else ""
    return Markup('<time datetime="{}" title="{}"{}>{}</time>').format(stamp(at), words, kind, shown)


def percent(share: float | None) -> str:
    """Return a share as ``92 %``; a dash for None."""
    return "–" if share is None else f"{_decimal(100 * share, 0)} %"


def _decimal(number: float, digits: int) -> str:
    text = f"{number:.{digits}f}"
    return text.replace(".", ",") if str(get_locale()) == "fr" else text
