"""What was filled in, as what is submitted: the same for the page's own POST and for the code that is shown."""

from collections.abc import Mapping

from allgo_hpc.errors import BadInput, Refusal
from allgo_hpc.models import App
from allgo_hpc.parameters.texts import from_texts
from allgo_hpc.parameters.values import render
from web.pages.running import names

_FIELDS = (names.VERSION, names.QUEUE, names.MEMORY, names.CORES, names.BATCH, names.PATHS, names.MAIL)


def param_of(app: App, values: Mapping[str, str], *, most: int) -> str:
    """Return the param string that a form means: a preset's, what the typed fields make, or the text itself; pure.

    Raises:
        BadInput: naming the form's field.
    """
    wanted = values.get(names.PRESET, "")
    if wanted:
        preset = next((one for one in app.presets or [] if one["name"] == wanted), None)
        if preset is None:
            raise BadInput("the app has no such preset any more: choose another", field=names.PRESET)
        return preset["param"]
    if not app.parameters or values.get(names.MODE) != "values":
        return values.get(names.PARAM, "")
    try:
        return render(app.parameters, from_texts(app.parameters, names.texts(dict(values))), most_bytes=most)
    except Refusal as error:
        known = {one["name"] for one in app.parameters}
        field = names.value(error.field) if error.field in known else names.PARAM
        raise BadInput(str(error), field=field) from error


def api_fields(app: App, values: Mapping[str, str], param: str) -> list[tuple[str, str]]:
    """Return the fields of the POST that submits this: none that is empty or says what holds anyway; pure."""
    told = [("job[webapp_name]", app.name), (names.PARAM, param)]
    told += [(name, values[name]) for name in _FIELDS if values.get(name)]
    return [(name, text) for name, text in told if text and (name, text) != (names.QUEUE, app.default_queue)]


def rerun_fields(values: Mapping[str, str], param: str) -> list[tuple[str, str]]:
    """Return the fields of the POST that runs an earlier job again; pure."""
    told = [(names.PARAM, param)] + [(name, values[name]) for name in _FIELDS if values.get(name)]
    return [(name.removeprefix("job[").removesuffix("]"), text) for name, text in told if name != names.BATCH]
