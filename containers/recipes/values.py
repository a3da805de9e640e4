"""The small values inside a recipe: variables, labels, destinations. Pure."""

import re
from pathlib import PurePosixPath

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_LABEL = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._/-]*")
_PAIR = re.compile(r"""([^\s="'$]+)=((?:"(?:[^"\\]|\\.)*"|'[^']*'|\\.|[^\s"'\\])*)(?:\s+|$)""")


def assignments(text: str) -> list[tuple[str, str]]:
    r"""Read ``A=1 B="two words" C='$literal'``.

    A value keeps ``$NAME`` for what is to be expanded; a dollar sign in single quotes or after a backslash becomes
    ``\$``.

    Raises:
        ValueError: it is not of that form; a value that would run a command is refused.
    """
    pairs: list[tuple[str, str]] = []
    rest = text.strip()
    while rest:
        found = _PAIR.match(rest)
        if not found or not _NAME.fullmatch(found[1]):
            raise ValueError(f'write NAME=value or NAME="a value", not {rest[:40]!r}')
        pairs.append((found[1], _unquote(found[2])))
        rest = rest[found.end() :]
    if not pairs:
        raise ValueError("write NAME=value")
    return pairs


def _unquote(text: str) -> str:
    """Take one shell word out of its quotes."""
    if re.search(r"\$\(|(?<!\\)`", re.sub(r"'[^']*'", "", text)):
        raise ValueError("a value cannot run a command: work it out in a RUN or in %post and write it to a file")
    pieces: list[str] = []
    for piece in re.findall(r"""'[^']*'|"(?:[^"\\]|\\.)*"|\\.|[^"'\\]+""", text):
        if piece.startswith("'"):
            pieces.append(piece[1:-1].replace("$", "\\$"))
        else:
            inner = piece[1:-1] if piece.startswith('"') else piece
            pieces.append(re.sub(r"\\(.)", lambda match: "\\$" if match[1] == "$" else match[1], inner))
    return "".join(pieces)


def label(name: str, value: str) -> tuple[str, str]:
    """Check a label.

    Raises:
        ValueError: a name that is not of plain characters, or a value that Apptainer would replace.
    """
    if not _LABEL.fullmatch(name):
        raise ValueError(f"a label's name has letters, digits and . _ / -, not {name!r}")
    if "{{" in value:
        raise ValueError("a label may not hold '{{'")
    return name, value.strip()


def destination(text: str, workdir: str) -> str:
    """Return where a copied file goes, absolute; a ``/`` at the end is kept, as it says "into this folder".

    Raises:
        ValueError: it climbs by ``..``, or holds a variable or a wildcard, which are not expanded here.
    """
    path = text if text.startswith("/") else f"{workdir.rstrip('/')}/{text}"
    if ".." in PurePosixPath(path).parts or re.search(r"[$*?\[\]\"'`\\]", path):
        raise ValueError(f"the destination must be a plain path in the image, not {text!r}")
    return str(PurePosixPath(path)) + ("/" if text.endswith(("/", "/.")) or text == "." else "")
