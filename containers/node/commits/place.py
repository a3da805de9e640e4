"""Where a commit's image is made and its note is kept. Paths are made from a checked name and a checked uuid only."""

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from containers.node.accounts import Account
from containers.node.sandboxes.places import Places


@dataclass(frozen=True)
class CommitPlace:
    """The paths of one commit.

    Attributes:
        places: of its sandbox.
        uuid: by which the portal knows it; checked.
    """

    places: Places
    uuid: str

    @property
    def folder(self) -> Path:
        """All that is the commit's."""
        return self.places.settings.root / "commits" / self.places.name / self.uuid

    @property
    def note(self) -> Path:
        """How far it is: see ``state``."""
        return self.folder / "state.json"

    @property
    def out(self) -> Path:
        """Where the sandbox's account makes the image."""
        return self.folder / "out"

    def make(self, account: Account) -> None:
        """Make the folders; the account may pass through to its own, and see no other."""
        for folder in (self.places.settings.root / "commits", self.folder.parent, self.folder):
            folder.mkdir(exist_ok=True)
            folder.chmod(0o711)
        self.out.mkdir(mode=0o700, exist_ok=True)
        os.chown(self.out, account.uid, account.gid)

    def remove(self) -> None:
        """Remove all of it."""
        shutil.rmtree(self.folder, ignore_errors=True)
