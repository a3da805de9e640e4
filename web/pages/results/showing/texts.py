"""Texts: plain, JSON as a tree, Markdown, and the source of pages and drawings."""

from allgo_hpc.reading.previews.kind import Kind, detect_kind
from allgo_hpc.reading.previews.text import PIECE, Encoding, read_piece
from allgo_hpc.reading.previews.tree import LARGEST, NotJson, read_tree
from web.pages.results.showing.looked import Looked, Told, start_wanted

_LARGEST_MARKDOWN = 256 * 1024
_UNSURE = Encoding("latin-1", "Latin-1", sure=False)


def show_text(looked: Looked, problem: str = "", template: str = "text.html", **more: object) -> Told:
    """Show a piece of a text, with the way to the next."""
    start = start_wanted()
    encoding = looked.encoding or _UNSURE
    piece = read_piece(looked.read(start, PIECE), encoding, start, looked.file.size)
    return Told(
        template,
        {
            "text": piece.text,
            "start": start,
            "end": piece.next if piece.next is not None else looked.file.size,
            "following": looked.again(**{"from": piece.next}) if piece.next is not None else "",
            "beginning": looked.again(**{"from": 0}) if start else "",
            "encoding": encoding,
            "problem": problem,
            **more,
        },
    )


def show_json(looked: Looked) -> Told:
    """Show JSON as a tree; what is none, or too large for one, as text."""
    if looked.file.size > LARGEST:
        return show_text(looked, "large")
    encoding = looked.encoding or _UNSURE
    data = looked.read(0, LARGEST)[encoding.mark :]
    try:
        tree = read_tree(data.decode(encoding.codec, "replace"))
    except NotJson as error:
        return show_text(looked, "invalid", why=str(error))
    return Told("json.html", {"tree": tree})


def show_markdown(looked: Looked) -> Told:
    """Show Markdown, made harmless; a long one as text."""
    if looked.file.size > _LARGEST_MARKDOWN:
        return show_text(looked, "long")
    encoding = looked.encoding or _UNSURE
    piece = read_piece(looked.read(0, _LARGEST_MARKDOWN), encoding, 0, looked.file.size)
    return Told("markdown.html", {"text": piece.text})


def show_page(looked: Looked) -> Told:
    """Show the source of a page or a drawing; a drawing also as a picture, in which nothing of it can act."""
    drawing = detect_kind(looked.file.name, looked.head, looked.file.size).kind is Kind.SVG
    address = looked.view.raw(looked.file.name, looked.task, isolated="1")
    return show_text(looked, template="page.html", isolated=address, drawing=drawing)
