"""Reads an author's recipe, a definition file or a Dockerfile, into a ``Recipe``. The one module that knows spython.

What spython's parsers (0.3.14) do with some lines was seen, and is why they get one instruction at a time, checked
before: of a Dockerfile they keep no order between RUN and COPY, read ``COPY --chown`` as a file and leave unknown words
in the install script; of a definition file they strip the indentation of here-documents, stop at the word "bootstrap"
and know no ``localimage``; a missing file raises SystemExit.
"""

from pathlib import Path

from spython.logger import bot  # type: ignore[import-untyped]
from spython.main.parse.parsers import DockerParser, SingularityParser  # type: ignore[import-untyped]

from containers.errors import RecipeError
from containers.recipes.deffile import recipe_of_sections
from containers.recipes.dockerfile import Built, recipe_of_instructions
from containers.recipes.model import Recipe
from containers.recipes.text import Part, decode, instructions, sections

# Its warnings speak of files that it looks for in the portal's own working folder. -10 is below every level it has.
bot.level = -10


def read_recipe(path: Path) -> Recipe:
    """Read and check a recipe; the files that it copies must lie beside it.

    Args:
        path: a file named ``*.def`` or ``Dockerfile``.

    Raises:
        RecipeError: it cannot be read, or asks for what cannot be honoured; names each such line.
    """
    file = path.name
    try:
        data = path.read_bytes()
    except OSError as cause:
        raise RecipeError(f"cannot be read: {cause.strerror}", file=file) from cause
    lines = decode(data, file)
    if path.suffix == ".def":
        return recipe_of_sections(sections(lines), path.parent, file, by=_section)
    if path.name == "Dockerfile":
        return recipe_of_instructions(instructions(lines, file), path.parent, file, by=_instruction)
    raise RecipeError("a recipe is named Dockerfile, or ends in .def", file=file)


def find_recipe(folder: Path) -> Path:
    """Return the one recipe in a folder.

    Raises:
        RecipeError: there is none, or there are several.
    """
    found = sorted(path for path in folder.glob("*") if path.suffix == ".def" or path.name == "Dockerfile")
    if len(found) == 1:
        return found[0]
    names = ", ".join(path.name for path in found)
    raise RecipeError(f"one recipe is needed, there are: {names}" if found else "no Dockerfile and no *.def is there")


def _instruction(part: Part) -> Built:
    """Have spython read one instruction of a Dockerfile."""
    parser = DockerParser(None, load=False)
    parser.lines = [f"{part.word} {part.rest}"]
    built = next(iter(parser.parse().values()))
    return Built(
        install=tuple(built.install),
        files=tuple((source, target) for source, target in built.files),
        entrypoint=built.entrypoint,
        workdir=built.workdir or "",
        base=built.fromHeader or "",
    )


def _section(part: Part) -> tuple[str, ...]:
    """Have spython read one section of a definition file; each line travels as ``=`` and its hexadecimal digits."""
    parser = SingularityParser(None, load=False)
    parser.lines = [f"%{part.word}", *("=" + line.encode().hex() for line in part.body)]
    built = parser.parse()["spython-base"]
    read = {"post": built.install, "files": built.files, "environment": built.environ, "labels": built.labels}
    return tuple(bytes.fromhex(line[1:]).decode() for line in read[part.word])
