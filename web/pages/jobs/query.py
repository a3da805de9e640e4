"""What the address of a list of jobs asks for, and the addresses of the same list elsewhere."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlencode

from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import MultiDict

from allgo_hpc.errors import BadInput
from allgo_hpc.reading.listing import GROUPS, Filter
from allgo_hpc.reading.sorting import NEWEST, read_place
from web.pages.days import read_day

PAGE = 50
SHOWN = (
    ("", _l("all")),
    ("active", _l("under way")),
    ("done", _l("ended well")),
    ("failed", _l("failed")),
    ("cancelled", _l("cancelled")),
    ("deleted", _l("files deleted")),
)
SORTED = (
    (NEWEST, _l("newest first")),
    ("oldest", _l("oldest first")),
    ("app", _l("by app")),
    ("longest", _l("longest run first")),
    ("largest", _l("largest first")),
)
_FIELDS = ("user", "app", "show", "queue", "since", "until", "text", "sort")
_LONGEST = 200


@dataclass(frozen=True)
class Asked:
    """The filter that an address asks for, and its words as they stand in the form."""

    filter: Filter
    user: str | None
    words: Mapping[str, str]
    path: str

    @property
    def is_filtered(self) -> bool:
        """Whether anything is left out."""
        return any(value for name, value in self.words.items() if name != "sort")

    def address(self, **changes: str) -> str:
        """Return the address of the same list with changes; without any, its first page."""
        values = {name: value for name, value in {**self.words, **changes}.items() if value}
        if values.get("sort") == NEWEST:
            del values["sort"]
        return f"{self.path}?{urlencode(values)}" if values else self.path


def read_query(args: MultiDict[str, str], path: str, *, users: bool = False) -> Asked:
    """Return what an address asks for.

    Args:
        args: of the address.
        path: of the list.
        users: whether it may name a user.

    Raises:
        BadInput: a day that is none, a group of states or an order that there is not.
    """
    names = [name for name in _FIELDS if users or name != "user"]
    words = {name: args.get(name, "").strip()[:_LONGEST] for name in names}
    words["sort"] = words["sort"] or NEWEST
    show = words["show"]
    if show not in {name for name, _ in SHOWN}:
        raise BadInput(f"show: one of {', '.join(name for name, _ in SHOWN if name)}", field="show")
    until = read_day(words["until"], "until")
    wanted = Filter(
        app=words["app"] or None,
        states=GROUPS.get(show, ()),
        queue=words["queue"] or None,
        created_after=read_day(words["since"], "since"),
        created_before=until + timedelta(days=1) if until is not None else None,
        deleted=show == "deleted",
        text=words["text"] or None,
        sort=words["sort"],
        after=read_place(args.get("after", ""), words["sort"]),
        limit=PAGE,
    )
    return Asked(wanted, words.get("user") or None, words, path)
