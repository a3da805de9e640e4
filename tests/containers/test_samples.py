"""The sample apps, built from their recipes and run on their examples."""

import json
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

from containers import BuiltImage
from tests.containers.conftest import SAMPLES, Run

type Sample = Callable[[str], BuiltImage]
type RunApp = Callable[..., Run]


def example(name: str) -> tuple[list[str], tuple[Path, ...]]:
    """The example's words and files, as app.toml names them."""
    table = tomllib.loads((SAMPLES / name / "app.toml").read_text())["example"]
    return table["param"].split(), tuple(SAMPLES / name / file for file in table["files"])


def test_textstats(sample: Sample, run_app: RunApp) -> None:
    words, files = example("textstats")
    run = run_app(sample("textstats"), *words, files=files)
    assert run.rc == 0, run.log
    assert run.log.splitlines() == ["Processing mond.txt", "Processing moon.txt"]
    moon, mond = ((run.job_dir / f"{name}.txt.output").read_text() for name in ("moon", "mond"))
    assert "lines: 5\nwords: 57\ncharacters: 292\nbytes: 292\n" in moon
    assert moon.split("most frequent words:\n")[1].splitlines()[0] == "    12  the"
    assert len(moon.split("most frequent words:\n")[1].splitlines()) == 5
    # Letters outside ASCII are one character each, and lower case is found for them.
    assert "characters: 248\nbytes: 302\n" in mond
    assert "     5  der\n     3  mond\n" in mond


def test_denoise(sample: Sample, run_app: RunApp) -> None:
    words, files = example("denoise")
    run = run_app(sample("denoise"), *words, files=files)
    assert run.rc == 0, run.log
    assert "::progress 0.4 iteration 2 of 5\n" in run.log
    (report,) = json.loads((run.job_dir / "denoise.json").read_text())["images"]
    assert report["output"] == "output.png"
    assert report["noise_before"] == pytest.approx(20, abs=2)
    assert report["noise_after"] < report["noise_before"] / 10
    assert (run.job_dir / "output.png").read_bytes().startswith(b"\x89PNG")


# The mean square error against the image without noise: less noise alone would be had from a grey square, too.
COMPARE = """
import numpy as np
from PIL import Image
import sys
sys.path.insert(0, "/tmp")
from make_example import SIZE, clean
truth = np.array([[clean(x, y) for x in range(SIZE)] for y in range(SIZE)])
for name in ("cells.png", "output.png"):
    print(((np.asarray(Image.open(name), float) - truth) ** 2).mean() ** 0.5)
"""


def test_denoise_comes_near_the_truth(sample: Sample, run_app: RunApp, folder: Path) -> None:
    words, files = example("denoise")
    first = run_app(sample("denoise"), *words, files=files)
    output = (first.job_dir / "output.png", SAMPLES / "denoise/make_example.py", *files)
    run = run_app(sample("denoise"), "-c", COMPARE, program="/usr/bin/python3", files=output)
    before, after = map(float, run.log.split())
    assert before == pytest.approx(20, abs=1)
    assert after < before / 3


def test_denoise_several_and_the_documented_options(sample: Sample, run_app: RunApp, folder: Path) -> None:
    (original,) = example("denoise")[1]
    other = folder / "second.png"
    other.write_bytes(original.read_bytes())
    words = ["-nopeaks", "1", "-2dt", "false", "-noise", "1", "-p", "1", "-bits", "16", "-iter", "1", "-adapt", "0"]
    run = run_app(sample("denoise"), *words, files=(original, other))
    assert run.rc == 0, run.log
    assert "::progress 0.5 iteration 1 of 1\n" in run.log
    assert {path.name for path in run.job_dir.glob("*_denoised.png")} == {"cells_denoised.png", "second_denoised.png"}


def test_denoise_unreadable_image(sample: Sample, run_app: RunApp, folder: Path) -> None:
    (folder / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\n" + b"no")
    run = run_app(sample("denoise"), files=(folder / "broken.png",))
    assert run.rc == 2
    assert run.log.splitlines()[-1].startswith("denoise: broken.png is not an image that can be read")


TO_OTHERS = """
import soundfile
sound, rate = soundfile.read("broadcast.wav")
for kind in ("flac", "ogg", "mp3"):
    soundfile.write("as_" + kind + "." + kind, sound, rate)
"""


def test_audioseg_in_every_format(sample: Sample, run_app: RunApp) -> None:
    words, files = example("audioseg")
    converted = run_app(sample("audioseg"), "-c", TO_OTHERS, program="/usr/bin/python3", files=files)
    assert converted.rc == 0, converted.log
    run = run_app(sample("audioseg"), *words, files=(*files, *converted.job_dir.glob("as_*")))
    assert run.rc == 0, run.log
    parts = [(0.0, "silence"), (1.5, "music"), (5.5, "silence"), (6.5, "speech"), (10.9, "silence")]
    for stem in ("broadcast", "as_flac", "as_ogg", "as_mp3"):
        rows = [line.split("\t") for line in (run.job_dir / f"{stem}_segments.txt").read_text().splitlines()]
        assert [row[2] for row in rows] == [label for _, label in parts], stem
        assert [float(row[0]) for row in rows] == pytest.approx([start for start, _ in parts], abs=0.3), stem
        told = json.loads((run.job_dir / f"{stem}.json").read_text())
        assert [[f"{one['start']:.2f}", f"{one['end']:.2f}", one["label"]] for one in told["segments"]] == rows


@pytest.mark.parametrize("name", ["textstats", "denoise", "audioseg"])
def test_without_files_the_error_is_kind(name: str, sample: Sample, run_app: RunApp) -> None:
    run = run_app(sample(name))
    assert run.rc == 2
    assert run.log.startswith(f"{name}: no ")
    assert "Please add at least one file" in run.log
