"""bulk: tasks a second of one batch POST of a thousand files, against a loop of sbatch."""

from collections.abc import Iterable

from tests.bench.figures import Figure, apart
from tests.bench.site import Shell, Site, held, timed
from tests.bench.small import bare_sbatch

_TASKS = 1000
_ROUNDS = 5


def measure(site: Site) -> Iterable[Figure]:
    """Some batches of a thousand files each, and a hundred sbatch one after the other."""
    files = [(f"files[{number}]", (f"text-{number:04}.txt", b"one two three\n")) for number in range(_TASKS)]
    fields = {"job[webapp_name]": "textstats", "job[queue]": "batch", "job[batch]": "each"}

    def post() -> None:
        answer = session.post(f"{site.portal.url}/api/v1/jobs", data=fields, files=files, timeout=120)
        if answer.status_code != 200 or not answer.json()["slurm_id"]:
            raise ValueError(f"a batch was answered {answer.status_code}: {answer.text[:300]}")

    with site.session as session, Shell() as shell, held("batch"):
        ours = [_TASKS / timed(post) for _ in range(_ROUNDS)]
        theirs = [1 / shell.seconds(bare_sbatch("--wrap=true")) for _ in range(100)]
    yield apart("bulk", ours, theirs, unit="tasks/s", target=">= 50")
