"""The words in front of a command that make it a sandbox's account's, or its root's. Pure."""

from containers.node.accounts.account import Account


def as_account(account: Account) -> tuple[str, ...]:
    """Return the words that run a command as the account: no other group, no way to more rights."""
    ids = ("--reuid", str(account.uid), "--regid", str(account.gid), "--clear-groups")
    return ("setpriv", *ids, "--no-new-privs", "--")


def as_root_inside(account: Account) -> tuple[str, ...]:
    """Return the words that run a command as root of a user namespace in which all ids of the account are mapped.

    So it sees and writes the ids that the sandbox sees (0, 33, 65534), and outside has no more rights than the account.
    newuidmap is set-uid, so new privileges cannot be refused here.
    """
    ids = ("--reuid", str(account.uid), "--regid", str(account.gid), "--clear-groups")
    return ("setpriv", *ids, "--", "unshare", "--user", "--map-auto", "--map-root-user", "--")
