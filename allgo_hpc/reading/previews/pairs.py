"""Which two pictures of a job belong together: one that went in, one that came out."""

from collections.abc import Collection, Sequence


def likeliest(name: str, others: Sequence[str], inputs: Collection[str]) -> str | None:
    """Return the picture to compare one with: a result with an input and the other way round.

    It is the one whose name begins most alike, so ``cells.png`` for ``cells_denoised.png``; where nothing is alike, the
    only one there is. None: there is none of the other side, or it cannot be told which.
    """
    mine = name in inputs
    across = [each for each in others if (each in inputs) != mine]
    alike = {each: _alike(_stem(name), _stem(each)) for each in across}
    if not alike:
        return None
    best = max(alike.values())
    found = [each for each in across if alike[each] == best]
    return found[0] if len(found) == 1 and (best or len(across) == 1) else None


def _stem(name: str) -> str:
    return name.rpartition(".")[0]


def _alike(one: str, other: str) -> int:
    """Return how many characters two texts begin with together."""
    return next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
