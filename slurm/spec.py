"""What is to be run, as one frozen value that cannot be wrong."""

from dataclasses import dataclass
from pathlib import Path

from slurm.text import check_label, refuse_controls

NAME_LONGEST = 64
COMMENT_LONGEST = 128
PARTITION_LONGEST = 128


@dataclass(frozen=True, kw_only=True)
class JobSpec:
    """One job: its mark, its limits and its command.

    Everything in it is the project's own text. What a user typed never comes here: it lies in the file ``argv`` of the
    control folder, every word ended by NUL, and the script appends those words to ``command``.

    Attributes:
        name: Slurm's job name, by which a submission whose answer was lost is found again.
        comment: our own mark (a uuid); it travels with the job through the controller and the accounting.
        partition: Slurm's word for the queue; several, separated by commas, let Slurm choose.
        time_limit_min: minutes.
        memory_mb: mebibytes for the whole job, on its one node.
        cpus: processors.
        control_dir: folder of script.log, claim and exit marker, which must exist; the application never sees it.
        work_dir: where the command starts; must exist on the node.
        log_file: gets the command's stdout and stderr, appended.
        command: the first words of the command; the user's words follow.
        scratch_dir: a folder the script makes for itself and removes at the end; nothing may exist at that path.
        scratch_removal: a command that deletes the scratch folder where a plain ``rm`` may not; empty for none.

    Raises:
        ValueError: when a path is not absolute, a number is not positive or a text holds what it must not.
    """

    name: str
    comment: str
    partition: str
    time_limit_min: int
    memory_mb: int
    cpus: int
    control_dir: Path
    work_dir: Path
    log_file: Path
    command: tuple[str, ...]
    scratch_dir: Path | None = None
    scratch_removal: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        check_label("the job's name", self.name, longest=NAME_LONGEST)
        check_label("the job's comment", self.comment, longest=COMMENT_LONGEST)
        check_label("the partition", self.partition, longest=PARTITION_LONGEST, also=",")
        for what in ("time_limit_min", "memory_mb", "cpus"):
            value = getattr(self, what)
            # --mem=0 means all the memory of the node and --time=0 no limit at all (sbatch(1)).
            if not isinstance(value, int) or isinstance(value, bool) or value < 1:
                raise ValueError(f"{what} must be a whole number above 0, not {value!r}")
        for what in ("control_dir", "work_dir", "log_file", "scratch_dir"):
            path = getattr(self, what)
            if path is not None:
                _check_path(what, path)
        if not self.command or not self.command[0]:
            raise ValueError("the command must have at least one word")
        for word in (*self.command, *self.scratch_removal):
            refuse_controls("a word of the command", word)


def _check_path(what: str, path: Path) -> None:
    """Refuse a path that is relative, climbs or holds a control character."""
    refuse_controls(what, str(path))
    if not path.is_absolute() or ".." in path.parts:
        raise ValueError(f"{what} must be an absolute path without '..', not {str(path)!r}")
