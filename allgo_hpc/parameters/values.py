"""Values of typed parameters to a param string and back, so that either can be edited; pure.

For all values that are taken, reading what was written gives the same values. What could be read as something else is
refused when it is written: a value that stands alone and looks like an option, a gap before one that stands alone.
"""

import re
import shlex
from collections.abc import Mapping, Sequence
from typing import Any

from allgo_hpc.errors import BadInput
from allgo_hpc.near import did_you_mean
from allgo_hpc.parameters.tables import check_number
from allgo_hpc.submitting.filenames import check_file_name
from allgo_hpc.submitting.params import split_param

type Parameter = Mapping[str, Any]
type Values = dict[str, str | int | float | bool]

_NUMBER = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]{1,3})?")
_WHOLE = re.compile(r"[+-]?[0-9]{1,16}")
_LONGEST_NUMBER = 64


def check_values(parameters: Sequence[Parameter], values: Mapping[str, Any]) -> Values:
    """Return the values that are given, each right for its parameter; a flag that is false is not given.

    Raises:
        BadInput: naming the parameter, also one that is needed and not given.
    """
    known = {one["name"]: one for one in parameters}
    for name in values:
        if name not in known:
            shown = name[:64] if name.isprintable() else "(what was sent)"
            raise BadInput(f"there is no parameter '{shown}'{did_you_mean(shown, known)}", field=shown)
    made: Values = {}
    for name, one in known.items():
        value = values.get(name)
        if value is not None:
            checked = _check(one, value)
            if checked is not False:
                made[name] = checked
        elif one["required"]:
            raise BadInput(f"'{name}' is needed", field=name)
    return made


def render(parameters: Sequence[Parameter], values: Mapping[str, Any], *, most_bytes: int) -> str:
    """Return the param string of values.

    Raises:
        BadInput: naming the parameter whose value is wrong or cannot be told from something else.
    """
    made = check_values(parameters, values)
    options = _options(parameters)
    words: list[str] = []
    gap = ""
    for one in parameters:
        name = one["name"]
        if name not in made:
            gap = gap or ("" if one["option"] else name)
            continue
        word = _word(made[name])
        if one["option"]:
            words += [one["option"]] if one["type"] == "flag" else [one["option"], word]
            continue
        if gap:
            raise BadInput(f"'{name}' stands after '{gap}', which must be given too: neither has an option", field=name)
        if _option_of(word, options) is not None:
            raise BadInput(f"'{name}': '{word[:64]}' would be read as an option of the app", field=name)
        words.append(word)
    param = shlex.join(words)
    split_param(param, most_bytes=most_bytes)
    return param


def parse(parameters: Sequence[Parameter], param: str, *, most_bytes: int) -> Values:
    """Return the values that a param string gives; options may come in any order, and as ``--option=value``.

    Raises:
        BadInput: it cannot be split, or a word of it is nothing that the schema knows.
    """
    options = _options(parameters)
    alone = [one for one in parameters if not one["option"]]
    found: dict[str, str | bool] = {}
    words = split_param(param, most_bytes=most_bytes)
    at = 0
    while at < len(words):
        word, at = words[at], at + 1
        option = _option_of(word, options)
        if option is None:
            one = next((each for each in alone if each["name"] not in found), None)
            if one is None:
                raise _unknown(word, at, options)
            found[one["name"]] = word
            continue
        one = options[option]
        if one["name"] in found:
            raise BadInput(f"word {at}: '{option}' is there twice", field=one["name"])
        if one["type"] == "flag":
            found[one["name"]] = True
        elif word != option:
            found[one["name"]] = word.removeprefix(f"{option}=")
        elif at == len(words):
            raise BadInput(f"word {at}: '{option}' needs a value after it", field=one["name"])
        else:
            found[one["name"]], at = words[at], at + 1
    read = {one["name"]: read_word(one, found[one["name"]]) for one in parameters if one["name"] in found}
    return check_values(parameters, read)


def _options(parameters: Sequence[Parameter]) -> dict[str, Parameter]:
    return {one["option"]: one for one in parameters if one["option"]}


def _option_of(word: str, options: Mapping[str, Parameter]) -> str | None:
    """Return the option that a word is, or that it gives a value to after ``=`` (long ones with a value only)."""
    if word in options:
        return word
    option, sign, _ = word.partition("=")
    fits = sign and option.startswith("--") and option in options and options[option]["type"] != "flag"
    return option if fits else None


def _unknown(word: str, at: int, options: Mapping[str, Parameter]) -> BadInput:
    shown = word[:64] if word.isprintable() else "(what was sent)"
    near = did_you_mean(shown, options) if shown.startswith("-") else ""
    return BadInput(f"word {at}: '{shown}' is nothing that the app's parameters have{near}", field="param")


def _word(value: str | float | bool) -> str:
    return value if isinstance(value, str) else repr(value)


def read_word(one: Parameter, word: str | bool) -> str | int | float | bool:
    """Return what a word stands for as the value of a parameter, not yet held against its limits.

    Raises:
        BadInput: it is to be a number and is none.
    """
    if one["type"] != "number" or isinstance(word, bool):
        return word
    if len(word) > _LONGEST_NUMBER or not _NUMBER.fullmatch(word):
        raise BadInput(f"'{one['name']}': '{word[:64]}' is not a number", field=one["name"])
    return int(word) if _WHOLE.fullmatch(word) else float(word)


def _check(one: Parameter, value: Any) -> str | int | float | bool:  # noqa: ANN401
    name = one["name"]
    match one["type"]:
        case "flag":
            if type(value) is not bool:
                raise BadInput(f"'{name}' is true or false", field=name)
            return value
        case "number":
            return _check_number(one, value)
        case _ if type(value) is not str:
            raise BadInput(f"'{name}' must be a text", field=name)
        case "choice":
            if value not in one["choices"]:
                known = ", ".join(one["choices"])
                raise BadInput(f"'{name}' must be one of: {known}"[:400], field=name)
        case "file":
            return check_file_name(value, field=name)
    return str(value)


def _check_number(one: Parameter, value: Any) -> int | float:  # noqa: ANN401
    name = one["name"]
    try:
        number = check_number(value, name, "", whole=bool(one["integer"]))
    except BadInput as error:
        what = "a whole number" if one["integer"] else "a number"
        raise BadInput(f"'{name}' must be {what} from -2^53 to 2^53", field=name) from error
    low, high = one["min"], one["max"]
    if (low is not None and number < low) or (high is not None and number > high):
        limits = " and ".join(
            f"{words} {limit}" for words, limit in (("at least", low), ("at most", high)) if limit is not None
        )
        raise BadInput(f"'{name}' is {number}; it must be {limits}", field=name)
    return number
