"""The run form: what it needs to be shown on an app's page."""

from typing import Any

from allgo_hpc.models import App, User
from web.look.filled import Filled


def form_context(app: App, user: User | None, filled: Filled | None = None) -> dict[str, Any]:
    """Return what ``running/form.html`` shows; ``filled`` where the form comes back refused."""
    return {"app": app, "user": user, "filled": filled or Filled()}
