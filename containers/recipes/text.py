"""The text of a recipe, cut into parts whose line numbers are known. Pure; refuses what no parser should see."""

import re
import unicodedata
from dataclasses import dataclass

from containers.errors import RecipeError

# One argument of a program may have 128 KiB (execve(2), MAX_ARG_STRLEN), and %post becomes one of sh.
LARGEST_RECIPE_BYTES = 100 * 1024
# Control, format (bidirectional marks, zero width), line and paragraph ends: what hides something from the reader.
_REFUSED_CATEGORIES = frozenset({"Cc", "Cf", "Zl", "Zp"})


@dataclass(frozen=True)
class Part:
    """An instruction of a Dockerfile, or a section of a definition file.

    Attributes:
        line: where it begins, from 1.
        word: ``COPY`` or ``post``; empty for what stands before the first section.
        rest: what follows the word: an instruction's text, on one line; a section's arguments.
        body: a section's lines.
    """

    line: int
    word: str
    rest: str
    body: tuple[str, ...] = ()


def decode(data: bytes, file: str) -> list[str]:
    """Return the lines of a recipe; ends of lines as Windows writes them are accepted.

    Raises:
        RecipeError: too large, not UTF-8, or with characters that hide something from the reader.
    """
    if len(data) > LARGEST_RECIPE_BYTES:
        raise RecipeError(f"a recipe may have {LARGEST_RECIPE_BYTES} bytes, this has {len(data)}", file=file)
    try:
        lines = data.decode("utf-8-sig").replace("\r\n", "\n").split("\n")
    except UnicodeDecodeError as cause:
        line = data.count(b"\n", 0, cause.start) + 1
        raise RecipeError("the text is not UTF-8", file=file, line=line) from cause
    for number, line_text in enumerate(lines, start=1):
        for character in line_text:
            if character != "\t" and unicodedata.category(character) in _REFUSED_CATEGORIES:
                raise RecipeError(f"holds the invisible character U+{ord(character):04X}", file=file, line=number)
    return lines


def instructions(lines: list[str], file: str) -> list[Part]:
    r"""Cut a Dockerfile into instructions; lines that end with ``\`` are joined and comments left out.

    As https://docs.docker.com/reference/dockerfile/ says: comments and empty lines within a joined instruction are
    skipped, words of instructions are in any case.

    Raises:
        RecipeError: the escape directive, or a ``\`` at the end of the file.
    """
    parts: list[Part] = []
    pending, begun = "", 0
    for number, line in enumerate(lines, start=1):
        text = line.rstrip() if begun else line.strip()
        if re.match(r"#\s*escape\s*=", text, re.IGNORECASE):
            raise RecipeError("the escape directive is not supported: continue lines with \\", file=file, line=number)
        if not text or text.lstrip().startswith("#"):
            continue
        begun = begun or number
        if text.endswith("\\"):
            pending += text[:-1]
            continue
        word, _, rest = (pending + text).replace("\t", " ").partition(" ")
        parts.append(Part(begun, word.upper(), rest.strip()))
        pending, begun = "", 0
    if begun:
        raise RecipeError("the last line ends with \\", file=file, line=begun)
    return parts


def sections(lines: list[str]) -> list[Part]:
    """Cut a definition file into its header (the word is empty) and its sections, comments in bodies kept."""
    parts = [Part(1, "", "")]
    for number, line in enumerate(lines, start=1):
        if line.lstrip().startswith("%"):
            word, _, rest = line.strip()[1:].partition(" ")
            parts.append(Part(number, word.lower(), rest.split("#")[0].strip()))
        else:
            last = parts[-1]
            parts[-1] = Part(last.line, last.word, last.rest, (*last.body, line))
    return parts
