"""A page as a reader's program sees it: elements in their order, with what is around each."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

_EMPTY = {"meta", "link", "br", "hr", "img", "input"}


@dataclass
class Element:
    tag: str
    attributes: dict[str, str]
    around: list["Element"] = field(repr=False)  # a failing test would print each of them again and again
    text: str = field(default="", repr=False)

    def get(self, name: str) -> str:
        return self.attributes.get(name, "")

    def within(self, tag: str, **attributes: str) -> bool:
        return any(
            each.tag == tag and all(each.get(name) == value for name, value in attributes.items())
            for each in self.around
        )


class Page(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[Element] = []
        self._open: list[Element] = []
        self.feed(text)
        self.close()
        assert not self._open, f"never closed: {[each.tag for each in self._open]}"

    def all(self, *tags: str) -> list[Element]:
        return [each for each in self.elements if each.tag in tags]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        made = Element(tag, {name: value or "" for name, value in attrs}, list(self._open))
        self.elements.append(made)
        if tag not in _EMPTY:
            self._open.append(made)

    def handle_endtag(self, tag: str) -> None:
        assert self._open, f"</{tag}> closes nothing"
        assert self._open.pop().tag == tag, f"</{tag}> closes another element"

    def handle_data(self, data: str) -> None:
        for each in self._open:
            each.text += data
