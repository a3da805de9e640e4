"""The portal, for its administrators."""

MODULES: tuple[str, ...] = (
    "web.pages.admin.overview",
    "web.pages.admin.users",
    "web.pages.admin.user",
    "web.pages.admin.groups",
    "web.pages.admin.quotas",
    "web.pages.admin.jobs",
    "web.pages.admin.cluster",
    "web.pages.admin.sandboxes",
    "web.pages.admin.audit",
    "web.pages.admin.announcements",
)
"""Each has a blueprint named ``pages``; each of its views begins with ``web.pages.admin.who.admin()``."""
