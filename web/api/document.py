"""The OpenAPI document, made by flask-smorest from what the operations say of themselves."""

import threading
from typing import Any

import flask_smorest  # type: ignore[import-untyped]
from flask import Flask, current_app

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

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401
        """Begin with nothing described."""
        self._undescribed: list[Any] = []
        self._describing = threading.Lock()
        super().__init__(*args, **kwargs)

    def register_blueprint(self, blp: Any, **_: object) -> None:  # noqa: ANN401
        """Register the operations; they are described when somebody first asks for the document.

        Describing them takes two thirds of the time that it takes to make the application.
        """
        self._app.extensions["flask-smorest"]["blp_name_to_api"][blp.name] = self
        self._app.register_blueprint(blp)
        self._undescribed.append(blp)

    def document(self) -> dict[str, Any]:
        """Return the OpenAPI document of all operations."""
        with self._describing:
            while self._undescribed:
                blp = self._undescribed.pop(0)
                blp.register_views_in_doc(self, self._app, self.spec, name=blp.name, parameters=None)
                self.spec.tag({"name": blp.name, "description": blp.description})
            made: dict[str, Any] = self.spec.to_dict()
        return made

    def _openapi_json(self) -> Any:  # noqa: ANN401  # the library calls it for the document's address
        self.document()
        return super()._openapi_json()


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


def get_document() -> dict[str, Any]:
    """Return this application's OpenAPI document."""
    api: _Api = current_app.extensions["flask-smorest"]["apis"][""]["ext_obj"]
    return api.document()
