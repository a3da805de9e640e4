"""The pages: each file has the views of one; here they become part of the application."""

import importlib

from flask import Flask

from allgo_hpc.languages import LANGUAGES
from web.look.filled import Filled
from web.look.formats import moment, percent, size, span
from web.look.headers import init_headers
from web.look.languages import init_languages, said
from web.look.markdown import markdown
from web.look.states import state_words
from web.look.themes import THEMES, theme
from web.pages.frame import frame
from web.pages.looks import pages as looks

_AREAS = ("catalogue", "running", "jobs", "results", "accounts", "authoring", "admin")


def register_pages(app: Flask) -> None:
    """Register every page."""
    init_languages(app)
    init_headers(app)
    app.jinja_env.filters.update(said=said, size=size, span=span, moment=moment, percent=percent, markdown=markdown)
    app.jinja_env.globals.update(
        state_words=state_words, theme=theme, THEMES=THEMES, LANGUAGES=LANGUAGES, frame=frame, Filled=Filled
    )
    app.register_blueprint(looks)
    for area in _AREAS:
        for module in importlib.import_module(f"web.pages.{area}").MODULES:
            app.register_blueprint(importlib.import_module(module).pages)
