"""Images by the hash of what they were built from, so that the same recipe on the same base is built once."""

import hashlib
import shutil
from pathlib import Path


def recipe_key(folder: Path, base_digest: str) -> str:
    """Return a hash over every file of an author's folder (names, modes, content) and the base."""
    total = hashlib.sha256(base_digest.encode())
    for path in sorted(folder.rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts:
            executable = bool(path.stat().st_mode & 0o100)
            total.update(f"\0{path.relative_to(folder)}\0{executable}\0".encode())
            total.update(hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()


def digest_of(path: Path) -> str:
    """Return the SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def take(cache: str, key: str, target: Path) -> bool:
    """Copy a kept image to ``target``; False when there is none."""
    kept = Path(cache) / f"{key}.sif" if cache else None
    if kept is None or not kept.is_file():
        return False
    _copy(kept, target)
    return True


def keep(cache: str, key: str, image: Path) -> None:
    """Keep an image for the next time; does nothing without a cache."""
    if cache:
        _copy(image, Path(cache) / f"{key}.sif")


def _copy(source: Path, target: Path) -> None:
    fresh = target.with_name(f".{target.name}.new")
    shutil.copyfile(source, fresh)
    fresh.chmod(0o444)
    fresh.replace(target)
