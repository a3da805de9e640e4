"""A submission as code that can be pasted: curl, Python, a notebook cell; pure.

Whatever stands in the values, it stays a value: in each language it goes through that language's own quoting. The
token is never among them; the code reads it from the environment.
"""

import shlex
from collections.abc import Sequence
from dataclasses import dataclass

_MOST_FILES = 20
_EXAMPLE = "your-file"


@dataclass(frozen=True)
class Ask:
    """What would be submitted.

    Attributes:
        url: the portal's address.
        fields: names and values of the POST.
        files: names of the input files, in the folder where the code will run.
        path: of the call.
        none: no files are meant; else a name to be replaced stands for them.
    """

    url: str
    fields: Sequence[tuple[str, str]]
    files: Sequence[str] = ()
    path: str = "/api/v1/jobs"
    none: bool = False

    @property
    def shown_files(self) -> list[str]:
        """The files that the code names."""
        return list(self.files[:_MOST_FILES]) or ([] if self.none else [_EXAMPLE])

    @property
    def left_out(self) -> int:
        """How many more there are."""
        return max(0, len(self.files) - _MOST_FILES)


def as_curl(ask: Ask) -> str:
    """Return a command for a POSIX shell."""
    lines = ['curl --fail-with-body -H "Authorization: Token token=$ALLGO_TOKEN"']
    # --form-string: of --form, a value that begins with @ or < would be read from a file.
    lines += [f"--form-string {shlex.quote(f'{name}={value}')}" for name, value in ask.fields]
    lines += [f"-F {shlex.quote(f'files[{at}]=@{_curl_name(name)}')}" for at, name in enumerate(ask.shown_files)]
    lines.append(shlex.quote(ask.url + ask.path))
    more = f"# and {ask.left_out} more files, each with -F 'files[N]=@NAME'\n" if ask.left_out else ""
    return more + " \\\n  ".join(lines)


def as_python(ask: Ask) -> str:
    """Return a program that submits, waits and saves the results."""
    return "\n".join(
        (
            "# pip install requests; the token is read from the environment: export ALLGO_TOKEN=...",
            "import os, time",
            "from pathlib import Path",
            "",
            "import requests",
            "",
            *_submitting(ask),
            "",
            'while (state := http.get(job["url"]).json())["status"] == "in progress":',
            "    time.sleep(2)",
            'print(state["status"], state.get("reason", ""))',
            'for name, address in state[str(job["id"])].items():',
            '    Path("results").mkdir(exist_ok=True)',
            '    (Path("results") / name).write_bytes(http.get(address).content)',
            "",
        )
    )


def as_notebook(ask: Ask) -> str:
    """Return a cell: it shows the state while it waits, and the results as links."""
    return "\n".join(
        (
            "import os, time",
            "from getpass import getpass",
            "from pathlib import Path",
            "",
            "import requests",
            "from IPython.display import FileLinks, clear_output, display",
            "",
            'if "ALLGO_TOKEN" not in os.environ:',
            '    os.environ["ALLGO_TOKEN"] = getpass("Token of the portal: ")',
            *_submitting(ask),
            'while (state := http.get(job["url"]).json())["status"] == "in progress":',
            "    clear_output(wait=True)",
            '    print("job", job["id"], state["state"])',
            "    time.sleep(2)",
            "folder = Path(f\"job-{job['id']}\")",
            "folder.mkdir(exist_ok=True)",
            'for name, address in state[str(job["id"])].items():',
            "    (folder / name).write_bytes(http.get(address).content)",
            'print(state["status"], state.get("reason", ""))',
            "display(FileLinks(str(folder)))",
            "",
        )
    )


def _submitting(ask: Ask) -> list[str]:
    more = [f"    # and {ask.left_out} more"] if ask.left_out else []
    return [
        "http = requests.Session()",
        'http.headers["Authorization"] = "Token token=" + os.environ["ALLGO_TOKEN"]',
        "fields = {",
        *(f"    {name!r}: {value!r}," for name, value in ask.fields),
        "}",
        *(["files = ["] if ask.shown_files else ["files = []"]),
        *(f"    {name!r}," for name in ask.shown_files),
        *more,
        *(["]"] if ask.shown_files else []),
        'sent = {f"files[{at}]": (Path(name).name, open(name, "rb")) for at, name in enumerate(files)}',
        f"answer = http.post({ask.url + ask.path!r}, data=fields, files=sent)",
        'assert answer.ok, answer.json()["error"]',
        "job = answer.json()",
        'print("job", job["id"], job["url"])',
    ]


def _curl_name(name: str) -> str:
    """Return a file's name as curl's --form takes it: - alone is its input; , and ; end it unless it is quoted."""
    name = f"./{name}" if name.startswith("-") else name
    if not set(name) & set(',;"\\') and name == name.strip():
        return name
    escaped = name.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
