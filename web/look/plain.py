"""An author's Markdown as one line of plain text, for cards and lists."""

from functools import lru_cache

from markdown_it import MarkdownIt

_READ = 2000
"""Characters that are looked at."""
_MORE_THAN_WORDS = {"link_open", "image"}
_parser = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])


@lru_cache(maxsize=2048)
def plain_line(text: str, most: int = 160) -> str:
    """Return the first paragraph without its marks, cut at a word; of a text without one, its first words."""
    found = ""
    tokens = _parser.parse(text[:_READ])
    for number, token in enumerate(tokens):
        if token.type == "inline" and token.children:
            line = " ".join("".join(_words(child.type, child.content) for child in token.children).split())
            if line and (not found or tokens[number - 1].type == "paragraph_open"):
                found = line
            if line and tokens[number - 1].type == "paragraph_open":
                break
    if len(found) <= most:
        return found
    cut = found[:most].rsplit(" ", 1)[0] if " " in found[:most] else found[:most]
    return f"{cut.rstrip(' .,;:')} …"


def after_plain_line(text: str, most: int = 160) -> str:
    """Return what ``plain_line`` leaves: the text without a first paragraph that is shown whole."""
    tokens = _parser.parse(text[:_READ])
    if not tokens or tokens[0].type != "paragraph_open" or tokens[0].map is None:
        return text
    if any(child.type in _MORE_THAN_WORDS for child in tokens[1].children or ()):
        return text
    if plain_line(text, most) != plain_line(text, _READ):
        return text
    return "".join(text.splitlines(keepends=True)[tokens[0].map[1] :]).strip()


def _words(kind: str, content: str) -> str:
    if kind in {"text", "code_inline"}:
        return content
    return " " if kind in {"softbreak", "hardbreak"} else ""
