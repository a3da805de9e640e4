"""Reads the POST of a job, a re-run or a recipe."""

from werkzeug.wrappers import Request

from allgo_hpc.submitting.staging import Staging
from web import streamed_form
from web.api.jobs.form import check_field_name


def read_form(request: Request, staging: Staging) -> dict[str, str]:
    """Return the fields of a POST, its files being in ``staging`` then.

    Raises:
        BadInput: a malformed body, a field or file name that may not be.
        TooLarge: more than the limits.
    """
    return streamed_form.read_form(request, staging, check_name=check_field_name)
