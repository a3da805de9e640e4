"""Which ways there are to show a file, and what each of them shows."""

from collections.abc import Callable

from allgo_hpc.reading.previews.bytes import hexdump
from allgo_hpc.reading.previews.kind import Detected, Kind
from allgo_hpc.reading.previews.table import is_regular
from allgo_hpc.reading.previews.text import Encoding
from web.pages.results.showing.documents import show_document
from web.pages.results.showing.images import show_image
from web.pages.results.showing.looked import Looked, Told
from web.pages.results.showing.sounds import show_sound
from web.pages.results.showing.tables import show_table
from web.pages.results.showing.texts import show_json, show_markdown, show_page, show_text


def ways_to_show(what: Detected, looked: Looked) -> list[str]:
    """Return the kinds that a file can be shown as, the best first."""
    if what.kind is Kind.TEXT and looked.encoding is not None and _has_columns(looked.head, looked.encoding):
        return [Kind.TABLE, Kind.TEXT]
    if what.kind in {Kind.TABLE, Kind.JSON, Kind.MARKDOWN}:
        return [what.kind, Kind.TEXT]
    return [what.kind] if what.kind in {Kind.TEXT, Kind.EMPTY, Kind.OTHER} else [what.kind, Kind.OTHER]


def show_kind(kind: Kind, looked: Looked) -> Told:
    """Return what is shown of a file as one of its kinds."""
    return _SHOWN[kind](looked)


def _has_columns(head: bytes, encoding: Encoding) -> bool:
    """True for a text of columns parted by tabs, as annotators write it."""
    text = head.decode(encoding.codec, "replace")
    whole = text.rpartition("\n")[0] if "\n" in text else text
    return is_regular(whole, "\t")


def _other(looked: Looked) -> Told:
    return Told("other.html", {"dump": hexdump(looked.head)})


def _empty(_: Looked) -> Told:
    return Told("empty.html")


_SHOWN: dict[Kind, Callable[[Looked], Told]] = {
    Kind.EMPTY: _empty,
    Kind.IMAGE: show_image,
    Kind.SOUND: show_sound,
    Kind.PDF: show_document,
    Kind.SVG: show_page,
    Kind.HTML: show_page,
    Kind.JSON: show_json,
    Kind.TABLE: show_table,
    Kind.MARKDOWN: show_markdown,
    Kind.TEXT: show_text,
    Kind.OTHER: _other,
}
