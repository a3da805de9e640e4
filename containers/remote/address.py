"""Where the build node is."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, kw_only=True)
class NodeAddress:
    """Where the build node is and how it is known.

    Attributes:
        host: its name or address.
        port: of its own sshd.
        key: file of the portal's private key.
        known_hosts: file with the node's host key, as ``ssh-keyscan`` writes it.
        user: the portal's account there.
        connect_s: seconds for reaching it and logging in.
    """

    host: str
    port: int
    key: Path
    known_hosts: Path
    user: str = "allgo-portal"
    connect_s: float = 10.0
