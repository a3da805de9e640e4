"""``/api/docs``: the OpenAPI document and the table of codes as a page, for people; without scripts."""

from flask import Blueprint, render_template, url_for

from allgo_hpc.codes import CODES
from web.api.docs_view import make_page, with_code
from web.api.document import get_document

docs = Blueprint("docs", __name__)
docs.add_app_template_filter(with_code)


@docs.get("/api/docs", strict_slashes=False)
def page() -> str:
    """Show every operation with what it takes and answers."""
    made = make_page(get_document())
    return render_template("api_docs.html", page=made, codes=CODES, document=url_for("api-docs.openapi_json"))
