"""Looking for apps: all that somebody may run, those that have the words, one page of them.

The short texts of all apps are read at once and compared here: no database ignores accents alike, and a thousand apps
are few. The apps themselves are loaded for the page that is shown.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, literal, select
from sqlalchemy.orm import Session, joinedload

from allgo_hpc.apps import has_version
from allgo_hpc.catalogue.words import fold, search_words
from allgo_hpc.models import App, User
from allgo_hpc.sharing.rule import runnable_by, shared_with

SHOW = ("all", "mine", "shared")
SORTS = ("best", "name", "newest", "used")
PER_PAGE = 24
_SEARCHED = 4000
"""Characters of a description."""


@dataclass(frozen=True)
class Wanted:
    """What somebody looks for.

    Attributes:
        words: as they typed them.
        tag: only apps with that tag; empty: any.
        show: one of ``SHOW``: all that they may run, their own (published or not), what is shared with them.
        sort: one of ``SORTS``; ``best`` without words is by name.
        page: from 1 on.
    """

    words: str = ""
    tag: str = ""
    show: str = "all"
    sort: str = "best"
    page: int = 1


@dataclass(frozen=True)
class Found:
    """A page of what there is.

    Attributes:
        apps: of this page.
        shared: numbers of those apps that are shared with who asks.
        drafts: numbers of their own apps that have no published version.
        total: how many there are on all pages.
        page: which page it is; the last one where a later one was asked for.
        pages: how many there are, at least 1.
        tags: tags of what has the words, with how many apps each, the most frequent first.
        any: there is an app at all that they may run.
    """

    apps: Sequence[App]
    shared: frozenset[int]
    drafts: frozenset[int]
    total: int
    page: int
    pages: int
    tags: Sequence[tuple[str, int]]
    any: bool


@dataclass(frozen=True)
class _Row:
    id: int
    name: str
    title: str
    description: str
    tags: list[str] | None
    created_at: datetime
    done_jobs: int


def search(session: Session, user: User | None, wanted: Wanted, *, per_page: int = PER_PAGE) -> Found:
    """Return a page of the apps that somebody may run and that have all the words."""
    words = search_words(wanted.words)
    rows = _rows(session, user, wanted.show, described=bool(words))
    ranked = [(rank, row) for row in rows if (rank := _rank(row, words)) is not None]
    tags = Counter(tag for _, row in ranked for tag in row.tags or [])
    if wanted.tag:
        ranked = [(rank, row) for rank, row in ranked if wanted.tag in (row.tags or [])]
    numbers = [row.id for row in _sorted(ranked, wanted.sort)]
    pages = max(1, -(-len(numbers) // per_page))
    page = min(max(1, wanted.page), pages)
    shown = numbers[(page - 1) * per_page : page * per_page]
    return Found(
        apps=_load(session, shown),
        shared=_shared(session, user, shown),
        drafts=_drafts(session, shown) if wanted.show == "mine" else frozenset(),
        total=len(numbers),
        page=page,
        pages=pages,
        tags=sorted(tags.items(), key=lambda one: (-one[1], one[0])),
        any=bool(rows) or (wanted.show != "all" and bool(_rows(session, user, "all", described=False))),
    )


def _rows(session: Session, user: User | None, show: str, *, described: bool) -> list[_Row]:
    about = func.substr(App.description, 1, _SEARCHED) if described else literal("")
    statement = select(App.id, App.name, App.title, about, App.tags, App.created_at, App.done_jobs)
    if show == "all" or user is None:
        statement = statement.where(has_version(), runnable_by(user) if show == "all" else App.id.is_(None))
    elif show == "mine":
        statement = statement.where(App.owner_id == user.id)
    else:
        statement = statement.where(has_version(), App.public.is_(False), App.owner_id != user.id, shared_with(user))
    return [_Row(*row) for row in session.execute(statement)]


def _rank(row: _Row, words: Sequence[str]) -> int | None:
    """Return how well an app fits: 0 by its name or title, 1 with its tags, 2 with its description; None: not at all.

    A word counts where it stands in any of them, also within a longer one.
    """
    places = (fold(f"{row.name}\n{row.title}"), fold("\n".join(row.tags or [])), fold(row.description))
    for rank in range(len(places)):
        if all(any(word in place for place in places[: rank + 1]) for word in words):
            return rank
    return None


def _sorted(ranked: Sequence[tuple[int, _Row]], sort: str) -> list[_Row]:
    by_name = sorted(ranked, key=lambda one: (fold(one[1].title), one[1].name))
    if sort == "newest":
        by_name.sort(key=lambda one: one[1].created_at, reverse=True)
    elif sort == "used":
        by_name.sort(key=lambda one: -one[1].done_jobs)
    elif sort == "best":
        by_name.sort(key=lambda one: one[0])
    return [row for _, row in by_name]


def _load(session: Session, numbers: Sequence[int]) -> list[App]:
    found = session.scalars(select(App).where(App.id.in_(numbers)).options(joinedload(App.owner)))
    by_number = {app.id: app for app in found}
    return [by_number[number] for number in numbers if number in by_number]


def _shared(session: Session, user: User | None, numbers: Sequence[int]) -> frozenset[int]:
    if user is None:
        return frozenset()
    return frozenset(session.scalars(select(App.id).where(App.id.in_(numbers), shared_with(user))))


def _drafts(session: Session, numbers: Sequence[int]) -> frozenset[int]:
    return frozenset(session.scalars(select(App.id).where(App.id.in_(numbers), ~has_version())))
