"""Pages of web/pages/results, and what they show."""

from datetime import timedelta

from allgo_hpc.jobs.shares import share_job
from allgo_hpc.models import utc_now
from tests import media
from tests.browser.place import Place
from tests.browser.stage import Stage

_JOB, _FILE = "/jobs/{results_job}", "/jobs/{results_job}/files"
PLACES: tuple[Place, ...] = (
    Place("results-files", _FILE, "ada"),
    Place("results-inputs", f"{_FILE}?show=inputs", "ada"),
    Place("results-nothing-found", f"{_FILE}?q=nowhere", "ada"),
    Place("results-image", f"{_FILE}/cells_denoised.png", "ada"),
    Place("results-sound", f"{_FILE}/talk.wav", "ada"),
    Place("results-text", f"{_FILE}/notes.txt", "ada"),
    Place("results-latin", f"{_FILE}/latin.txt", "ada"),
    Place("results-table", f"{_FILE}/table.csv", "ada"),
    Place("results-wide-table", f"{_FILE}/wide.csv", "ada"),
    Place("results-json", f"{_FILE}/report.json", "ada"),
    Place("results-bad-json", f"{_FILE}/bad.json", "ada"),
    Place("results-markdown", f"{_FILE}/readme.md", "ada"),
    Place("results-pdf", f"{_FILE}/paper.pdf", "ada"),
    Place("results-scripted-pdf", f"{_FILE}/scripted.pdf", "ada"),
    Place("results-page", f"{_FILE}/page.html", "ada"),
    Place("results-drawing", f"{_FILE}/drawing.svg", "ada"),
    Place("results-bytes", f"{_FILE}/model.bin", "ada"),
    Place("results-empty-file", f"{_FILE}/empty", "ada"),
    Place("results-bomb", f"{_FILE}/bomb.png", "ada"),
    Place("results-share", f"{_JOB}/share", "ada"),
    Place("shared", "/shared/{share}"),
    Place("shared-ugly", "/shared/{ugly_share}"),
    Place("shared-file", "/shared/{share}/files/output.png"),
    Place("shared-over", "/shared/{over_share}"),
)
_WIDE = b"\n".join(b",".join(b"%d" % (row * column) for column in range(300)) for row in range(40))
LEFT: dict[str, bytes] = {
    "cells_denoised.png": media.gradient(),
    "talk_segments.txt": media.SEGMENTS,
    "notes.txt": b"It went well.\nA line that is long: " + b"word " * 200 + b"\n\x1b[31mred\x1b[0m\n",
    "latin.txt": "Ça a marché, à peu près.\n".encode("latin-1"),
    "table.csv": b'file,words,"mean, length"\nmoon.txt,12,4.5\nsun.txt,9,5.25\n"a ""quoted"" one",100,\nragged,1\n',
    "wide.csv": _WIDE,
    "report.json": b'{"images": [{"input": "cells.png", "noise": [12.5, 3.25]}], "note": "<b>x</b>", "none": null}',
    "bad.json": b'{"a": 1,}',
    "readme.md": b"# A report\n\n* one\n* **two**\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n<script>alert(1)</script>\n",
    "paper.pdf": media.document(),
    "scripted.pdf": media.document("app.alert\\(1\\)"),
    "page.html": media.PAGE,
    "drawing.svg": media.DRAWING,
    "model.bin": bytes(range(256)) * 4,
    "empty": b"",
    "bomb.png": media.bomb(),
    "<b>bold</b>&amp;.txt": b"markup in its name",
    "\u202egnp.exe": b"it reads from the right",
    "\u05e9\u05dc\u05d5\u05dd.txt": b"another way of writing",
    "a rather long name " + "x" * 200 + ".txt": b"long",
    "deep/er/and/deeper.txt": b"in folders",
}
SENT = {"cells.png": media.gradient(noisy=True), "talk.wav": media.sound()}


def furnish(stage: Stage) -> None:
    """Make what these pages show: a job that left a file of each kind, links to it, one of them over."""
    session, settings = stage.world.session, stage.world.services.settings
    job = stage.ended(LEFT, files=SENT, param="-noise 0 -iter 5 <b>")
    job.log_tail = "cells.png -> cells_denoised.png\nnoise 12.50 before, 3.25 after"
    few = stage.ended(
        {"output.png": media.gradient(), "talk_segments.txt": media.SEGMENTS, "tone.wav": media.sound()},
        files={"cells.png": SENT["cells.png"]},
    )
    now = utc_now()
    stage.ids["results_job"], stage.ids["few_job"] = job.id, few.id
    stage.ids["share"] = share_job(session, settings, job.user, few, 3, now).secret
    stage.ids["ugly_share"] = share_job(session, settings, job.user, job, None, now).secret
    stage.ids["over_share"] = share_job(session, settings, job.user, few, 1, now - timedelta(days=2)).secret
    session.commit()
