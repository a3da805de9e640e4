"""Two jobs side by side: what differs in what was asked, and in what came out."""

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from sqlalchemy import Select, and_, case, exists, func, select
from sqlalchemy.orm import Session, aliased

from allgo_hpc.models import Job, JobFile

_MOST_WORDS = 2000
"""Comparing takes the square of their number: longer params are told as a whole."""
PAGE = 200
_REMEMBERED = 1000


@dataclass(frozen=True)
class Piece:
    """Some words of a param, and whether the other one has them at this place."""

    text: str
    differs: bool


@dataclass(frozen=True)
class Pair:
    """A result's name, and the file of that name in each job; None where one has none."""

    name: str
    a: JobFile | None
    b: JobFile | None

    @property
    def equal(self) -> bool:
        """True where both have it, with the same content."""
        return self.a is not None and self.b is not None and self.a.sha256 == self.b.sha256


@dataclass(frozen=True)
class Files:
    """The results of two jobs by name.

    Attributes:
        pairs: a page of them, by name.
        equal: how many names both have with the same content, of all.
        differing: how many both have with different content.
        single: how many only one of them has.
        next_after: the name after which the next page begins; None at the end.
    """

    pairs: Sequence[Pair]
    equal: int
    differing: int
    single: int
    next_after: str | None


class _Common:
    """How many names two jobs have in common, remembered for the pairs that were asked for last.

    Of a hundred thousand files this takes half a second, and whoever leafs through them asks for it at each page. A
    job's files are written once, when it ends, and removed all together: with their number it is known that they are
    the same.
    """

    def __init__(self) -> None:
        self._known: dict[tuple[object, ...], tuple[int, int]] = {}

    def counts(self, session: Session, a: Job, b: Job, totals: Sequence[int]) -> tuple[int, int]:
        """Return how many names both have, and how many of these with the same content."""
        key = (a.uuid, a.finished_at, b.uuid, b.finished_at, *totals)
        known = self._known.get(key)
        if known is None:
            known = self._count(session, a, b)
            if len(self._known) >= _REMEMBERED:
                self._known.clear()
            self._known[key] = known
        return known

    @staticmethod
    def _count(session: Session, a: Job, b: Job) -> tuple[int, int]:
        ours, theirs = aliased(JobFile), aliased(JobFile)
        both, equal = session.execute(
            select(func.count(), func.coalesce(func.sum(case((ours.sha256 == theirs.sha256, 1), else_=0)), 0))
            .join(theirs, and_(theirs.job_id == b.id, theirs.name == ours.name))
            .where(ours.job_id == a.id)
        ).one()
        return both, equal


_COMMON = _Common()


def compare_params(a: str, b: str) -> tuple[list[Piece], list[Piece]]:
    """Return both params in pieces, word by word; pure."""
    if a == b:
        return [Piece(a, differs=False)], [Piece(b, differs=False)]
    words_a, words_b = a.split(" "), b.split(" ")
    if max(len(words_a), len(words_b)) > _MOST_WORDS:
        return [Piece(a, differs=True)], [Piece(b, differs=True)]
    left, right = [], []
    for kind, a1, a2, b1, b2 in SequenceMatcher(None, words_a, words_b, autojunk=False).get_opcodes():
        if a1 < a2:
            left.append(Piece(" ".join(words_a[a1:a2]), differs=kind != "equal"))
        if b1 < b2:
            right.append(Piece(" ".join(words_b[b1:b2]), differs=kind != "equal"))
    return left, right


def compare_files(session: Session, a: Job, b: Job, *, after: str = "", differing_only: bool = False) -> Files:
    """Return the results of two jobs by name, a page at a time."""
    totals = [
        session.scalar(select(func.count()).select_from(JobFile).where(JobFile.job_id == job.id)) or 0 for job in (a, b)
    ]
    both, equal = _COMMON.counts(session, a, b, totals)
    # Each job's next names come by the index; only these are sorted together.
    left, right = (
        _names(job.id, other.id, after, differing_only=differing_only).subquery() for job, other in ((a, b), (b, a))
    )
    either = select(left.c.name).union(select(right.c.name)).subquery()
    page = list(session.scalars(select(either.c.name).order_by(either.c.name).limit(PAGE + 1)))
    shown = page[:PAGE]
    rows = session.scalars(select(JobFile).where(JobFile.job_id.in_({a.id, b.id}), JobFile.name.in_(shown)))
    by_name = {(row.job_id, row.name): row for row in rows}
    return Files(
        [Pair(name, by_name.get((a.id, name)), by_name.get((b.id, name))) for name in shown],
        equal=equal,
        differing=both - equal,
        single=sum(totals) - 2 * both,
        next_after=shown[-1] if len(page) > PAGE else None,
    )


def _names(job_id: int, other_id: int, after: str, *, differing_only: bool) -> Select[str]:
    names = select(JobFile.name).where(JobFile.job_id == job_id, JobFile.name > after)
    if differing_only:
        other = aliased(JobFile)
        same = exists().where(other.job_id == other_id, other.name == JobFile.name, other.sha256 == JobFile.sha256)
        names = names.where(~same)
    return names.order_by(JobFile.name).limit(PAGE + 1)


def comparable(session: Session, job: Job, most: int = 20) -> list[Job]:
    """Return the latest other jobs of the same user and app, with which a job may be compared; tasks are left out."""
    return list(
        session.scalars(
            select(Job)
            .where(Job.user_id == job.user_id, Job.app_id == job.app_id, Job.parent_id.is_(None), Job.id != job.id)
            .order_by(Job.id.desc())
            .limit(most)
        )
    )
