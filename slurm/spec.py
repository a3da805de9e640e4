"""What is to be run, as one frozen value that cannot be wrong."""

from dataclasses import dataclass
from pathlib import Path

from slurm.limits import LimitWarning, limit_warning
from slurm.text import check_label, refuse_controls

# In an array, the script puts the word of its own task in this place.
TASK_MARK = "@TASK@"
NAME_LONGEST = 64
COMMENT_LONGEST = 128
PARTITION_LONGEST = 128


@dataclass(frozen=True, kw_only=True)
class Mounted:
    """A word of the command that a folder may stand for, on nodes that have it: the same files, faster to read.

    Attributes:
        word: as it is in ``command``.
        folder: what takes its place while it is a folder with ``.singularity.d`` in it; the script holds it open.
        helper: a program of the node that makes the folder, called where it is not there yet; on a node without the
            program, or where it fails, the word stays.
        arguments: of the helper, which runs as root by sudo.
    """

    word: str
    folder: Path
    helper: Path
    arguments: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class JobSpec:
    """One job: its mark, its limits and its command.

    Everything in it is the project's own text. What a user typed never comes here: it lies in the file ``argv`` of the
    control folder, every word ended by NUL, and the script appends those words to ``command``.

    With ``tasks`` it is one job array. Its tasks differ by one word each: line ``index + 1`` of the plain file
    ``tasks`` of the control folder, 1 to 64 characters out of ``A-Za-z0-9._-``, not ``.`` or ``..``. The script puts
    that word in place of TASK_MARK in ``work_dir``, ``log_file``, ``scratch_dir``, ``command`` and
    ``scratch_removal``, and keeps the task's script.log, claim and exit marker in the folder ``<index>`` of the control
    folder. ``argv`` is the same for all tasks.

    Attributes:
        name: Slurm's job name, by which a submission whose answer was lost is found again.
        comment: our own mark (a uuid); it travels with the job through the controller and the accounting.
        partition: Slurm's word for the queue; several, separated by commas, let Slurm choose.
        time_limit_min: minutes.
        memory_mb: mebibytes for the whole job, on its one node.
        cpus: processors.
        gpus: graphics processors; 0 for none.
        control_dir: folder of script.log, claim and exit marker, which must exist; the application never sees it.
        work_dir: where the command starts; must exist on the node.
        log_file: gets the command's stdout and stderr, appended.
        command: the first words of the command; the user's words follow.
        scratch_dir: a folder the script makes for itself and removes at the end; nothing may exist at that path.
        poke_file: a file to which the script adds its job's id when it ends, so that whoever follows the job looks.
        scratch_removal: a command that deletes the scratch folder where a plain ``rm`` may not; empty for none.
        mounted: a word of ``command`` for which the node may have a folder.
        tasks: 0 for a plain job, else how many tasks the array has; they are numbered from 0, and the limits are those
            of each. Slurm refuses more than its MaxArraySize, 1000 by default.
        grace_s: seconds before the time limit at which the command is told to end, so that it can keep what it has
            done: TERM, and KILL 2 s before the limit. None for 7 s up to a limit of 5 minutes, else 30 s.

    Raises:
        ValueError: when a path is not absolute, a number is not positive, ``grace_s`` is not between 3 and half of the
            limit, a text holds what it must not, or TASK_MARK stands where no task can replace it or is missing where
            tasks would meet.
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
    poke_file: Path | None = None
    mounted: Mounted | None = None
    tasks: int = 0
    grace_s: int | None = None
    gpus: int = 0

    @property
    def limit_warning(self) -> LimitWarning:
        """How the command is told to end before its time limit."""
        return limit_warning(self.time_limit_min, self.grace_s)

    def __post_init__(self) -> None:
        check_label("the job's name", self.name, longest=NAME_LONGEST)
        check_label("the job's comment", self.comment, longest=COMMENT_LONGEST)
        check_label("the partition", self.partition, longest=PARTITION_LONGEST, also=",")
        for what in ("time_limit_min", "memory_mb", "cpus"):
            value = getattr(self, what)
            # --mem=0 means all the memory of the node and --time=0 no limit at all (sbatch(1)).
            if not isinstance(value, int) or isinstance(value, bool) or value < 1:
                raise ValueError(f"{what} must be a whole number above 0, not {value!r}")
        if not isinstance(self.gpus, int) or isinstance(self.gpus, bool) or self.gpus < 0:
            raise ValueError(f"gpus must be a whole number of 0 or more, not {self.gpus!r}")
        limit_warning(self.time_limit_min, self.grace_s)
        for what in ("control_dir", "work_dir", "log_file", "scratch_dir", "poke_file"):
            path = getattr(self, what)
            if path is not None:
                _check_path(what, path)
        if not self.command or not self.command[0]:
            raise ValueError("the command must have at least one word")
        if self.mounted is not None:
            _check_path("the mounted folder", self.mounted.folder)
            _check_path("the helper that mounts", self.mounted.helper)
            if self.mounted.word not in self.command:
                raise ValueError("the word that a mounted folder stands for must be in the command")
        arguments = self.mounted.arguments if self.mounted else ()
        for word in (*self.command, *self.scratch_removal, *arguments):
            refuse_controls("a word of the command", word)
        self._check_tasks()

    def _check_tasks(self) -> None:
        if not isinstance(self.tasks, int) or isinstance(self.tasks, bool) or self.tasks < 0:
            raise ValueError(f"tasks must be a whole number of 0 or more, not {self.tasks!r}")
        if TASK_MARK in str(self.control_dir):
            raise ValueError(f"control_dir must not hold {TASK_MARK}: it is the same for all tasks")
        # Tasks that run in one folder, or make one scratch folder, would spoil each other's work.
        own = {"work_dir": self.work_dir, "scratch_dir": self.scratch_dir}
        marked = [str(path) for path in (*own.values(), self.log_file)] + [*self.command, *self.scratch_removal]
        if not self.tasks and any(TASK_MARK in text for text in marked):
            raise ValueError(f"{TASK_MARK} has a meaning only in an array")
        for what, path in own.items():
            if self.tasks and path is not None and TASK_MARK not in str(path):
                raise ValueError(f"{what} must hold {TASK_MARK}: each task of an array has its own")


def _check_path(what: str, path: Path) -> None:
    """Refuse a path that is relative, climbs or holds a control character."""
    refuse_controls(what, str(path))
    if not path.is_absolute() or ".." in path.parts:
        raise ValueError(f"{what} must be an absolute path without '..', not {str(path)!r}")
