"""Inputs that lie on the cluster already: named by their path, read as their user and never as the portal."""

from allgo_hpc.models import User
from allgo_hpc.settings import Settings


def roots(settings: Settings) -> list[str]:
    """Return the folders that the site lets be named, without a slash at their end; pure."""
    words = (word.strip().rstrip("/") for word in settings.cluster_paths.split(","))
    return [word for word in words if word.startswith("/")]


def offered(settings: Settings, user: User | None) -> bool:
    """Return True where this user can name paths of the cluster; pure."""
    return user is not None and bool(roots(settings)) and bool(user.cluster_account)
