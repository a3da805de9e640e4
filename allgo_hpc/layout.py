"""Where everything lies below the root on the shared file system: pure paths, of numbers and hexadecimal digits."""

from pathlib import Path
from typing import Protocol

from allgo_hpc.models import Job


class Placed(Protocol):
    """What says where a job's own folder lies: a job, or these columns of its row."""

    @property
    def user_id(self) -> int:
        """Whose it is."""

    @property
    def app_id(self) -> int:
        """Of which app."""

    @property
    def folder(self) -> str:
        """Its 40 digits."""


class Layout:
    """The folders of one portal."""

    def __init__(self, root: Path) -> None:
        """Take the root that the settings name."""
        self.root = root
        self.staging = root / "staging"
        self.datastore = root / "datastore"
        self.control = root / "control"
        self.images = root / "images"
        self.bases = root / "bases"
        self.samples = root / "samples"
        self.builds = root / "builds"
        self.trash = root / "trash"
        self.icons = root / "icons"
        self.poke = root / ".poke"
        self.submitted = root / ".submitted"
        self.news = root / ".news"

    def make(self) -> None:
        """Make the folders, for the service user alone."""
        folders = (
            self.staging, self.datastore, self.control, self.images, self.bases, self.samples, self.builds,
            self.trash, self.icons,
        )  # fmt: skip
        for folder in folders:
            folder.mkdir(mode=0o750, parents=True, exist_ok=True)

    def job_dir(self, job: Placed) -> Path:
        """Return the folder that the app sees as /tmp."""
        return self.datastore / str(job.user_id) / str(job.app_id) / job.folder

    def control_dir(self, job: Job) -> Path:
        """Return the folder of script, claim and exit marker, which the app does not see.

        That of a task of an array lies in its batch's, under its number in the array.
        """
        if job.batch is not None:
            return self.control / job.batch.folder / str(job.task)
        return self.control / job.folder

    def icon(self, app_id: int, sha256: str) -> Path:
        """Return the file of an app's icon, named by its content."""
        return self.icons / str(app_id) / f"{sha256}.icon"

    def image(self, app_name: str, sha256: str) -> Path:
        """Return the image file of a version."""
        return self.images / app_name / f"{sha256}.sif"
