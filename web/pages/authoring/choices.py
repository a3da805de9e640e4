"""What the forms of an app's properties offer to choose from."""

from typing import Any

from flask_babel import gettext as _

from allgo_hpc.publishing.bases import known_bases
from allgo_hpc.services import Services
from web.look.formats import span


def choices(services: Services) -> dict[str, Any]:
    """Return the queues and base images, each as its value and words."""
    return {
        "queues": [(queue.name, f"{queue.name} – {span(queue.minutes * 60)}") for queue in services.settings.queues],
        "bases": [(base, base) for base in known_bases(services.layout)],
        "visibility": [("", _("only me, and those I share it with")), ("1", _("everybody"))],
    }
