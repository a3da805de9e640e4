"""A sandbox's account: who it is and which ids it owns."""

import grp
import pwd
from dataclasses import dataclass
from pathlib import Path

from containers.node.errors import NodeError

GROUP = "sandbox"
SUB_IDS = 65_536
SUBUID, SUBGID = Path("/etc/subuid"), Path("/etc/subgid")


@dataclass(frozen=True)
class Account:
    """One account. Root inside its sandbox is ``uid`` outside; every other id inside lies in its sub-ids.

    Attributes:
        name: the sandbox's name.
        uid: its user id.
        gid: its group id, that of all sandboxes.
        first_sub_id: id 1 inside; the same for users and groups.
    """

    name: str
    uid: int
    gid: int
    first_sub_id: int

    @property
    def id_map(self) -> str:
        """What is written to ``uid_map`` of its user namespace (user_namespaces(7))."""
        return f"0 {self.uid} 1\n1 {self.first_sub_id} {SUB_IDS}\n"

    @property
    def group_map(self) -> str:
        """What is written to ``gid_map``."""
        return f"0 {self.gid} 1\n1 {self.first_sub_id} {SUB_IDS}\n"


def find_account(name: str) -> Account | None:
    """Return the account of a sandbox; None where there is none.

    Raises:
        NodeError: the name is that of another account of the machine; ``exists``.
    """
    try:
        found = pwd.getpwnam(name)
    except KeyError:
        return None
    if found.pw_gid != group_id():
        raise NodeError("exists", f"name: {name!r} is an account of the build node itself; choose another name")
    users, groups = (parse_sub_ids(file.read_text(errors="replace")).get(name) for file in (SUBUID, SUBGID))
    # One whose helper was killed between the two is not whole.
    return Account(name, found.pw_uid, found.pw_gid, users) if users is not None and users == groups else None


def name_of_uid(uid: int) -> str | None:
    """Return which sandbox's account has this uid; None for any other account."""
    try:
        found = pwd.getpwuid(uid)
    except KeyError:
        return None
    return found.pw_name if found.pw_gid == group_id() else None


def group_id() -> int:
    """Return the id of the group of all sandboxes' accounts.

    Raises:
        NodeError: the administrator has not made it; ``failed``.
    """
    try:
        return grp.getgrnam(GROUP).gr_gid
    except KeyError:
        raise NodeError("failed", f"the build node has no group {GROUP!r}: see docs/build-node.md") from None


def parse_sub_ids(text: str) -> dict[str, int]:
    """Read subuid(5): the first of each account's whole range of sub-ids."""
    found: dict[str, int] = {}
    for line in text.splitlines():
        name, _, numbers = line.partition(":")
        first, _, count = numbers.partition(":")
        if first.isdecimal() and count.isdecimal() and int(count) >= SUB_IDS:
            found.setdefault(name, int(first))
    return found
