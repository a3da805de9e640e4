"""The file that sshd reads (AuthorizedKeysFile). Pure."""

from collections.abc import Iterable

from containers.keys.reading import PublicKey, read_key

# sshd's own file refuses forwarding already; a line that says it as well holds if that file is ever changed.
_OPTIONS = "restrict,pty"


def render_authorized_keys(keys: Iterable[PublicKey]) -> str:
    """Return the text of the file; each key once, each read again first.

    Raises:
        KeyRefused: a key was not made by ``read_key``.
    """
    lines = dict.fromkeys(read_key(key.line).line for key in keys)
    return "".join(f"{_OPTIONS} {line}\n" for line in lines)
