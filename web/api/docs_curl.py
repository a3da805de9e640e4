"""An example of each operation, as a person would type it; pure."""

import json
import shlex
from collections.abc import Mapping
from typing import Any

from web.api.docs_schemas import Node, Schemas

_SAMPLES = {
    "job_id": "42", "task_id": "43", "token_id": "7", "webhook_id": "3", "delivery_id": "15", "user_id": "2",
    "app_id": "1", "app_name": "denoise", "what": "per_user", "folder": "0123456789abcdef0123456789abcdef01234567",
    "job[webapp_name]": "denoise", "job[param]": "-iter 5", "files[0]": "@cells.png", "param": "-iter 8",
    "url": "https://example.org/hook", "number": "3", "to": "2", "key": "ssh-ed25519 AAAA... ada@laptop", "key_id": "4",
    "title": "Image denoising",
}  # fmt: skip
_NAMES = {"tokens": "notebook", "files": "output.png"}
"""What ``name`` is differs from group to group."""
_JSON: dict[str, Any] = {
    "name": "denoise", "published": True, "values": {"Iterations": 5}, "descriptor": {"name": "denoise"},
}  # fmt: skip
"""Values of bodies that are JSON alone."""
_FORM_FIELDS = ("job[webapp_name]", "job[param]", "files[0]")


def curl(method: str, path: str, operation: Node, schemas: Schemas, parameters: list[Node]) -> str:
    """Return a call of curl, on as many lines as are good to read.

    The address and the token are taken from the environment: ``$ALLGO_URL``, ``$ALLGO_TOKEN``.
    """
    group = operation.get("tags", [""])[0]
    words = [" ".join(["curl", *_ways(operation), *_auth(operation), *([f"-X {method}"] if method != "GET" else [])])]
    words += _body(operation.get("requestBody", {}), schemas, group)
    query: list[str] = []
    for parameter in parameters:
        if parameter["in"] == "path":
            path = path.replace("{%s}" % parameter["name"], _sample(parameter["name"], parameter["schema"], group))  # noqa: UP031
        elif parameter["in"] == "query" and parameter.get("required"):
            query.append(f"{parameter['name']}={_sample(parameter['name'], parameter['schema'], group)}")
    words.append(f'"$ALLGO_URL{path}{"?" + "&".join(query) if query else ""}"')
    if words[0] == "curl":
        words[:2] = [" ".join(words[:2])]
    return " \\\n     ".join(words)


def _ways(operation: Node) -> list[str]:
    """Streams are shown as they come, files are kept."""
    kinds = {kind for answer in operation["responses"].values() for kind in answer.get("content", {})}
    if kinds & {"text/event-stream", "application/x-ndjson"}:
        return ["-N"]
    if "application/octet-stream" in kinds:
        return ["-O"]
    return ["-OJ"] if kinds & {"application/zip", "application/x-tar"} else []


def _auth(operation: Node) -> list[str]:
    schemes = [scheme for each in operation.get("security", []) for scheme in each]
    if not schemes or {} in operation["security"]:
        return []
    return ["-u NAME"] if "basic" in schemes else ['-H "Authorization: Token token=$ALLGO_TOKEN"']


def _body(body: Node, schemas: Schemas, group: str) -> list[str]:
    content: Mapping[str, Any] = body.get("content", {})
    if not content:
        return []
    kind = "multipart/form-data" if "multipart/form-data" in content else next(iter(content))
    if kind == "application/octet-stream":
        return ["--data-binary @icon.png"]
    schema = schemas.resolve(content[kind]["schema"])
    fields: Mapping[str, Any] = schema.get("properties", {})
    chosen = [name for name in _FORM_FIELDS if name in fields] or list(schema.get("required", [])) or list(fields)[:1]
    if list(content) == ["application/json"]:
        told = {name: _JSON[name] if name in _JSON else _sample(name, fields[name], group) for name in chosen}
        return [f"--json {shlex.quote(json.dumps(told))}"]
    flag = "-F" if kind == "multipart/form-data" else "-d"
    return [f"{flag} {shlex.quote(f'{name}={_sample(name, fields[name], group)}')}" for name in chosen]


def _sample(name: str, schema: Node, group: str) -> str:
    if name == "name" and group in _NAMES:
        return _NAMES[group]
    if name in _SAMPLES:
        return _SAMPLES[name]
    if schema.get("enum"):
        return str(schema["enum"][0])
    return {"integer": "1", "boolean": "true"}.get(str(schema.get("type")), name.upper())
