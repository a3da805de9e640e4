"""Pages of web/pages/running, and what they show."""

from allgo_hpc.parameters.schema import check_parameters
from tests.browser.place import Place
from tests.browser.stage import Stage
from tests.fast.domain.world import add_app

PLACES: tuple[Place, ...] = (
    Place("run-plain", "/apps/textstats/run", "ada"),
    Place("run-typed", "/apps/many-parameters/run", "ada"),
    Place("run-again", "/apps/textstats/run?from={done_job}&param=%22a+b%22+%24HOME", "ada"),
    Place("run-lost", "/apps/textstats/run?from=999999", "ada"),
    Place("run-advanced", "/apps/textstats/run?cpus=4&memory_mb=100", "ada"),
    Place("run-stranger", "/apps/textstats/run"),
    Place("run-unpublished", "/apps/not-yet/run", "ada"),
    Place("run-advice", "/apps/textstats/advice", "ada"),
)

PARAMETERS = [
    {"name": "Noise level", "type": "number", "option": "-noise", "default": 0, "min": 0, "max": 50, "help": "0: own"},
    {"name": "Rounds", "type": "number", "option": "--iter", "integer": True, "required": True, "max": 9},
    {"name": "Method", "type": "choice", "option": "--how", "choices": ["fast", "exact", "\"'"], "default": "fast"},
    {"name": "Verbose", "type": "flag", "option": "-v", "help": "Says more in the log."},
    {"name": "Mask", "type": "file", "option": "--mask", "help": "A picture of the same size."},
    {"name": "שם <b>ארוך</b> " + "x" * 40, "type": "text", "option": "--title"},
]  # fmt: skip
PRESETS = [
    {"name": "Quick look", "param": "--iter 1", "explanation": "One round, for a first impression."},
    {
        "name": "For the paper",
        "param": "-noise 0.5 --iter 5 --how exact",
        "explanation": "As in <b>our</b> article.",
    },
]


def furnish(stage: Stage) -> None:
    """Make what these pages show: typed parameters, presets, an app without a version."""
    world = stage.world
    presets = [one | {"param": "-x 'a b'"} for one in PRESETS]
    world.app.presets = presets
    add_app(
        world.session, world.app.owner, "many-parameters", title="Many parameters", presets=PRESETS,
        parameters=check_parameters(PARAMETERS),
    )  # fmt: skip
    add_app(world.session, world.app.owner, "not-yet", title="Not yet", published=False)
    world.session.commit()
