"""Where everything of a sandbox is. No path here is ever a caller's: all are made from a checked name."""

from dataclasses import dataclass
from pathlib import Path

from containers.node.names import check_name
from containers.node.settings import NodeSettings


@dataclass(frozen=True)
class Places:
    """The paths of one sandbox.

    Attributes:
        settings: the node's.
        name: the sandbox's, checked when the value is made.
    """

    settings: NodeSettings
    name: str

    def __post_init__(self) -> None:
        check_name(self.name)

    @property
    def folder(self) -> Path:
        """What lasts: the disk and the record. It is there exactly when the sandbox is."""
        return self.settings.root / "sandboxes" / self.name

    @property
    def making(self) -> Path:
        """The folder before it is whole; left by a helper that was killed, it means nothing."""
        return self.settings.root / "making" / self.name

    @property
    def disk(self) -> Path:
        """The file with the file system."""
        return self.folder / "disk.ext4"

    @property
    def record(self) -> Path:
        """What is known of it: see ``records``."""
        return self.folder / "record.json"

    @property
    def keys(self) -> Path:
        """The keys that open it, in sshd's form (AuthorizedKeysFile)."""
        return self.settings.root / "keys" / self.name

    @property
    def run(self) -> Path:
        """What is known of its processes; gone after a restart of the machine."""
        return self.settings.run / "sandboxes" / self.name

    @property
    def tree(self) -> Path:
        """Where its file system is mounted."""
        return self.settings.run / "trees" / self.name

    @property
    def started(self) -> Path:
        """The note about its processes: see ``lifecycle``."""
        return self.run / "started.json"

    @property
    def network_pid(self) -> Path:
        """Written by the program that carries its network."""
        return self.run / "network.pid"

    @property
    def sessions(self) -> Path:
        """A note for each open session."""
        return self.run / "sessions"

    @property
    def frozen(self) -> Path:
        """Who holds its processes still: see ``freezing``."""
        return self.run / "frozen.json"

    @property
    def activity(self) -> Path:
        """When something last happened in it: see ``idle``."""
        return self.run / "activity.json"

    @property
    def trash(self) -> Path:
        """Where deleted sandboxes are kept, one folder for each, named by the time of the deletion."""
        return self.settings.root / "trash" / self.name

    @property
    def built(self) -> Path:
        """Images that were made from it and not fetched yet, ``<sha256>.sif``."""
        return self.settings.root / "built" / self.name


def prepare_folders(settings: NodeSettings) -> None:
    """Make the node's folders; those above trees and keys may be passed by accounts, not listed."""
    for part in ("sandboxes", "making", "keys", "trash", "images", "toolbox", "built"):
        (settings.root / part).mkdir(parents=True, exist_ok=True)
    for part in ("sandboxes", "trees"):
        (settings.run / part).mkdir(parents=True, exist_ok=True)
    # An account reads the one image that its sandbox is made from; it has no way to learn the name of another.
    for folder in (settings.root, settings.root / "images", settings.run):
        folder.chmod(0o711)
    for part in ("sandboxes", "trees"):
        (settings.run / part).chmod(0o711)
    for part in ("sandboxes", "making", "trash", "built"):
        (settings.root / part).chmod(0o700)
