"""Public keys of authors: read, judged, written for sshd. Pure."""

from containers.keys.authorized import render_authorized_keys
from containers.keys.reading import KeyRefused, PublicKey, read_key, read_keys

__all__ = ["KeyRefused", "PublicKey", "read_key", "read_keys", "render_authorized_keys"]
