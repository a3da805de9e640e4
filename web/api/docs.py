"""``/api/docs``: the OpenAPI document and the table of codes as a page, for people; without scripts."""

from flask import Blueprint, current_app, render_template, url_for

from allgo_hpc.codes import CODES
from web.api.docs_view import make_page, with_code

docs = Blueprint("docs", __name__)
docs.add_app_template_filter(with_code)


@docs.get("/api/docs", strict_slashes=False)
def page() -> str:
    """Show every operation with what it takes and answers."""
    apis = current_app.extensions["flask-smorest"]["apis"]
    made = make_page(apis[""]["ext_obj"].spec.to_dict())
    return render_template("api_docs.html", page=made, codes=CODES, document=url_for("api-docs.openapi_json"))
