"""Apps whose names are near to one that there is not, among those that somebody may run."""

import difflib
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from allgo_hpc.apps import has_version
from allgo_hpc.catalogue.words import fold
from allgo_hpc.models import App, User
from allgo_hpc.sharing.rule import runnable_by

_MOST = 3
_LONGEST = 64


def near_apps(session: Session, user: User | None, wanted: str) -> Sequence[tuple[str, str]]:
    """Return name and title of the apps that were probably meant, the nearest first."""
    rows = session.execute(select(App.name, App.title).where(has_version(), runnable_by(user)).order_by(App.name))
    titles: dict[str, str] = dict(rows.tuples().all())
    word = fold(wanted[:_LONGEST])
    near = difflib.get_close_matches(word, titles, n=_MOST, cutoff=0.6)
    within = [name for name in titles if len(word) > 2 and (word in name or word in fold(titles[name]))]  # noqa: PLR2004
    return [(name, titles[name]) for name in dict.fromkeys([*near, *within])][:_MOST]
