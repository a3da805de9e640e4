"""One unprivileged account for each sandbox, and running something as it."""

from containers.node.accounts.account import Account, find_account, name_of_uid
from containers.node.accounts.making import ensure_account, remove_account
from containers.node.accounts.prefixes import as_account, as_root_inside

__all__ = [
    "Account",
    "as_account",
    "as_root_inside",
    "ensure_account",
    "find_account",
    "name_of_uid",
    "remove_account",
]
