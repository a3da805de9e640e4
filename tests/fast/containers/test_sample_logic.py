"""The sample apps' own logic, as far as it needs no library but a shell."""

import importlib.util
import subprocess
import sys
import tomllib
import wave
from pathlib import Path
from types import ModuleType

import pytest

from containers import find_recipe, read_recipe

SAMPLES = Path(__file__).parents[3] / "containers/samples"
NAMES = ("textstats", "denoise", "audioseg")


def load(app: str, module: str) -> ModuleType:
    """Import a module of an app by its path; its name would be no name in a portal."""
    name = f"sample_{app}_{module}"
    spec = importlib.util.spec_from_file_location(name, SAMPLES / app / f"{module}.py")
    assert spec is not None
    assert spec.loader is not None
    found = importlib.util.module_from_spec(spec)
    sys.modules[name] = found
    spec.loader.exec_module(found)
    return found


options, labels = load("denoise", "options"), load("audioseg", "labels")


@pytest.mark.parametrize("name", NAMES)
def test_what_an_author_declares(name: str) -> None:
    told = tomllib.loads((SAMPLES / name / "app.toml").read_text())
    kinds = {"name": str, "title": str, "description": str, "changelog": str, "contact": str, "public": bool}
    kinds |= {"memory_mb": int, "cpus": int, "default_queue": str, "network": bool, "entrypoint": str, "tags": list}
    assert {key: type(told[key]) for key in kinds} == kinds
    assert told["name"] == name
    assert told["default_queue"] in {"interactive", "standard", "batch"}
    assert told["entrypoint"] == "/home/allgo/entrypoint"
    assert all(set(preset) == {"name", "param"} for preset in told["preset"])
    assert all((SAMPLES / name / file).is_file() for file in told["example"]["files"])
    assert (SAMPLES / name / "README.md").is_file()
    assert read_recipe(find_recipe(SAMPLES / name)).base == "debian-13"


def test_the_examples_are_small() -> None:
    assert sum(path.stat().st_size for path in SAMPLES.glob("*/example/*")) < 200_000


@pytest.mark.parametrize("name", NAMES)
def test_the_examples_are_what_their_script_writes(name: str, tmp_path: Path) -> None:
    (tmp_path / "example").mkdir()
    (tmp_path / "make_example.py").write_bytes((SAMPLES / name / "make_example.py").read_bytes())
    subprocess.run([sys.executable, tmp_path / "make_example.py"], check=True, timeout=60)
    written = {path.name: path.read_bytes() for path in (tmp_path / "example").iterdir()}
    assert written == {path.name: path.read_bytes() for path in (SAMPLES / name / "example").iterdir()}


def textstats(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    argv = [SAMPLES / "textstats/textstats", *words]
    return subprocess.run(argv, cwd=folder, capture_output=True, text=True, check=False, timeout=20)


def test_textstats_counts(tmp_path: Path) -> None:
    (tmp_path / "-rf $(x).txt").write_text("Éa éA b\nb-c don't éa\n")
    done = textstats(tmp_path, "--input", "./-rf $(x).txt", "--output", "out", "-top", "2", "-min", "2")
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "out").read_text().splitlines() == [
        "file: ./-rf $(x).txt",
        "lines: 2",
        "words: 6",
        "characters: 21",
        "bytes: 24",
        "",
        "most frequent words:",
        "     3  éa",
        "     1  b-c",
    ]


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["-top", "five"], "-top needs a whole number"),
        (["-top", "-5"], "-top needs a whole number"),
        (["-top"], "-top needs a value"),
        (["-min", "99999999999"], "too large"),
        (["-x", "1"], "unknown option '-x'"),
        (["$(touch pwned)"], "unknown option"),
    ],
)
def test_textstats_wrong_options(words: list[str], sentence: str, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("a\n")
    done = textstats(tmp_path, "--input", "a.txt", "--output", "out", *words)
    assert done.returncode == 2
    assert sentence in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["a.txt"]


def test_denoise_options() -> None:
    words = ["-nopeaks", "1", "-2dt", "false", "-noise", "0", "-p", "1", "-bits", "8", "-iter", "5", "-adapt", "0"]
    assert options.parse(words) == options.Options(noise=0, iter=5, p=1, nopeaks=1, adapt=0, bits=8)
    assert options.parse([]) == options.Options()


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("-iter 0", "a number from 1 to 10, not '0'"),
        ("-iter five", "not 'five'"),
        ("-iter", "-iter needs a value"),
        ("-bits 12", "-bits takes 8 or 16"),
        ("-noise 2", "-noise takes 0 or 1"),
        ("-2dt true", "time series are not supported"),
        ("-x 1", "unknown option '-x'. The options are: -noise -iter"),
        ("iter 5", "unknown option 'iter'"),
    ],
)
def test_denoise_wrong_options(words: str, sentence: str) -> None:
    with pytest.raises(options.UsageError) as error:
        options.parse(words.split())
    assert sentence in str(error.value)


def test_denoise_names() -> None:
    assert options.inputs(["b.PNG", "a.tif", "allgo.log", "output.png", "a_denoised.png"]) == ["a.tif", "b.PNG"]
    assert options.output_names(["a.tif"]) == ["output.png"]
    assert options.output_names(["a.png", "a.tif", "b.png"]) == [
        "a_png_denoised.png",
        "a_tif_denoised.png",
        "b_denoised.png",
    ]
    with pytest.raises(options.UsageError, match="no image was given"):
        options.inputs(["allgo.log"])


def test_audioseg_options() -> None:
    assert labels.parse(["-min", "2", "-silence", "-35"]) == labels.Options(min=2, silence=-35)
    for words in ("-min", "-min x", "-min -1", "-min nan", "-silence 5", "-x 1"):
        with pytest.raises(labels.UsageError):
            labels.parse(words.split())
    with pytest.raises(labels.UsageError, match="no sound was given"):
        labels.inputs(["a.txt"])
    assert labels.inputs(["b.MP3", "a.wav", "c.txt"]) == ["a.wav", "b.MP3"]


def test_audioseg_rules() -> None:
    how = labels.Options()
    quiet, steady = labels.Window(-60, 0.9, 0.2, 0.5), labels.Window(-20, 0.1, 0.02, 0.2)
    lively = labels.Window(-20, 0.8, 0.2, 0.3)
    assert [labels.classify(window, how) for window in (quiet, steady, lively)] == ["silence", "music", "speech"]
    assert labels.classify(quiet, labels.Options(silence=-70)) == "speech"


def test_audioseg_cutting() -> None:
    music, speech, silence = "music", "speech", "silence"
    assert labels.smooth([music] * 5 + [speech] + [music] * 5, 7) == [music] * 11
    assert labels.smooth([silence] * 5 + [music] * 5, 7) == [silence] * 5 + [music] * 5
    found = [silence] * 10 + [speech] * 2 + [music] * 20
    cut = labels.segments(found, 0.1, 3.17, 0.6)
    assert cut == [labels.Segment(0.0, 1.0, silence), labels.Segment(1.0, 3.17, music)]
    assert labels.segments([music], 0.1, 0.1, 0.6) == [labels.Segment(0.0, 0.1, music)]


def test_the_sound_is_as_long_as_its_parts() -> None:
    with wave.open(str(SAMPLES / "audioseg/example/broadcast.wav")) as sound:
        assert sound.getnframes() / sound.getframerate() == pytest.approx(12.0, abs=0.01)
