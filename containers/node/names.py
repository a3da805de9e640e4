"""The one rule for the name of a sandbox, which is its app's name and its account's name."""

import re

from containers.node.errors import bad_request

# The portal's rule for apps; every such name may be an account's (useradd(8): 32 characters, no upper case).
_NAME = re.compile(r"[a-z][a-z0-9-]{0,31}")
RULE = "1 to 32 of a-z, 0-9 and '-', the first a letter"


def is_name(value: object) -> bool:
    """True for what may be a sandbox's name."""
    return isinstance(value, str) and _NAME.fullmatch(value) is not None


def check_name(value: object) -> str:
    """Return the name.

    Raises:
        NodeError: it is none; ``bad_request``.
    """
    if not isinstance(value, str) or not is_name(value):
        raise bad_request(f"name: must be {RULE}")
    return value
