"""How often something may be tried. Only sign-in is limited: a poll is never refused (A||GO's clients end on a 429)."""

from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

# In memory, so per worker process: an address gets a few times the rate, which is still slow enough to guess passwords.
limiter = Limiter(get_remote_address, storage_uri="memory://")
SIGN_IN = "20 per minute"
