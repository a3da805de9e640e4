"""The command that asks for the same again; pure."""

import shlex

from allgo_hpc.models import Job

_MOST_FILES = 20


def curl_of(job: Job, base_url: str) -> str:
    """Return a curl command that submits the same job; its files are looked for in the folder where it is typed."""
    fields = {
        "job[webapp_name]": job.app.name,
        "job[version]": str(job.version.number),
        "job[queue]": job.queue,
        "job[param]": job.param,
        "job[memory_mb]": str(job.memory_mb) if job.memory_mb != job.app.memory_mb else "",
        "job[cpus]": str(job.cpus) if job.cpus != job.app.cpus else "",
    }
    words = [
        'curl -H "Authorization: Token token=$ALLGO_TOKEN"',
        *(f"--form-string {shlex.quote(f'{name}={value}')}" for name, value in fields.items() if value),
        *(f"-F {shlex.quote(f'files[{at}]=@{_quoted(one.name)}')}" for at, one in enumerate(job.inputs[:_MOST_FILES])),
        shlex.quote(f"{base_url}/api/v1/jobs"),
    ]
    return " \\\n  ".join(words)


def _quoted(name: str) -> str:
    """Return a file's name as curl's -F reads it: a comma or semicolon would end it."""
    escaped = name.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
