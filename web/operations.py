"""One decorator tells all about an operation: address, who may call it, what it takes and answers.

The same words check requests and make the OpenAPI document (flask-smorest), so that they cannot differ.
"""

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any

import flask_smorest  # type: ignore[import-untyped]
from flask import g
from flask.typing import ResponseReturnValue
from marshmallow import RAISE, Schema
from webargs.flaskparser import FlaskParser

from web.auth import Auth
from web.checks import refuse_invalid
from web.problem import ProblemSchema, phrase

type View = Callable[..., ResponseReturnValue]

_ID = {"type": "integer", "minimum": 1, "maximum": 999_999_999}
PATH_PARAMETERS: dict[str, tuple[dict[str, Any], str]] = {
    "job_id": (_ID, "Number of a job."),
    "share_id": (_ID, "Number of a link to a job."),
    "token_id": (_ID, "Number of a token."),
    "key_id": (_ID, "Number of an SSH key."),
    "webhook_id": (_ID, "Number of a webhook."),
    "delivery_id": (_ID, "Number of a delivery."),
    "upload_id": ({"type": "string", "format": "uuid"}, "Id of an upload."),
    "app_name": ({"type": "string", "minLength": 1, "maxLength": 64}, "Short name of an app, or its number."),
    "group_name": ({"type": "string", "minLength": 1, "maxLength": 64}, "Name of a group."),
    "user_name": ({"type": "string", "minLength": 1, "maxLength": 32}, "Name of a user."),
    "commit_id": (_ID, "Number of a commit."),
    "app_id": (_ID, "Number of an app."),
    "number": (_ID, "Number of a version."),
    "what": ({"type": "string", "enum": ["per_user", "per_result", "created"]}, "What is counted, and by what."),
    "user_id": (_ID, "Number of a user."),
    "folder": ({"type": "string", "pattern": "^[0-9a-f]{40}$"}, "The secret name of the job's folder."),
    "name": ({"type": "string", "minLength": 1, "maxLength": 1024}, "Name of a file, as it is listed."),
}
"""What each variable of an address may be; an id that is no number is answered like one that does not exist."""


class _Parser(FlaskParser):
    DEFAULT_VALIDATION_STATUS = 400
    DEFAULT_UNKNOWN_BY_LOCATION: dict[str, str | None] = {**FlaskParser.DEFAULT_UNKNOWN_BY_LOCATION, "query": RAISE}  # noqa: RUF012

    def handle_error(self, error: Any, req: Any, schema: Schema, **_: Any) -> Any:  # noqa: ANN401, ARG002
        refuse_invalid(error, schema)


class _Blueprint(flask_smorest.Blueprint):  # type: ignore[misc]  # the library has no types
    """Lists header parameters with their operation; given to ``route`` they would stand for each of the address."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401
        super().__init__(*args, **kwargs)
        self._prepare_doc_cbks.append(_list_headers)


def _list_headers(doc: dict[str, Any], doc_info: dict[str, Any], **_: object) -> dict[str, Any]:
    if doc_info.get("headers"):
        doc["parameters"] = [*doc.get("parameters", []), *doc_info["headers"]]
    return doc


def _links(rule: str, links: Mapping[str, tuple[str, ...]]) -> dict[str, Any]:
    same = {name: f"$request.path.{name}" for name in PATH_PARAMETERS if f"<{name}>" in rule}
    return {
        name: {"operationId": name, "parameters": same | {variable: "$response.body#/id"}}
        for variable, names in links.items()
        for name in names
    }


class Operations:
    """A blueprint whose views are described by ``operation``."""

    def __init__(self, name: str, description: str) -> None:
        """Take the name and the sentence under which the document lists these operations."""
        self.blueprint = _Blueprint(name, name, description=description)
        self.blueprint.ARGUMENTS_PARSER = _Parser()

    def operation(
        self,
        rule: str,
        *,
        auth: Auth,
        answers: Mapping[int, Mapping[str, Any] | type[Schema]],
        method: str = "GET",
        query: type[Schema] | None = None,
        body: Mapping[str, Any] | None = None,
        headers: tuple[Mapping[str, Any], ...] = (),
        errors: tuple[int, ...] = (),
        links: Mapping[str, tuple[str, ...]] | None = None,
    ) -> Callable[[View], View]:
        """Describe and register a view.

        Args:
            rule: the address, in Flask's words.
            auth: who may call it; checked before anything else is read.
            answers: what it answers by status: a schema of JSON, or a ``content`` and ``headers`` of OpenAPI.
            method: GET, POST, …
            query: schema of the query string; its values come as the view's first argument. Unknown names are refused.
            body: ``requestBody`` of OpenAPI; the view reads it by the same schema.
            headers: further header parameters, as OpenAPI writes them.
            errors: statuses of problems beside those that ``auth``, ``query`` and the address bring.
            links: what can be done with what was made: the variable that takes the answer's ``id``, the operations.
        """

        def decorate(view: View) -> View:
            inner: Any = self.blueprint.arguments(query, location="query")(view) if query is not None else view

            @wraps(inner)
            def checked(*args: Any, **kwargs: Any) -> ResponseReturnValue:  # noqa: ANN401
                g.access = auth.check()  # before anything else is looked at
                answer: ResponseReturnValue = inner(*args, **kwargs)
                return answer

            made: Any = checked
            for status, answer in answers.items():
                made = self._answer(status, answer)(made)
            if links:
                made = self.blueprint.doc(responses={next(iter(answers)): {"links": _links(rule, links)}})(made)
            problems = set(errors)
            problems |= {401, 403} if auth.security and "" not in auth.security else {401} if auth.security else set()
            problems |= {404} if "<" in rule else set()
            problems |= {400} if query is not None else set()
            for status in sorted(problems):
                made = self.blueprint.alt_response(
                    status,
                    schema=ProblemSchema,
                    content_type="application/problem+json",
                    description=phrase(status),
                )(made)
            text = (view.__doc__ or "").strip().split("\n\n")
            told: dict[str, Any] = {
                "summary": text[0].replace("\n", " "),
                "description": "\n\n".join([*(" ".join(part.split()) for part in text[1:]), auth.words]),
                "security": [{scheme: []} if scheme else {} for scheme in auth.security],
                "operationId": view.__name__,
            }
            if body is not None:
                told["requestBody"] = body
            made = self.blueprint.doc(**told)(made)
            made._apidoc["headers"] = [dict(header) for header in headers]
            parameters = [
                {"in": "path", "name": name, "schema": dict(schema), "description": words, "required": True}
                for name, (schema, words) in PATH_PARAMETERS.items()
                if f":{name}>" in rule or f"<{name}>" in rule
            ]
            self.blueprint.route(rule, methods=[method], parameters=parameters, strict_slashes=False)(made)
            return view

        return decorate

    def _answer(self, status: int, answer: Mapping[str, Any] | type[Schema]) -> Callable[[Any], Any]:
        if isinstance(answer, Mapping):
            told: Callable[[Any], Any] = self.blueprint.doc(responses={str(status): dict(answer)})
        else:
            told = self.blueprint.response(status, answer)
        return told
