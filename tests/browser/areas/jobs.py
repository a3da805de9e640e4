"""Pages of web/pages/jobs, and what they show."""

from tests.browser.place import Place
from tests.browser.stage import Stage

PLACES: tuple[Place, ...] = ()


def furnish(stage: Stage) -> None:
    """Make what these pages show: a job that ended well."""
    done = stage.ended({"statistics.csv": b"file,words\nmoon.txt,12\n"}, files={"moon.txt": b"The moon.\n"})
    stage.ids["done_job"] = done.id
