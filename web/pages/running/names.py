"""The names of the run form's fields: the API's own where it has them, so that both are read by the same code."""

PARAM = "job[param]"
QUEUE = "job[queue]"
VERSION = "job[version]"
MEMORY = "job[memory_mb]"
CORES = "job[cpus]"
BATCH = "job[batch]"
MAIL = "job[mail_at_end]"
PATHS = "job[paths]"
UPLOADS = "job[uploads]"
FILES = "files"
PRESET = "preset"
MODE = "mode"
"""Of an app with typed parameters: ``values`` (the fields count) or ``string`` (the text does)."""
KEY = "key"
FROM = "from"
TAKE = "take_inputs"

# What the domain calls a field of a re-run, or a file by its place among others, as the form calls it.
DOMAIN = {
    "param": PARAM, "queue": QUEUE, "version": VERSION, "memory_mb": MEMORY, "cpus": CORES, "job_id": FROM,
    "files[0]": FILES, "paths": PATHS, "uploads": FILES, UPLOADS: FILES, "filename": FILES,
}  # fmt: skip


def value(name: str) -> str:
    """Return the name of a typed parameter's field."""
    return f"value[{name}]"


def texts(values: dict[str, str]) -> dict[str, str]:
    """Return what stands in the fields of the typed parameters, by parameter."""
    return {name[6:-1]: text for name, text in values.items() if name.startswith("value[") and name.endswith("]")}
