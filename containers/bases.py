"""The base images that a portal offers, and the names by which recipes may call them. Pure."""

from dataclasses import dataclass

from containers.errors import RecipeError


@dataclass(frozen=True)
class Base:
    """One base image.

    Attributes:
        name: as in ``bases/<name>.sif``.
        suite: Debian's name of the release.
        aliases: what the same thing is called on the usual registry, so that an existing recipe can be used.
    """

    name: str
    suite: str
    aliases: tuple[str, ...]


def _debian(number: str, suite: str) -> Base:
    tags = (number, f"{number}-slim", suite, f"{suite}-slim")
    return Base(f"debian-{number}", suite, tuple(f"debian:{tag}" for tag in tags))


KNOWN_BASES = {base.name: base for base in (_debian("13", "trixie"), _debian("12", "bookworm"))}


def base_named(text: str, *, file: str = "", line: int | None = None, field: str = "From") -> str:
    """Return the name of the base that ``text`` means, such as ``debian-13`` for ``docker.io/library/debian:trixie``.

    Raises:
        RecipeError: there is no such base; the sentence names those there are.
    """
    wanted = text.strip().lower().removeprefix("docker.io/").removeprefix("library/")
    for base in KNOWN_BASES.values():
        if wanted == base.name or wanted in base.aliases:
            return base.name
    known = ", ".join(KNOWN_BASES)
    raise RecipeError(
        f"{text.strip()!r} is not a base of this portal; it has: {known}", file=file, line=line, field=field
    )
