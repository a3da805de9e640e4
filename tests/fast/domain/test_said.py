"""The domain's sentences are found in its source, and known again by their form."""

from pathlib import Path

import pytest

from allgo_hpc.languages import said
from allgo_hpc.languages.sentences import sentences


def test_what_is_raised_or_kept_as_a_reason_is_found() -> None:
    source = '''
"""A docstring is not said."""
def f(name, most):
    """Nor is this one."""
    if name:
        raise BadInput(f"name: 1 to {most} characters{near(name)}", field="name")
    job.reason = "waiting for a node" if most else f"waiting since {most}"
    move(job, reason="it was cancelled" + tail)
    raise ValueError("only for the log")
'''
    assert sentences(source) == {
        "name: 1 to {0} characters{1}",
        "waiting for a node",
        "waiting since {0}",
        "it was cancelled{0}",
    }


def test_of_some_files_every_sentence_is_found() -> None:
    assert sentences('"""Doc."""\nX = {1: "Read the log."}\nY = f"Run it on {q}"\n', all_of_it=True) == {
        "Read the log.",
        "Run it on {0}",
    }


@pytest.fixture
def french(monkeypatch: pytest.MonkeyPatch) -> None:
    pairs = [
        ("name: {0} to {1} characters{2}", "name : de {0} à {1} caractères{2}"),
        ("; did you mean '{0}'?", " ; vouliez-vous dire « {0} » ?"),
        ("It used {0} of {1} of memory.", "Il a utilisé {0} des {1} de mémoire."),
        ("Stopped at the limit of the {0} queue, {1}.", "Arrêté à la limite de la file {0}, {1}."),
    ]
    known = ({"Run it again": "Relancer"}, said.compiled(pairs))
    monkeypatch.setattr(said, "_known", lambda _language: known)


@pytest.mark.usefixtures("french")
@pytest.mark.parametrize(
    ("english", "french_text"),
    [
        ("Run it again", "Relancer"),
        ("name: 1 to 32 characters", "name : de 1 à 32 caractères"),
        ("name: 1 to 32 characters; did you mean 'ada'?", "name : de 1 à 32 caractères ; vouliez-vous dire « ada » ?"),
        (
            "Stopped at the limit of the batch queue, 20 minutes. It used 3.1 GB of 4.0 GB of memory.",
            "Arrêté à la limite de la file batch, 20 minutes. Il a utilisé 3,1 Go des 4,0 Go de mémoire.",
        ),
        ("1.5 hours", "1,5 heure"),
        ("2 hours", "2 heures"),
        ("nobody knows this form", "nobody knows this form"),
        ("", ""),
        ("{0} \\1 %s <b>", "{0} \\1 %s <b>"),
    ],
)
def test_it_is_said_in_the_language_of_the_page(english: str, french_text: str) -> None:
    assert said.translate(english, "fr") == french_text
    assert said.translate(english, "en") == english


@pytest.mark.usefixtures("french")
def test_a_hostile_text_takes_no_time() -> None:
    text = "name: " + " to ".join("x" * 50 for _ in range(200)) + " characters"
    assert said.translate(text * 20, "fr")


def test_the_source_of_the_domain_can_be_read() -> None:
    for room in ("allgo_hpc", "slurm", "containers"):
        for file in Path(room).rglob("*.py"):
            sentences(file.read_text("utf-8"), all_of_it=True)
