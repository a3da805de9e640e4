"""What `pip install .` puts on a site's machine."""

import subprocess
import sys
import zipfile
from pathlib import Path

CHECKOUT = Path(__file__).parents[2]
NEEDED = {
    "allgo_hpc/migrations/script.py.mako",
    "allgo_hpc/migrations/versions/0001_initial.py",
    "slurm/script.py",
    "containers/recipes/dockerfile.py",
}


def test_wheel_is_whole_and_holds_no_tests(tmp_path: Path) -> None:
    copy = tmp_path / "source"
    subprocess.run(["cp", "-r", str(CHECKOUT), str(copy)], check=True)
    subprocess.run(
        [sys.executable, "-m", "pip", "wheel", ".", "--no-deps", "--no-build-isolation", "-q", "-w", str(tmp_path)],
        cwd=copy,
        check=True,
        capture_output=True,
        timeout=120,
    )
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
        metadata = next(archive.read(name).decode() for name in names if name.endswith("METADATA"))
        entry_points = next(archive.read(name).decode() for name in names if name.endswith("entry_points.txt"))
    shown = {
        str(path.relative_to(CHECKOUT))
        for folder in ("templates", "static", "translations")
        for path in (CHECKOUT / "web" / folder).rglob("*")
        if path.is_file()
    }
    languages = CHECKOUT / "allgo_hpc" / "languages" / "translations"
    shown |= {str(path.relative_to(CHECKOUT)) for path in languages.rglob("*.[mp]o")}
    assert names >= NEEDED | shown
    assert not {name for name in names if name.startswith(("tests/", "scripts/"))}
    assert "Private :: Do Not Upload" in metadata
    assert "allgo-hpc = allgo_hpc.cli:main" in entry_points
