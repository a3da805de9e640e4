"""Presets: param strings of the author's that are ready to use; pure."""

from collections.abc import Iterator
from typing import Any

from allgo_hpc.errors import BadInput
from allgo_hpc.parameters.tables import check_keys, check_tables, check_text, check_unique
from allgo_hpc.submitting.params import split_param

MOST_PRESETS = 50
_LONGEST_NAME, _LONGEST_EXPLANATION = 100, 1000
_KEYS = {"name": str, "param": str, "explanation": str}


def check_presets(tables: list[Any], *, param_max_bytes: int) -> list[dict[str, str]]:
    """Return the presets, each with ``name``, ``param`` and ``explanation``.

    Raises:
        BadInput: naming the key; a param string that a job would be refused with is refused here.
    """
    made = list(_rows(tables, param_max_bytes))
    for one in made:
        if isinstance(one, BadInput):
            raise one
    return [one for one in made if isinstance(one, dict)]


def wrong_presets(tables: list[Any], *, param_max_bytes: int) -> dict[int, BadInput]:
    """Return what is wrong with which of them, by their place from 0: for a form that shows each beside its row.

    Raises:
        BadInput: they are no tables, or too many.
    """
    return {at: one for at, one in enumerate(_rows(tables, param_max_bytes)) if isinstance(one, BadInput)}


def _rows(tables: list[Any], param_max_bytes: int) -> Iterator[dict[str, str] | BadInput]:
    names: list[str] = []
    for number, table in enumerate(check_tables(tables, "preset", MOST_PRESETS), 1):
        try:
            made = _check(table, f"preset {number}", param_max_bytes)
            check_unique(made["name"], names, "name", f"preset {number}")
        except BadInput as error:
            yield error
            continue
        names.append(made["name"])
        yield made


def _check(table: dict[str, Any], place: str, param_max_bytes: int) -> dict[str, str]:
    check_keys(table, _KEYS, place)
    name = check_text(table.get("name", ""), "name", place, least=1, most=_LONGEST_NAME)
    param = table.get("param", "")
    try:
        split_param(param, most_bytes=param_max_bytes)
    except BadInput as error:
        told = str(error).replace("job[param]", "'param'", 1)
        raise BadInput(f"{place}: {told}", field="param") from error
    explanation = check_text(table.get("explanation", ""), "explanation", place, most=_LONGEST_EXPLANATION)
    return {"name": name, "param": param, "explanation": explanation}
