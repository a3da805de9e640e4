"""Finds, in the source of the domain, the sentences that it says to people; pure. For the translators' list.

The domain speaks English: what it refuses, and why a job stopped, are plain sentences, some of which lie in the
database for years. A page or a mail in another language knows them again by their form (languages.said).
"""

import ast
import re
from collections.abc import Iterator

RAISED = frozenset({
    "AnswerTooLarge", "BadInput", "BuildFailed", "Conflict", "ContainerError", "Gone", "HelperGone", "HostKeyChanged",
    "ImageError", "KeyRefused", "NodeDown", "NodeError", "NodeRefused", "NodeTimedOut", "NotAllowed",
    "NotFound", "NotSignedIn", "OverQuota", "RecipeError", "Refusal", "SlurmUnavailable", "StorageAway",
    "StorageFull", "SubmitRefused", "SubmitUnknown", "TooLarge", "Unprocessable", "_gone", "_wrong",
    "bad_request", "failure",
})  # fmt: skip
"""What is raised with a sentence for people; others are for the log."""
SPOKEN = frozenset({"reason", "label"})
"""Keywords of calls, and attributes, that hold a sentence for people."""
SPEAKING = (
    "allgo_hpc/near.py", "allgo_hpc/tokens.py", "commits/told.py", "jobs/cancel.py", "jobs/refused.py",
    "jobs/restart.py", "quotas/check.py", "reading/why.py", "sweeping/batches.py", "sweeping/decide.py",
    "sweeping/forgotten.py",
)  # fmt: skip
"""Files all of whose sentences are for people."""


_WORD = re.compile(r"(?<![%\w])[A-Za-z]{2,}")
_HOLE = re.compile(r"\{\d+\}")


def sentences(source: str, *, all_of_it: bool = False) -> set[str]:
    """Return the sentences of one file, each with ``{0}``, ``{1}`` … where something is filled in.

    Args:
        source: Python.
        all_of_it: every text of more than one word, not only those that are raised or kept as a reason.
    """
    tree = ast.parse(source)
    found: set[str] = set()
    for node in ast.walk(tree):
        for value in _spoken(node):
            for text in _texts(value):
                found.add(text)
    if all_of_it:
        told = _docstrings(tree)
        for node in ast.walk(tree):
            if isinstance(node, (ast.Constant, ast.JoinedStr)) and id(node) not in told:
                found.update(_texts(node))
    return {text for text in found if _is_sentence(text)}


def _spoken(node: ast.AST) -> Iterator[ast.expr]:
    if isinstance(node, ast.Call):
        name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
        if name in RAISED:
            yield from node.args[:1]
        yield from (keyword.value for keyword in node.keywords if keyword.arg in SPOKEN)
    elif isinstance(node, ast.Assign) and any(_name(target) in SPOKEN for target in node.targets):
        yield node.value


def _name(target: ast.expr) -> str:
    return str(getattr(target, "attr", getattr(target, "id", "")))


def _texts(node: ast.expr) -> Iterator[str]:
    """Yield what an expression can say; a choice between two says both."""
    if isinstance(node, ast.IfExp):
        yield from _texts(node.body)
        yield from _texts(node.orelse)
    elif isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, (ast.JoinedStr, ast.BinOp)):
        parts = list(_parts(node))
        yield "".join(part if isinstance(part, str) else f"{{{_count(parts, at)}}}" for at, part in enumerate(parts))
        for part in parts:  # what is filled in may itself be one of two phrases
            if isinstance(part, ast.IfExp):
                yield from _texts(part)


def _parts(node: ast.expr) -> Iterator[str | ast.expr]:
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        yield from _parts(node.left)
        yield from _parts(node.right)
    elif isinstance(node, ast.JoinedStr):
        for value in node.values:
            if isinstance(value, ast.Constant):
                yield str(value.value)
            elif isinstance(value, ast.FormattedValue):
                yield value.value
    elif isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    else:
        yield node


def _count(parts: list[str | ast.expr], at: int) -> int:
    return sum(not isinstance(part, str) for part in parts[:at])


def _is_sentence(text: str) -> bool:
    """True for what has at least two words of its own, of two letters or more each."""
    return " " in text.strip() and len(_WORD.findall(_HOLE.sub(" ", text))) > 1


def _docstrings(tree: ast.AST) -> set[int]:
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, (ast.Constant, ast.JoinedStr)):
            found.add(id(node.value))
        if isinstance(node, ast.JoinedStr):
            found.update(id(value) for value in node.values)
    return found
