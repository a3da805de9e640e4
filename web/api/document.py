"""The OpenAPI document, made by flask-smorest from what the operations say of themselves."""

from typing import Any

import flask_smorest  # type: ignore[import-untyped]
from flask import Flask

from allgo_hpc import __version__

_ABOUT = """Submit files to an app on a Slurm cluster and fetch the results. This is A||GO's API v1: clients written for
it work unchanged, and what goes beyond it is added beside."""
_SCHEMES: dict[str, dict[str, Any]] = {
    "token": {
        "type": "apiKey",
        "in": "header",
        "name": "Authorization",
        "description": "`Token token=<your token>`, as A||GO's clients send it.",
    },
    "bearer": {"type": "http", "scheme": "bearer", "description": "The same token as `Bearer <your token>`."},
    "basic": {"type": "http", "scheme": "basic", "description": "User name and password, to manage tokens."},
}


class _Api(flask_smorest.Api):  # type: ignore[misc]  # the library has no types
    # Each operation lists its own errors; a catch-all would let every answer pass for documented.
    DEFAULT_ERROR_RESPONSE_NAME = None


def make_api(app: Flask) -> Any:  # noqa: ANN401  # the library has no types
    """Return what collects the operations of an application."""
    app.config.from_mapping(
        API_TITLE="A||GO HPC",
        API_VERSION=__version__,
        OPENAPI_VERSION="3.0.3",
        OPENAPI_URL_PREFIX="/api/v1",
        OPENAPI_JSON_PATH="openapi.json",
    )
    api = _Api(app, spec_kwargs={"info": {"description": " ".join(_ABOUT.split())}})
    for name, scheme in _SCHEMES.items():
        api.spec.components.security_scheme(name, scheme)
    return api
