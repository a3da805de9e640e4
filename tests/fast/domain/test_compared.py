"""Two jobs side by side."""

import pytest

from allgo_hpc.models import Job, JobFile
from allgo_hpc.reading import compared
from allgo_hpc.reading.compared import Piece, comparable, compare_files, compare_params
from tests.fast.domain.world import World


def _same(text: str) -> Piece:
    return Piece(text, differs=False)


def _other(text: str) -> Piece:
    return Piece(text, differs=True)


@pytest.mark.parametrize(
    ("a", "b", "left", "right"),
    [
        ("-n 1 x", "-n 2 x", [_same("-n"), _other("1"), _same("x")], [_same("-n"), _other("2"), _same("x")]),
        ("-n", "-n -v", [_same("-n")], [_same("-n"), _other("-v")]),
        ("", "", [_same("")], [_same("")]),
        ("a  b", "a b", [_same("a"), _other(""), _same("b")], [_same("a b")]),
    ],
)
def test_params_word_by_word(a: str, b: str, left: list[Piece], right: list[Piece]) -> None:
    told = compare_params(a, b)
    assert [" ".join(piece.text for piece in side) for side in told] == [a, b]
    assert [piece for piece in told[0] if piece.differs] == [piece for piece in left if piece.differs]
    assert [piece for piece in told[1] if piece.differs] == [piece for piece in right if piece.differs]


def test_params_of_64_kb_are_compared_in_no_time() -> None:
    assert compare_params("a " * 32_000, "b " * 32_000)[0][0].differs


def _with_files(world: World, files: dict[str, str]) -> int:
    job = world.job()
    for name, digest in files.items():
        world.session.add(JobFile(job_id=job.id, name=name, path=name, size=1, sha256=digest))
    world.session.commit()
    return job.id


def test_results_by_name(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    first = _with_files(world, {"same": "1", "other": "2", "left": "3"})
    second = _with_files(world, {"same": "1", "other": "9", "right": "3"})
    a, b = (world.session.get_one(Job, number) for number in (first, second))
    found = compare_files(world.session, a, b)
    assert [(pair.name, pair.a is not None, pair.b is not None, pair.equal) for pair in found.pairs] == [
        ("left", True, False, False), ("other", True, True, False), ("right", False, True, False),
        ("same", True, True, True),
    ]  # fmt: skip
    assert (found.equal, found.differing, found.single, found.next_after) == (1, 1, 2, None)
    only = compare_files(world.session, a, b, differing_only=True)
    assert [pair.name for pair in only.pairs] == ["left", "other", "right"]
    monkeypatch.setattr(compared, "PAGE", 2)
    page = compare_files(world.session, a, b)
    assert page.next_after == "other"
    assert [pair.name for pair in compare_files(world.session, a, b, after="other").pairs] == ["right", "same"]


def test_a_job_and_itself_are_equal(world: World) -> None:
    job = world.session.get_one(Job, _with_files(world, {"one": "1", "two": "1"}))
    found = compare_files(world.session, job, job)
    assert (found.equal, found.differing, found.single) == (2, 0, 0)
    assert compare_files(world.session, job, job, differing_only=True).pairs == []


def test_other_jobs_of_the_same_app_and_user(world: World) -> None:
    first, second, batch = world.submit(), world.submit(), world.batch(2)
    assert [job.id for job in comparable(world.session, first)] == [batch.id, second.id]
