"""The portal's front page: what can be run here, found by words and tags."""

from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, render_template, request, url_for

from allgo_hpc.catalogue.search import SHOW, SORTS, Wanted, search
from allgo_hpc.reading.lookup import mean_seconds
from web.context import get_session
from web.look.plain import plain_line
from web.look.tiles import ground, letter
from web.signin.who import need_user, visitor

pages = Blueprint("pages", __name__)
_TAGS_SHOWN = 12
_LONGEST = 200
_MOST_PAGES = 100_000


@pages.get("/")
def front() -> str:
    """Show a page of the apps that the visitor may run and that fit what they look for."""
    wanted = _wanted()
    user = visitor() if wanted.show == "all" else need_user()
    found = search(get_session(), user, wanted)
    return render_template(
        "catalogue/front.html",
        wanted=wanted,
        found=found,
        user=user,
        link=lambda **changes: _link(wanted, **changes),
        tags=found.tags[:_TAGS_SHOWN],
        more_tags=found.tags[_TAGS_SHOWN:],
        plain_line=plain_line,
        mean_seconds=mean_seconds,
        letter=letter,
        ground=ground,
    )


def _wanted() -> Wanted:
    """Return what the address asks for; what it says wrong is as if it said nothing."""
    args = request.args
    page = args.get("page", "1")
    return Wanted(
        words=args.get("q", "")[:_LONGEST].strip(),
        tag=args.get("tag", "")[:_LONGEST],
        show=args.get("show", "") if args.get("show") in SHOW else "all",
        sort=args.get("sort", "") if args.get("sort") in SORTS else "best",
        page=min(int(page), _MOST_PAGES) if page.isascii() and page.isdigit() and len(page) < 7 else 1,  # noqa: PLR2004
    )


def _link(wanted: Wanted, **changes: Any) -> str:  # noqa: ANN401
    """Return the address of this page with something different; any other search begins at its first page."""
    now = {"q": wanted.words, "tag": wanted.tag, "show": wanted.show, "sort": wanted.sort, "page": 1} | changes
    usual = {"q": "", "tag": "", "show": "all", "sort": "best", "page": 1}
    said = urlencode({name: value for name, value in now.items() if value != usual[name]})
    return f"{url_for('pages.front')}?{said}" if said else url_for("pages.front")
