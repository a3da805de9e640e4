"""Takes a picture of every page, both themes, wide and narrow: ``python -m tests.browser.pictures FOLDER [NAME…]``."""

import sys
import tempfile
from pathlib import Path

from sqlalchemy import update

from allgo_hpc.models import Announcement, utc_now
from tests.browser.browsing import WIDTHS, chromium, sign_in
from tests.browser.furnish import SETTINGS, furnish
from tests.browser.places import PLACES
from tests.browser.stage import stage


def take(folder: Path, names: list[str]) -> None:
    """Take the pictures of the pages whose names begin with one of these; of all for none."""
    folder.mkdir(parents=True, exist_ok=True)
    wanted = [place for place in PLACES if not names or place.name.startswith(tuple(names))]
    with tempfile.TemporaryDirectory() as root, stage(Path(root), **SETTINGS) as made, chromium() as browser:
        furnish(made)
        # They stand on every page, and are ugly for the tests' sake.
        made.world.session.execute(update(Announcement).values(ends_at=utc_now()))
        made.world.session.commit()
        for theme in ("light", "dark"):
            for width, pixels in WIDTHS.items():
                for who in sorted({place.who for place in wanted}):
                    context = browser.new_context(color_scheme=theme, viewport={"width": pixels, "height": 900})  # type: ignore[arg-type]
                    page = context.new_page()
                    if who:
                        sign_in(page, made.url, who)
                    for place in wanted:
                        if place.who == who:
                            place.open(page, made.url, made.ids)
                            page.screenshot(path=folder / f"{place.name}-{theme}-{width}.png", full_page=True)
                    context.close()


if __name__ == "__main__":
    take(Path(sys.argv[1]), sys.argv[2:])
