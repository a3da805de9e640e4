"""Something of everything, for pages to show: apps, jobs in each state, long names, other scripts."""

from tests.browser.stage import Stage
from tests.fast.domain.world import add_app

DESCRIPTION = """Counts words, lines and sentences of texts.

## What it does

* reads each `*.txt`
* writes `statistics.csv`

See [its page](https://example.org/textstats).
"""


def furnish(stage: Stage) -> None:
    """Fill a stage; what places.py asks for by name is noted in ``stage.ids``."""
    world = stage.world
    world.app.description = DESCRIPTION
    world.app.tags = ["text", "statistics"]
    add_app(
        world.session,
        world.app.owner,
        "denoise",
        title="Takes the noise out of pictures, with a title that is rather long for a card",
        description="An image in, an image out.",
        tags=["image"],
    )
    add_app(world.session, world.app.owner, "private-one", title="Only for some", public=False)
    world.session.commit()
    done = stage.ended({"statistics.csv": b"file,words\nmoon.txt,12\n"}, files={"moon.txt": b"The moon.\n"})
    stage.ids["app"] = world.app.name
    stage.ids["done_job"] = done.id
