"""Which account of the cluster is whose: set by an administrator, who vouches for it."""

import re

from sqlalchemy.orm import Session

from allgo_hpc.errors import BadInput
from allgo_hpc.models import User

_ACCOUNT = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,63}")


def set_cluster_account(session: Session, user: User, account: str | None) -> None:
    """Note a user's account on the cluster, or that they have none (None), and commit.

    Raises:
        BadInput: it can be no account of a person.
    """
    if account is not None and (not _ACCOUNT.fullmatch(account) or account == "root"):
        raise BadInput("cluster_account: the name of a person's account on the cluster", field="cluster_account")
    user.cluster_account = account
    session.commit()
