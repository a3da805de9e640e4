"""Apptainer and the images that apps run in: run command, recipes, builds. Knows nothing of the portal.

Its names are those of ``containers.public``, which is read when the first of them is asked for: the programs in here
that start for each question (the build node's helper, a commit) would wait for it, and use little of it.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from containers.public import *  # noqa: F403


def __getattr__(name: str) -> Any:  # noqa: ANN401  # whatever is asked for
    if name.startswith("__"):
        raise AttributeError(name)
    import containers.public as public  # noqa: PLC0415, PLR0402

    try:
        return getattr(public, name)
    except AttributeError:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}") from None
