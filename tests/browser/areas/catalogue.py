"""Pages of web/pages/catalogue, and what they show."""

from allgo_hpc.authoring.change import change_app
from allgo_hpc.authoring.icons import set_icon
from allgo_hpc.models import Group
from allgo_hpc.sharing.shares import share_app
from slurm import State
from tests.browser.place import Place
from tests.browser.stage import Stage
from tests.fast.domain.world import add_app, add_version
from tests.fast.pictures import png

PLACES: tuple[Place, ...] = (
    Place("front", "/"),
    Place("front-signed-in", "/", "ada"),
    Place("front-search", "/?q=image&sort=best", "ada"),
    Place("front-nothing", "/?q=zzz&tag=text"),
    Place("front-mine", "/?show=mine", "bob"),
    Place("front-shared", "/?show=shared", "ada"),
    Place("front-shared-nothing", "/?show=shared", "root"),
    Place("app", "/apps/{app}", "ada"),
    Place("app-visitor", "/apps/{app}"),
    Place("app-owner-ugly", "/apps/ugly", "bob"),
    Place("app-versions", "/apps/{app}/versions", "ada"),
    Place("app-versions-none", "/apps/draft/versions", "bob"),
    Place("app-compare", "/apps/{app}/versions/compare?a=1&b=2", "bob"),
    Place("app-compare-wrong", "/apps/{app}/versions/compare?a=1&b=99", "ada"),
    Place("app-none", "/apps/textstat"),
)

DESCRIPTION = """Counts words, lines and sentences of texts.

## What it does

* reads each `*.txt`
* writes `statistics.csv`

See [its page](https://example.org/textstats).
"""


CITATION = "A. Author and B. Author, *Counting words*, Journal of Counting 12 (2024), [doi](https://example.org/10.1)."
LONG = "Takes the noise out of pictures, with a title that is rather long for a card"
UGLY = '<b>\u05e9\u05dc\u05d5\u05dd</b> & "quoted" ' + "w" * 120


def furnish(stage: Stage) -> None:
    """Make what these pages show: apps with long titles, private ones, one without a version, many tags."""
    world, author = stage.world, stage.world.app.owner
    world.app.description = DESCRIPTION
    world.app.tags = ["text", "statistics"]
    set_icon(world.session, world.services, None, world.app, png(96, 96))
    about = "An image in, an **image** out, as in [Buades 2005](https://example.org)."
    world.session.add(Group(name="imaging"))
    add_app(world.session, author, "denoise", title=LONG, description=about, tags=["image", "filter"])
    add_app(world.session, author, "ugly", title=UGLY, description=UGLY * 5, tags=[f"tag {n}" for n in range(20)])
    add_app(world.session, author, "draft", title="Not ready yet", published=False, public=False)
    private = add_app(world.session, author, "private-one", title="Only for some", public=False, tags=["image"])
    add_app(world.session, author, "sound", title="\u00c9coute", tags=["sound"], done_jobs=1234, done_seconds=99000.0)
    share_app(world.session, None, private, user="ada")
    _versions(stage)
    _example(stage)
    world.session.commit()
    stage.ids["app"] = world.app.name


def _versions(stage: Stage) -> None:
    world = stage.world
    first, second = world.version, add_version(world.session, world.app, 2)
    add_version(world.session, world.app, 3, published=False)
    first.packages = [{"name": f"lib{n}", "version": f"1.{n}"} for n in range(60)]
    second.packages = [{"name": f"lib{n}", "version": f"1.{n + n % 2}"} for n in range(5, 70)]
    second.changelog, second.signed, second.size = "* faster\n* counts **sentences** too\n", True, 123_456_789
    world.app.citation = CITATION


def _example(stage: Stage) -> None:
    """Let the author run the app and show that run; and some more, of which not all end well."""
    world, author = stage.world, stage.world.app.owner
    user, world.user = world.user, author
    left = {"statistics.csv": b"file,words\nmoon.txt,12\n", "words.txt": b"moon\n", "a " + "long" * 30 + ".txt": b"x"}
    job = stage.ended(left, files={"moon.txt": b"The moon.\n"}, param="--lines --words")
    stage.ended({}, state=State.FAILED, code=1)
    world.user = user
    change_app(world.session, world.services, author, world.app, {"example_job_id": job.id})
