"""``/author/<app>/parameters``: presets and the parameter schema, with a preview of the form that users see.

Each form holds all its rows. A button that moves, adds or removes one shows the form anew; only *save* stores anything.
"""

from dataclasses import replace
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from allgo_hpc.authoring.change import change_app
from allgo_hpc.errors import BadInput, Refusal
from allgo_hpc.parameters.drafting.draft import draft_parameters
from allgo_hpc.parameters.schema import TYPES
from web.pages.authoring.bodies import limit_form
from web.pages.authoring.boutiques import read_sent
from web.pages.authoring.editor import TRIED, Editor, preview, wrong_rows
from web.pages.authoring.own import Work, own_app
from web.pages.authoring.rows import (
    PARAMETER_KEYS,
    PRESET_KEYS,
    parameter_of_row,
    preset_of_row,
    pressed,
    row_of_table,
    rows_of,
)
from web.signin.who import check_form

pages = Blueprint("author_parameters", __name__)
_LARGEST_DESCRIPTOR = 1024 * 1024


@pages.get("/author/<name>/parameters")
def show(name: str) -> str:
    """Show both as they are stored."""
    work = own_app(name)
    return _page(work, _stored(work))


@pages.post("/author/<name>/presets")
def presets(name: str) -> Response | str | tuple[str, int]:
    """Change the rows of presets, or store them."""
    work, do = _posted(name)
    rows = pressed(rows_of(request.form, PRESET_KEYS), do, PRESET_KEYS)
    editor = replace(_stored(work), presets=rows, unsaved="presets")
    tables = [preset_of_row(row) for row in rows]
    if do == "save":
        return _save(work, editor, {"presets": tables})
    return _page(work, editor)


@pages.post("/author/<name>/parameters")
def parameters(name: str) -> Response | str | tuple[str, int]:
    """Change the rows of parameters, make them anew from elsewhere, or store them."""
    work, do = _posted(name)
    sent = request.form
    rows = pressed(rows_of(sent, PARAMETER_KEYS), do, PARAMETER_KEYS)
    editor = replace(
        _stored(work), parameters=rows, unsaved="parameters", help=sent.get("help", ""),
        descriptor=sent.get("descriptor", ""), tried={key: text for key, text in sent.items() if key.startswith(TRIED)},
    )  # fmt: skip
    if do == "save":
        return _save(work, editor, {"parameters": [parameter_of_row(row) for row in rows]})
    if do not in {"draft", "boutiques"}:
        return _page(work, editor)
    try:
        made, notes = (draft_parameters(editor.help), []) if do == "draft" else read_sent(editor.descriptor)
    except BadInput as error:
        return _page(work, replace(editor, problem=str(error))), 400
    return _page(work, replace(editor, parameters=[row_of_table(one, PARAMETER_KEYS) for one in made], notes=notes))


def _posted(name: str) -> tuple[Work, str]:
    work = own_app(name)
    limit_form(_LARGEST_DESCRIPTOR)
    check_form()
    return work, request.form.get("do", "save")


def _stored(work: Work) -> Editor:
    app = work.app
    return Editor(
        presets=[row_of_table(one, PRESET_KEYS) for one in app.presets or []],
        parameters=[row_of_table(one, PARAMETER_KEYS) for one in app.parameters or []],
    )


def _save(work: Work, editor: Editor, values: dict[str, Any]) -> Response | tuple[str, int]:
    try:
        change_app(work.session, work.services, work.user, work.app, values)
    except Refusal as error:
        work.session.rollback()
        named = editor.wrong or wrong_rows(work, editor)
        problem = "" if any(named.get(which) for which in values) else str(error)
        return _page(work, replace(editor, problem=problem)), 400
    flash(_("Stored. It is so for everybody from now on."), "success")
    return redirect(f"{url_for('author_parameters.show', name=work.app.name)}#{next(iter(values))}", 303)  # type: ignore[return-value]


def _page(work: Work, editor: Editor) -> str:
    wrong = wrong_rows(work, editor) if editor.unsaved else {}
    shown, values, made, problem = preview(work, editor, wrong.get("parameters", {}))
    return render_template(
        "authoring/parameters.html", app=work.app, editor=editor, wrong=wrong, types=TYPES, shown=shown, values=values,
        made=made, made_problem=problem,
    )  # fmt: skip
