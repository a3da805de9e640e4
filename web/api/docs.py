"""``/api/docs``: the OpenAPI document and the table of codes as a page, for people; without scripts."""

from flask import Blueprint, current_app, render_template

from allgo_hpc.codes import CODES

docs = Blueprint("docs", __name__)


@docs.get("/api/docs", strict_slashes=False)
def page() -> str:
    """Show every operation with what it takes and answers."""
    apis = current_app.extensions["flask-smorest"]["apis"]
    document = apis[""]["ext_obj"].spec.to_dict()
    return render_template("api_docs.html", document=document, codes=CODES)
