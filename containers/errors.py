"""What can go wrong with images: a small tree, one bit, and sentences for people."""

from collections.abc import Sequence

MOST_PROBLEMS = 50


class ContainerError(Exception):
    """Something that was asked of Apptainer did not come about.

    Its text is one sentence for a person. ``transient`` says whether the same request may succeed later without anybody
    changing anything.
    """

    transient: bool = False

    def __init__(self, message: str, *, transient: bool | None = None) -> None:
        super().__init__(message)
        if transient is not None:
            self.transient = transient


class BuildFailed(ContainerError):  # noqa: N818  # says what happened
    """An image was not built; nothing of it is left but the log.

    Attributes:
        log_tail: the last lines of the build's output, for the author.
    """

    def __init__(self, message: str, *, log_tail: str = "", transient: bool | None = None) -> None:
        super().__init__(message, transient=transient)
        self.log_tail = log_tail


class ImageError(ContainerError):
    """An image is there, but it cannot be read or its entrypoint cannot run."""


class RecipeError(ContainerError):
    """A recipe asks for what cannot be honoured.

    Attributes:
        line: the line in the recipe, from 1; None where the whole file is meant.
        field: the section or instruction, such as ``%setup`` or ``COPY``.
        problems: each line that cannot be honoured, in the recipe's order; the text has a line for each.
    """

    def __init__(self, message: str, *, file: str = "", line: int | None = None, field: str = "") -> None:
        where = ", ".join(part for part in (file, f"line {line}" if line is not None else "") if part)
        where += f" ({field})" if field and where else field
        super().__init__(f"{where}: {message}" if where else message)
        self.line = line
        self.field = field
        self.problems: tuple[RecipeError, ...] = (self,)

    @classmethod
    def together(cls, problems: Sequence["RecipeError"]) -> "RecipeError":
        """Return one error that says all of them, a line each; line and field are those of the first."""
        if len(problems) == 1:
            return problems[0]
        said = [str(problem) for problem in problems[:MOST_PROBLEMS]]
        if len(problems) > MOST_PROBLEMS:
            said.append(f"and {len(problems) - MOST_PROBLEMS} more")
        whole = cls("\n".join(said))
        whole.line, whole.field, whole.problems = problems[0].line, problems[0].field, tuple(problems)
        return whole
