"""The command lines and definition files, word for word."""

import csv
import subprocess
from dataclasses import replace
from pathlib import Path, PurePosixPath

import pytest

from containers import reclaim_argv, remove_argv, run_argv
from containers.building.build_command import build_argv, import_argv
from containers.building.recipe_command import run_steps_argv
from containers.recipes.model import Recipe, Run
from containers.recipes.script import render_environment, render_script
from tests import hostile
from tests.fast.containers import golden_texts as golden


@pytest.mark.parametrize("name", golden.TEXTS)
def test_golden(name: str) -> None:
    file = golden.FOLDER / name
    assert file.exists(), f"no golden text {name}; to make it: {golden.ACCEPT}"
    assert golden.TEXTS[name]() == file.read_text(), f"{name} differs; read the difference, then: {golden.ACCEPT}"


@pytest.mark.parametrize(
    "path", ["/a,b", "/a:b", '/a"b', '/a"",x=y:ro', "/a b", "/a$(id)", "/a=b,destination=/etc", "/é"]
)
def test_every_job_folder_is_one_field(path: str) -> None:
    argv = run_argv(replace(golden.SPEC, job_dir=Path(path)))
    (row,) = csv.reader([argv[argv.index("--mount") + 1]])
    assert row == ["type=bind", f"source={path}", "destination=/tmp"]


@pytest.mark.parametrize("field", ["image", "job_dir", "entrypoint", "scratch_dir"])
@pytest.mark.parametrize("bad", [*(f"/a{text}" for text in hostile.CONTROLS), "relative", "", "/a/../b", "docker://x"])
def test_paths_are_refused(field: str, bad: str) -> None:
    kind = PurePosixPath if field == "entrypoint" else Path
    with pytest.raises(ValueError, match=r"holds the character|must be an absolute path"):
        replace(golden.SPEC, **{field: kind(bad)})


@pytest.mark.parametrize("bad", ["/a:ro", "/a,b", '/a"b'])
def test_scratch_paths_that_apptainer_would_cut_are_refused(bad: str) -> None:
    with pytest.raises(ValueError, match="scratch folder"):
        replace(golden.SPEC, scratch_dir=Path(bad))


@pytest.mark.parametrize("bad", ["/a b", "/a#b", "/a\nb", "/a{{b}}", "relative", "/a,b", "/a:/etc", "/a'b"])
def test_places_without_quoting_take_plain_paths_only(bad: str) -> None:
    good, odd = Path("/b"), Path(bad)
    for call in (
        lambda: build_argv(good, odd),
        lambda: build_argv(odd, good),
        lambda: import_argv("oci-archive", odd, good, good),
        lambda: import_argv("oci-archive", good, odd, good),
        lambda: import_argv("oci-archive", good, good, odd),
        lambda: run_steps_argv(odd, good, good, {}),
        lambda: run_steps_argv(good, odd, good, {}),
        lambda: run_steps_argv(good, good, odd, {}),
    ):
        with pytest.raises(ValueError, match=r"may hold only|absolute|holds"):
            call()


@pytest.mark.parametrize("text", [text for text in hostile.QUOTING if text] + ["a\n%files\n  %x", "{{ a }}\n{{b}}{{{"])
def test_scripts_arrive_as_they_are(text: str, tmp_path: Path) -> None:
    """The rendered script is run by a real shell: the recipe's prints itself, whatever it holds."""
    script = f"cat > {tmp_path}/out <<'THE END'\n{text}\nTHE END"
    (tmp_path / "script").write_text(render_script(Recipe("debian-13", (Run(script),))))
    subprocess.run(["/bin/sh", "-e", tmp_path / "script"], check=True, capture_output=True, timeout=20)
    assert (tmp_path / "out").read_text() == f"{text}\n"


@pytest.mark.parametrize("value", [text for text in hostile.QUOTING if "$HOME" not in text and "${HOME}" not in text])
def test_variables_run_nothing_and_arrive(value: str, tmp_path: Path) -> None:
    shell = render_environment((("NAME", value),)) + 'printf %s "$NAME"'
    done = subprocess.run(
        ["/bin/sh", "-c", shell], cwd=tmp_path, capture_output=True, text=True, check=True, timeout=20
    )
    assert done.stdout == value
    assert list(tmp_path.iterdir()) == []


def test_variables_refer_to_earlier_ones() -> None:
    shell = render_environment((("A", "1"), ("B", "$A/${A}"), ("C", "\\$A")))
    done = subprocess.run(
        ["/bin/sh", "-c", shell + 'echo "$B $C"'], capture_output=True, text=True, check=True, timeout=20
    )
    assert done.stdout == "1/1 $A\n"


@pytest.mark.parametrize("make", [reclaim_argv, remove_argv])
def test_the_folder_is_one_word(make: object) -> None:
    argv = make(Path("/srv/$(id) -rf"))
    assert argv[-1] == "/srv/$(id) -rf"
    assert "$(id)" not in " ".join(argv[:-1])
    with pytest.raises(ValueError, match="absolute"):
        make(Path("-rf"))
