"""Presets: param strings of the author's that are ready to use; pure."""

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
    found: dict[str, dict[str, str]] = {}
    for number, table in enumerate(check_tables(tables, "preset", MOST_PRESETS), 1):
        place = f"preset {number}"
        check_keys(table, _KEYS, place)
        name = check_text(table.get("name", ""), "name", place, least=1, most=_LONGEST_NAME)
        check_unique(name, found, "name", place)
        param = table.get("param", "")
        try:
            split_param(param, most_bytes=param_max_bytes)
        except BadInput as error:
            told = str(error).replace("job[param]", "'param'", 1)
            raise BadInput(f"{place}: {told}", field="param") from error
        explanation = check_text(table.get("explanation", ""), "explanation", place, most=_LONGEST_EXPLANATION)
        found[name] = {"name": name, "param": param, "explanation": explanation}
    return list(found.values())
