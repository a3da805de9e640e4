"""Makes and removes the accounts of sandboxes."""

import pwd

from containers.node.accounts.account import SUB_IDS, SUBGID, SUBUID, Account, find_account, group_id, parse_sub_ids
from containers.node.commands import run
from containers.node.errors import NodeError
from containers.node.locks import locked
from containers.node.settings import NodeSettings

SHELL = "/usr/local/sbin/allgo-enter"


def ensure_account(settings: NodeSettings, name: str) -> Account:
    """Return the account of a sandbox, made if it is not there. A half-made one (no sub-ids) is completed.

    It has no password: with "*" sshd takes keys, with the usual "!" it would refuse the account (sshd(8), "LOGIN").

    Raises:
        NodeError: the name is another account's (``exists``), or no number is left (``no_room``).
    """
    with locked(settings.run, "accounts"):
        found = find_account(name)
        if found is not None:
            return found
        if name not in {entry.pw_name for entry in pwd.getpwall()}:
            uid, group = _free_uid(settings), str(group_id())
            fields = ("--uid", str(uid), "--gid", group, "--home-dir", "/", "--shell", SHELL)
            run("useradd", "--no-log-init", "--no-create-home", "--password", "*", *fields, "--", name)
        first = _free_sub_ids(settings, name)
        sub_ids = f"{first}-{first + SUB_IDS - 1}"
        for option, file in (("subuids", SUBUID), ("subgids", SUBGID)):
            wrong = parse_sub_ids(file.read_text(errors="replace")).get(name)
            if wrong is not None and wrong != first:
                run("usermod", f"--del-{option}", f"{wrong}-{wrong + SUB_IDS - 1}", "--", name)
            if wrong != first:
                run("usermod", f"--add-{option}", sub_ids, "--", name)
        made = find_account(name)
        if made is None:
            raise NodeError("failed", f"the account {name!r} could not be made on the build node")
        return made


def remove_account(settings: NodeSettings, name: str) -> None:
    """Remove the account of a sandbox of which nothing is left; its sub-ids go with it (userdel(8))."""
    with locked(settings.run, "accounts"):
        if find_account(name) is not None:
            run("userdel", "--", name)


def _free_uid(settings: NodeSettings) -> int:
    taken = {entry.pw_uid for entry in pwd.getpwall()}
    for uid in range(settings.first_uid, settings.first_uid + settings.accounts):
        if uid not in taken:
            return uid
    raise NodeError("no_room", f"the build node has its {settings.accounts} sandboxes: delete one, or raise 'accounts'")


def _free_sub_ids(settings: NodeSettings, name: str) -> int:
    """The range by the account's uid: two accounts can never share one."""
    first = settings.first_sub_id + (pwd.getpwnam(name).pw_uid - settings.first_uid) * SUB_IDS
    for file in (SUBUID, SUBGID):
        for owner, theirs in parse_sub_ids(file.read_text(errors="replace")).items():
            if owner != name and first - SUB_IDS < theirs < first + SUB_IDS:
                raise NodeError("failed", f"the sub-ids from {first} on are {owner!r}'s in {file}: set 'first_sub_id'")
    return first
