"""Pages of one's own account; signing in and up is Flask-Security's (templates/security)."""

MODULES: tuple[str, ...] = (
    "web.pages.accounts.overview",
    "web.pages.accounts.tokens",
    "web.pages.accounts.ssh_keys",
    "web.pages.accounts.notifications",
    "web.pages.accounts.webhooks",
    "web.pages.accounts.closing",
)
"""Each has a blueprint named ``pages``."""
