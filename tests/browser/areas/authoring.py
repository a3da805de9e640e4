"""Pages of web/pages/authoring, and what they show."""

from datetime import timedelta
from pathlib import Path

from allgo_hpc.apps import app_named
from allgo_hpc.authoring.change import change_app
from allgo_hpc.models import App, AppShare, Commit, Job, Sample, Sandbox, SshKey, Version, utc_now
from allgo_hpc.states import JobState
from tests.browser.place import Place
from tests.browser.stage import Stage
from tests.fast.domain.world import World, add_app, add_version

LONG = "A title of three hundred characters that goes on and on " * 5
RTL = "تحليل النصوص والكلمات"
LOG = "".join(f"Step {number}: installing package-{number} (1.{number}) ...\n" for number in range(200))

PLACES: tuple[Place, ...] = (
    Place("author-apps", "/author", "bob"),
    Place("author-apps-none", "/author", "root"),
    Place("author-become", "/author", "ada"),
    Place("author-new", "/author/new", "bob"),
    Place("author-sandbox-none", "/author/bare/", "bob"),
    Place("author-sandbox", "/author/workshop/", "bob"),
    Place("author-sandbox-committing", "/author/committing/", "bob"),
    Place("author-commit-failed", "/author/workshop/commits/{failed_commit}", "bob"),
    Place("author-send", "/author/workshop/send", "bob"),
    Place("author-versions", "/author/workshop/versions", "bob"),
    Place("author-versions-none", "/author/bare/versions", "bob"),
    Place("author-parameters", "/author/workshop/parameters", "bob"),
    Place("author-parameters-none", "/author/bare/parameters", "bob"),
    Place("author-sample", "/author/workshop/sample", "bob"),
    Place("author-sample-none", "/author/bare/sample", "bob"),
    Place("author-settings", "/author/workshop/settings", "bob"),
    Place("author-sharing", "/author/workshop/sharing", "bob"),
    Place("author-sharing-none", "/author/bare/sharing", "bob"),
    Place("author-statistics", "/author/workshop/statistics", "bob"),
    Place("author-statistics-year", "/author/workshop/statistics?by=month", "bob"),
    Place("author-statistics-none", "/author/bare/statistics", "bob"),
)

PARAMETERS = [
    {"name": "Noise", "type": "number", "option": "-noise", "min": 0, "max": 100, "default": 0, "help": "In percent."},
    {"name": "Model", "type": "choice", "option": "--model", "choices": ["small", "large", RTL], "default": "small"},
    {"name": "Keep colours", "type": "flag", "option": "--colour", "default": True},
    {"name": "Mask", "type": "file", "option": "--mask", "help": "A file of the job, " * 20 + "or none."},
    {"name": "Note", "type": "text", "help": "x" * 300},
]
PRESETS = [
    {"name": "gentle", "param": "-noise 5 --model small", "explanation": "For good pictures."},
    {"name": RTL, "param": "-noise 90", "explanation": "y" * 300},
]


def furnish(stage: Stage) -> None:
    """Make what these pages show: an app in all its life, one in a commit, one with nothing at all."""
    world = stage.world
    session, author = world.session, world.app.owner
    bare = add_app(session, author, "bare", title=RTL, public=False, published=False)
    session.delete(bare.versions[0])
    workshop = add_app(session, author, "workshop", title=LONG[:200], tags=["image", "noise"], memory_mb=4096)
    workshop.description = "Takes the noise out of *pictures*.\n\n# How\n\n* by magic\n\n<script>alert(1)</script>\n"
    session.add(
        SshKey(user_id=author.id, name="laptop", type="ssh-ed25519", blob="AAAA", fingerprint="SHA256:x", bits=256)
    )
    session.commit()
    change_app(session, world.services, author, workshop, {"parameters": PARAMETERS, "presets": PRESETS})
    session.add(AppShare(app_id=workshop.id, user_id=world.user.id))
    session.commit()
    _versions(world, workshop)
    _commits(stage, workshop)
    _jobs(world, workshop)
    committing = add_app(session, author, "committing", title="An app whose commit is under way")
    _sandbox(world, committing, "running")
    session.add(
        Commit(uuid="c-9", app_id=committing.id, user_id=author.id, origin="sandbox", state="building", percent=42,
               log=LOG, reason="packing the files", changelog="reads TIFF too", publish=True)
    )  # fmt: skip
    session.commit()


def _versions(world: World, app: App) -> None:
    for number in (2, 3, 4):
        add_version(world.session, app, number, published=number != 4)
    made = {one.number: one for one in app_versions(world, app)}
    made[2].deleted_at, made[2].changelog = utc_now(), "broken"
    made[3].changelog = "Reads **TIFF** too.\n\n* faster\n* " + "z" * 300
    made[3].signed, made[3].origin, made[3].size = True, "sandbox", 812_000_000
    world.session.commit()


def app_versions(world: World, app: App) -> list[Version]:
    """The app's versions as they are stored."""
    world.session.expire_all()
    return list(app_named(world.session, app.name).versions)


def _sandbox(world: World, app: App, state: str) -> None:
    usage = {
        "limits": {"disk_mb": 10_240, "memory_mb": 4096, "processes": 512, "idle_minutes": 240},
        "used": {"disk_mb": 9100, "memory_mb": 300, "processes": 7}, "sessions": 1,
    }  # fmt: skip
    world.session.add(Sandbox(app_id=app.id, user_id=app.owner_id, state=state, origin="base:debian-13", usage=usage))
    world.session.commit()


def _commits(stage: Stage, app: App) -> None:
    world = stage.world
    _sandbox(world, app, "running")
    folder = "5a" * 20
    path: Path = world.services.layout.samples / folder
    path.mkdir()
    (path / "moon.png").write_bytes(b"moon")
    files = [{"name": "moon.png", "size": 4}, {"name": f"{RTL}.txt", "size": 12_000_000}]
    world.session.add(Sample(app_id=app.id, user_id=app.owner_id, folder=folder, param="-noise 3", files=files))
    test = world.job(JobState.DONE)
    test.app_id, test.version_id = app.id, app.versions[0].id
    version = app_versions(world, app)[2]
    failed = Commit(
        uuid="c-1", app_id=app.id, user_id=app.owner_id, origin="sandbox", state="failed", log=LOG,
        reason="The entrypoint /home/allgo/entrypoint is not executable: chmod +x it in the sandbox, and commit again.",
        changelog=LONG, finished_at=utc_now(),
    )  # fmt: skip
    ready = Commit(
        uuid="c-2", app_id=app.id, user_id=app.owner_id, origin="sandbox", state="ready", log=LOG, job_id=test.id,
        version_id=version.id, changelog="Reads TIFF too", finished_at=utc_now(),
    )  # fmt: skip
    world.session.add_all([failed, ready])
    world.session.commit()
    stage.ids["failed_commit"] = failed.id


def _jobs(world: World, app: App) -> None:
    """Ninety jobs over three weeks: most well, some not, with the memory that they used."""
    states = [*[JobState.DONE] * 7, JobState.ERROR, JobState.TIMEOUT, JobState.CANCELLED]
    versions = app_versions(world, app)
    now = utc_now()
    for number in range(90):
        begun = now - timedelta(days=number * number % 21, minutes=number)
        state = states[number % len(states)]
        world.session.add(
            Job(
                uuid=f"job-{number}",
                folder=f"{number:040x}",
                user_id=world.user.id,
                app_id=app.id,
                version_id=versions[number % 3].id,
                sha256="0" * 64,
                queue="standard",
                memory_mb=4096,
                cpus=1,
                state=state.value,
                exit_code=1 if state is JobState.ERROR else 0,
                created_at=begun,
                started_at=begun + timedelta(seconds=number),
                finished_at=begun + timedelta(seconds=number * 7 + 5),
                peak_memory_bytes=(200 + 5 * number) * 2**20,
                input_bytes=1000 * 3 ** (number % 12),
                author_may_see=number == 0,
            )
        )
    world.session.commit()
