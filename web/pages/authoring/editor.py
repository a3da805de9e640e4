"""What the page of presets and parameters shows beside what is stored: rows, what is wrong with them, the preview."""

from dataclasses import dataclass, field
from typing import Any

from allgo_hpc.errors import BadInput
from allgo_hpc.parameters.presets import wrong_presets
from allgo_hpc.parameters.schema import check_parameters, wrong_parameters
from allgo_hpc.parameters.texts import defaults, from_texts, to_texts
from allgo_hpc.parameters.values import render
from web.pages.authoring.own import Work
from web.pages.authoring.rows import Row, parameter_of_row, preset_of_row

TRIED = ("value[", "shown[")
"""How the preview's fields begin: what each holds, and that it was there (flags that are off are not sent)."""


@dataclass(frozen=True)
class Editor:
    """What the page shows beside what is stored.

    Attributes:
        presets: rows of presets.
        parameters: rows of parameters.
        tried: what was typed into the preview, by the fields' names.
        wrong: what is wrong with which row of which of the two.
        problem: what is wrong with none in particular.
        notes: what an import left out.
        unsaved: which of the two is not as it is stored.
        help: the text that a draft is to be made of; ``descriptor`` likewise.
    """

    presets: list[Row]
    parameters: list[Row]
    tried: dict[str, str] = field(default_factory=dict)
    wrong: dict[str, dict[int, BadInput]] = field(default_factory=dict)
    problem: str = ""
    notes: list[str] = field(default_factory=list)
    unsaved: str = ""
    help: str = ""
    descriptor: str = ""


def wrong_rows(work: Work, editor: Editor) -> dict[str, dict[int, BadInput]]:
    """Return what is wrong with the rows; where there are too many of them the save says so."""
    most = work.services.settings.param_max_bytes
    try:
        return {
            "presets": wrong_presets([preset_of_row(row) for row in editor.presets], param_max_bytes=most),
            "parameters": wrong_parameters([parameter_of_row(row) for row in editor.parameters]),
        }
    except BadInput:
        return {}


def preview(
    work: Work, editor: Editor, wrong: dict[int, BadInput]
) -> tuple[list[dict[str, Any]], dict[str, str], str, str]:
    """Return the parameters that can be shown, what their fields hold, and the string of these or why there is none."""
    tables = [parameter_of_row(row) for at, row in enumerate(editor.parameters) if at not in wrong]
    try:
        sound = check_parameters(tables)
    except BadInput as error:
        return [], {}, "", str(error)
    shown = [one for one in sound if f"shown[{one['name']}]" in editor.tried]
    texts = to_texts(defaults(sound))
    texts |= {one["name"]: editor.tried.get(f"value[{one['name']}]", "") for one in shown}
    try:
        values = from_texts(sound, texts)
        return sound, texts, render(sound, values, most_bytes=work.services.settings.param_max_bytes), ""
    except BadInput as error:
        return sound, texts, "", str(error)
