"""Pages of web/pages/catalogue, and what they show."""

from tests.browser.place import Place
from tests.browser.stage import Stage
from tests.fast.domain.world import add_app

PLACES: tuple[Place, ...] = (Place("front", "/"), Place("front-signed-in", "/", "ada"))

DESCRIPTION = """Counts words, lines and sentences of texts.

## What it does

* reads each `*.txt`
* writes `statistics.csv`

See [its page](https://example.org/textstats).
"""


def furnish(stage: Stage) -> None:
    """Make what these pages show: apps with long titles, private ones."""
    world = stage.world
    world.app.description = DESCRIPTION
    world.app.tags = ["text", "statistics"]
    title = "Takes the noise out of pictures, with a title that is rather long for a card"
    about = "An image in, an image out."
    add_app(world.session, world.app.owner, "denoise", title=title, description=about, tags=["image"])
    add_app(world.session, world.app.owner, "private-one", title="Only for some", public=False)
    world.session.commit()
    stage.ids["app"] = world.app.name
