"""The batch script of a job: one pure function from a JobSpec to text.

The script holds no ``#SBATCH`` line (options are arguments of sbatch, where a newline cannot make a second one) and
nothing that a user typed.
"""

from slurm.script_body import BODY
from slurm.script_functions import FUNCTIONS
from slurm.spec import TASK_MARK, JobSpec
from slurm.text import quote

# Exit codes of a script that did not start the command. The marker's ``problem`` tells them from the command's own.
EXIT_CLAIMED = 90
EXIT_NO_CONTROL = 91
EXIT_NO_ARGV = 92
EXIT_NO_WORK_DIR = 93
EXIT_NO_LOG = 94
EXIT_NO_SCRATCH = 95
EXIT_NO_TASK = 96
NOT_STARTED = {
    EXIT_NO_CONTROL: "control",
    EXIT_NO_ARGV: "argv",
    EXIT_NO_WORK_DIR: "work_dir",
    EXIT_NO_LOG: "log",
    EXIT_NO_SCRATCH: "scratch",
    EXIT_NO_TASK: "tasks",
}
"""What the marker's ``problem`` says, by exit code: on a storage that is full there may be no marker."""


def render(spec: JobSpec) -> str:
    """Return the bash script that runs ``spec`` on the node.

    The script claims the job (a second start exits with EXIT_CLAIMED and touches nothing), reads the user's words from
    ``control_dir/argv``, runs ``command + words`` in ``work_dir`` and renames the exit marker in place
    (``slurm.marker``). It exits with the command's exit code, or 143 where the command was told to end and said 0.

    Before the time limit the command gets TERM, and KILL some seconds later (``slurm.limits``); the marker says so.

    In an array (``spec.tasks``) each task does so with folders of its own; one whose number or word cannot be had exits
    with EXIT_NO_TASK.

    Raises:
        ValueError: when a path or word holds a control character (a JobSpec already refuses them).
    """
    values = {
        "control_dir": str(spec.control_dir),
        "work_dir": str(spec.work_dir),
        "log_file": str(spec.log_file),
        "scratch_dir": str(spec.scratch_dir) if spec.scratch_dir else "",
        "poke_file": str(spec.poke_file) if spec.poke_file else "",
        "task_mark": TASK_MARK if spec.tasks else "",
        "mounted_word": spec.mounted.word if spec.mounted else "",
        "mounted_folder": str(spec.mounted.folder) if spec.mounted else "",
        "mount_helper": str(spec.mounted.helper) if spec.mounted else "",
    }
    warning = spec.limit_warning
    numbers = {
        "stop_after_s": warning.stop_after_s,
        "kill_after_s": warning.kill_after_s,
        "exit_claimed": EXIT_CLAIMED,
        "exit_no_control": EXIT_NO_CONTROL,
        "exit_no_argv": EXIT_NO_ARGV,
        "exit_no_work_dir": EXIT_NO_WORK_DIR,
        "exit_no_log": EXIT_NO_LOG,
        "exit_no_scratch": EXIT_NO_SCRATCH,
        "exit_no_task": EXIT_NO_TASK,
    }
    lines = [
        "#!/bin/bash",
        "# Runs one job of A||GO HPC on its node, once, and leaves an exit marker in the job's control folder.",
        *(f"{name}={quote(name, value)}" for name, value in values.items()),
        "command=(",
        *(f"    {quote('a word of the command', word)}" for word in spec.command),
        ")",
        "scratch_removal=(",
        *(f"    {quote('a word of the scratch removal', word)}" for word in spec.scratch_removal),
        ")",
        "mount_arguments=(",
        *(f"    {quote('a word for the helper', word)}" for word in (spec.mounted.arguments if spec.mounted else ())),
        ")",
        *(f"{name}={number}" for name, number in numbers.items()),
    ]
    return "\n".join(lines) + "\n" + FUNCTIONS + BODY
