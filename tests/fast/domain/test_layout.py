"""Where things lie: below the root, each user's, each app's, each job's apart."""

from pathlib import Path

from allgo_hpc.layout import Layout
from allgo_hpc.models import Job

ROOT = Path("/srv/allgo")
JOB = Job(id=5, user_id=3, app_id=4, folder="a" * 40)


def test_the_paths() -> None:
    layout = Layout(ROOT)
    assert layout.job_dir(JOB) == ROOT / "datastore" / "3" / "4" / ("a" * 40)
    assert layout.control_dir(JOB) == ROOT / "control" / ("a" * 40)
    assert layout.image("denoise", "f" * 64) == ROOT / "images" / "denoise" / f"{'f' * 64}.sif"


def test_the_job_cannot_reach_its_record_from_its_folder() -> None:
    layout = Layout(ROOT)
    assert not layout.control_dir(JOB).is_relative_to(layout.job_dir(JOB))
    assert not layout.job_dir(JOB).is_relative_to(layout.control_dir(JOB))


def test_the_folders_are_the_service_users_alone_and_can_be_made_twice(tmp_path: Path) -> None:
    layout = Layout(tmp_path / "root")
    layout.make()
    layout.make()
    made = [
        layout.staging, layout.datastore, layout.control, layout.images, layout.bases, layout.trash, layout.icons,
        layout.samples, layout.builds,
    ]  # fmt: skip
    assert sorted(made) == sorted((tmp_path / "root").iterdir())
    assert all(folder.stat().st_mode & 0o007 == 0 for folder in made)
