"""How often something may be tried: signing in and up, and mails that anybody can have sent.

Nothing else is limited: a poll is never refused (A||GO's clients end on a 429).
"""

from flask import Flask
from flask_limiter import Limiter

from web.address import client_address

# In memory, so per worker process: an address gets a few times the rate, which is still slow enough to guess passwords.
limiter = Limiter(client_address, storage_uri="memory://")
SIGN_IN = "20 per minute"
_LIMITED = ("login", "register", "forgot_password", "send_confirmation", "verify", "change_password", "change_email")


def limit_attempts(app: Flask) -> None:
    """Limit the forms of Flask-Security, all together; looking at them is free."""
    together = limiter.shared_limit(SIGN_IN, scope="accounts", methods=["POST"])
    for name in _LIMITED:
        endpoint = f"security.{name}"
        if endpoint in app.view_functions:
            app.view_functions[endpoint] = together(app.view_functions[endpoint])  # type: ignore[assignment]
