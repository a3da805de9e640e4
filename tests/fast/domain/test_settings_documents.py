"""Every setting is in the administrator's file and on the page, with the default that the program has."""

import pytest

from allgo_hpc.settings import Settings, load_settings
from tests.fast.domain import settings_pages as pages


def test_the_file_says_what_the_program_says() -> None:
    assert pages.CONF.read_text(encoding="utf-8") == pages.conf_text(), (
        "run: python -m tests.fast.domain.settings_pages"
    )


def test_the_page_says_what_the_program_says() -> None:
    assert pages.PAGE.read_text(encoding="utf-8") == pages.page_text(), (
        "run: python -m tests.fast.domain.settings_pages"
    )


@pytest.mark.parametrize("field", pages.FIELDS, ids=lambda field: field.name)
def test_each_setting_has_a_sentence(field: object) -> None:
    sentence = field.metadata["doc"]  # type: ignore[attr-defined]
    assert sentence[0].isupper()
    assert sentence.endswith(".")


def test_the_file_as_it_comes_changes_nothing() -> None:
    assert load_settings(pages.CONF, {}) == Settings()


def test_the_file_with_every_line_taken_in_changes_nothing(tmp_path: object) -> None:
    lines = pages.CONF.read_text(encoding="utf-8").splitlines()
    taken = [line.removeprefix("# ") for line in lines if line.startswith(("# [queues", *_assignments()))]
    path = tmp_path / "all.toml"  # type: ignore[operator]
    path.write_text("\n".join(taken), encoding="utf-8")
    assert len(taken) == len(pages.FIELDS) - 1 + 3 * len(Settings().queues)
    assert load_settings(path, {}) == Settings()


def _assignments() -> list[str]:
    return [f"# {name} = " for name in (*(field.name for field in pages.FIELDS), "partition", "minutes")]
