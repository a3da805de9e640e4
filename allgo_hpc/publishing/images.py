"""Builds base images and app images, or takes them from the cache; the rim between the portal and containers/."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import containers
from allgo_hpc.publishing.build_cache import digest_of, keep, recipe_key, take
from allgo_hpc.services import Services
from containers import build_base, build_image, find_recipe, inspect_image, read_recipe

Say = Callable[[str], None]


@dataclass(frozen=True)
class MadeImage:
    """An image in its place."""

    sha256: str
    size: int


def provide_base(services: Services, name: str, say: Say) -> Path:
    """Return the base image of that name; builds it if it is not there.

    Raises:
        ContainerError: unknown name, or it cannot be built.
    """
    target = services.layout.bases / f"{name}.sif"
    if target.is_file():
        return target
    cache = services.settings.build_cache
    key = f"base-{name}-{_code_digest()}"
    if not take(cache, key, target):
        say(f"building the base image {name}")
        build_base(name, target, apptainer=services.settings.apptainer)
        keep(cache, key, target)
    return target


def make_image(
    services: Services, app: str, recipe_dir: Path, entrypoint: PurePosixPath, *, say: Say, on_line: Say | None = None
) -> MadeImage:
    """Build the image of a recipe into ``images/<app>/<sha256>.sif``.

    ``say`` gets the steps, ``on_line`` the build's output.

    Raises:
        ContainerError: the recipe is wrong, or the build failed (BuildFailed holds the log's end).
    """
    base = provide_base(services, read_recipe(find_recipe(recipe_dir)).base, say)
    folder = services.layout.images / app
    folder.mkdir(mode=0o750, exist_ok=True)
    cache = services.settings.build_cache
    key = recipe_key(recipe_dir, digest_of(base))
    fresh = folder / f".{key}.cached"
    if take(cache, key, fresh):
        say(f"{app}: the image of this very recipe was built before")
        inspect_image(fresh, entrypoint)
        sha256 = digest_of(fresh)
        fresh.replace(folder / f"{sha256}.sif")
        return MadeImage(sha256, (folder / f"{sha256}.sif").stat().st_size)
    say(f"{app}: building the image")
    built = build_image(
        recipe_dir,
        bases=services.layout.bases,
        target_dir=folder,
        entrypoint=entrypoint,
        timeout_s=services.settings.build_timeout_s,
        apptainer=services.settings.apptainer,
        log=folder / "build.log",
        on_line=on_line,
    )
    keep(cache, key, built.path)
    return MadeImage(built.sha256, built.size)


def _code_digest() -> str:
    """Return a hash of the code that builds bases: a base made by other code is another base."""
    total = hashlib.sha256()
    for path in sorted(Path(containers.__file__).parent.rglob("*.py")):
        if "samples" not in path.parts:
            total.update(path.read_bytes())
    return total.hexdigest()[:16]
