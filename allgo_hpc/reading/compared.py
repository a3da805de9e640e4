"""Two jobs side by side: what differs in what was asked, and in what came out."""

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from allgo_hpc.models import Job, JobFile

_MOST_WORDS = 2000
"""Comparing takes the square of their number: longer params are told as a whole."""
PAGE = 200


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
    names = (
        select(
            JobFile.name,
            func.count().label("jobs"),
            func.count(JobFile.sha256.distinct()).label("contents"),
        )
        .where(JobFile.job_id.in_({a.id, b.id}))
        .group_by(JobFile.name)
    ).subquery()
    single = 1 if a.id != b.id else 0
    counted = {
        (jobs, contents): count
        for jobs, contents, count in session.execute(
            select(names.c.jobs, names.c.contents, func.count()).group_by(names.c.jobs, names.c.contents)
        )
    }
    wanted = select(names.c.name).where(names.c.name > after)
    if differing_only:
        wanted = wanted.where((names.c.jobs == single) | (names.c.contents > 1))
    page = list(session.scalars(wanted.order_by(names.c.name).limit(PAGE + 1)))
    shown = page[:PAGE]
    rows = session.scalars(select(JobFile).where(JobFile.job_id.in_({a.id, b.id}), JobFile.name.in_(shown)))
    by_name = {(row.job_id, row.name): row for row in rows}
    return Files(
        [Pair(name, by_name.get((a.id, name)), by_name.get((b.id, name))) for name in shown],
        equal=sum(count for (jobs, contents), count in counted.items() if jobs != single and contents == 1),
        differing=sum(count for (_, contents), count in counted.items() if contents > 1),
        single=sum(count for (jobs, _), count in counted.items() if jobs == single),
        next_after=shown[-1] if len(page) > PAGE else None,
    )


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
