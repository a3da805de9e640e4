"""Where a setting comes from, and what is refused."""

import dataclasses
from pathlib import Path

import pytest

from allgo_hpc.settings import Queue, Settings, SettingsError, load_settings
from allgo_hpc.settings.load import make_settings


def _load(tmp_path: Path, text: str, environ: dict[str, str] | None = None) -> Settings:
    path = tmp_path / "allgo-hpc.toml"
    path.write_text(text, encoding="utf-8")
    return load_settings(path, environ or {})


def test_an_empty_file_gives_the_defaults(tmp_path: Path) -> None:
    assert _load(tmp_path, "") == Settings()


def test_the_file_wins_over_the_default_and_the_environment_over_the_file(tmp_path: Path) -> None:
    text = 'workers = 3\nthreads = 4\nroot = "/data/allgo"\n'
    made = _load(tmp_path, text, {"ALLGO_HPC_WORKERS": "5", "ALLGO_HPC_SLURM_TIMEOUT_S": "2.5", "PATH": "/bin"})
    assert (made.workers, made.threads, made.slurm_timeout_s, made.root) == (5, 4, 2.5, Path("/data/allgo"))


def test_the_environment_names_the_file(tmp_path: Path) -> None:
    path = tmp_path / "other.toml"
    path.write_text("workers = 7\n")
    assert load_settings(environ={"ALLGO_HPC_CONF": str(path)}).workers == 7


@pytest.mark.parametrize(
    ("name", "near"),
    [("worker", "workers"), ("upload_max_byte", "upload_max_bytes"), ("slurmuser", "slurm_user"), ("queue", "queues")],
)
def test_an_unknown_name_is_refused_with_the_near_miss(name: str, near: str) -> None:
    with pytest.raises(SettingsError, match=f"'{name}'.*did you mean '{near}'"):
        make_settings({name: 1})


def test_an_unknown_variable_is_refused_too(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="did you mean 'workers'"):
        _load(tmp_path, "", {"ALLGO_HPC_WORKRES": "2"})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("workers", True), ("workers", 1.5), ("workers", "many"), ("workers", [1]), ("workers", ""), ("workers", 0),
        ("workers", 65), ("workers", "-1"), ("slurm_timeout_s", "nan"), ("slurm_timeout_s", "inf"),
        ("slurm_timeout_s", float("nan")), ("slurm_timeout_s", {}), ("sweep_interval_s", 0.1),
        ("upload_max_bytes", 1023),
        ("root", "relative/path"), ("root", 5), ("root", ""), ("base_url", 5), ("bind", True), ("slurm_user", ["a"]),
        ("log_level", "LOUD"), ("log_level", "info"),
    ],
)  # fmt: skip
def test_a_wrong_type_or_value_is_refused_by_name(name: str, value: object) -> None:
    with pytest.raises(SettingsError, match=f"'{name}'"):
        make_settings({name: value})


@pytest.mark.parametrize("field", [f for f in dataclasses.fields(Settings) if f.name != "queues"], ids=lambda f: f.name)
def test_the_limits_themselves_are_let_in(field: "dataclasses.Field[object]") -> None:
    for value in (field.metadata["least"], field.metadata["most"], field.default):
        if value is not None:
            assert getattr(make_settings({field.name: value}), field.name) == value


def test_queues_are_tables(tmp_path: Path) -> None:
    made = _load(tmp_path, '[queues.fast]\npartition = "cpu,gpu"\nminutes = 5\n')
    assert made.queues == (Queue(name="fast", partition="cpu,gpu", minutes=5),)
    assert made.queue("fast") is made.queues[0]
    assert made.queue("standard") is None


@pytest.mark.parametrize(
    "queues",
    [
        {}, [], "standard", {"a": 1}, {"a": {"partition": "p"}}, {"a": {"partition": "p", "minutes": 0}},
        {"a": {"partition": "p", "minutes": "1"}}, {"a": {"partition": "p", "minutes": True}},
        {"a": {"partition": 1, "minutes": 1}}, {"a": {"partition": "", "minutes": 1}},
        {"a": {"partition": "p q", "minutes": 1}}, {"a": {"partition": "p\n", "minutes": 1}},
        {"a": {"partition": "p", "minutes": 1, "x": 1}}, {"": {"partition": "p", "minutes": 1}},
        {"x" * 33: {"partition": "p", "minutes": 1}},
    ],
)  # fmt: skip
def test_wrong_queues_are_refused(queues: object) -> None:
    with pytest.raises(SettingsError, match="queues"):
        make_settings({"queues": queues})


@pytest.mark.parametrize("content", [b"workers = ", b"\xff\xfe", b"workers = 1\nworkers = 2\n"])
def test_a_file_that_is_no_toml_is_named(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "broken.toml"
    path.write_bytes(content)
    with pytest.raises(SettingsError, match=r"broken\.toml"):
        load_settings(path, {})


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="cannot be read"):
        load_settings(environ={"ALLGO_HPC_CONF": str(tmp_path / "none.toml")})
