"""The words of a job's parameters, checked. Needs no library."""

from dataclasses import dataclass

IMAGES = (".png", ".jpg", ".jpeg", ".tif", ".tiff", ".bmp")


class UsageError(Exception):
    """What the user gave cannot be used; the text says what to give instead."""


@dataclass(frozen=True)
class Options:
    """How to filter; the names are those of the options."""

    noise: int = 0
    iter: int = 4
    p: int = 1
    nopeaks: int = 0
    adapt: int = 0
    bits: int = 8


# option: the values it takes
ALLOWED: dict[str, range | tuple[int, int]] = {
    "noise": range(2),
    "iter": range(1, 11),
    "p": range(1, 5),
    "nopeaks": range(2),
    "adapt": range(11),
    "bits": (8, 16),
}


def parse(words: list[str]) -> Options:
    """Return the options that `-name value` words give; UsageError for anything else."""
    values: dict[str, int] = {}
    rest = list(words)
    while rest:
        word = rest.pop(0)
        name = word[1:]
        if not word.startswith("-") or (name not in ALLOWED and name != "2dt"):
            names = " ".join(f"-{known}" for known in (*ALLOWED, "2dt"))
            raise UsageError(f"unknown option {word!r}. The options are: {names}")
        if not rest:
            raise UsageError(f"{word} needs a value")
        value = rest.pop(0)
        if name == "2dt":
            if value.lower() not in {"false", "0"}:
                raise UsageError("-2dt true: time series are not supported, please give single images and -2dt false")
            continue
        if not value.isdecimal() or int(value) not in ALLOWED[name]:
            allowed = ALLOWED[name]
            both = f"{allowed[0]} or {allowed[-1]}"
            span = (
                both if len(allowed) == len({allowed[0], allowed[-1]}) else f"a number from {both.replace('or', 'to')}"
            )
            raise UsageError(f"{word} takes {span}, not {value!r}")
        values[name] = int(value)
    return Options(**values)


def inputs(names: list[str]) -> list[str]:
    """Return those file names that are images, in order, without what an earlier run has written."""
    found = sorted(name for name in names if name.lower().endswith(IMAGES))
    found = [name for name in found if name != "output.png" and "_denoised." not in name]
    if not found:
        raise UsageError("no image was given. Please add at least one file: " + ", ".join(f"*{end}" for end in IMAGES))
    return found


def output_names(found: list[str]) -> list[str]:
    """Return the result's name for each input: output.png for one, <stem>_denoised.png for several, all different."""
    if len(found) == 1:
        return ["output.png"]
    stems = [name.rpartition(".")[0] for name in found]
    return [
        f"{stem if stems.count(stem) == 1 else name.replace('.', '_')}_denoised.png"
        for name, stem in zip(found, stems, strict=True)
    ]
