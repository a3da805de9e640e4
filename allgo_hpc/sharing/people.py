"""Finding a user whom somebody else names, by user name or by address."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from allgo_hpc.errors import BadInput, NotFound
from allgo_hpc.models import User

_LONGEST = 254


def find_person(session: Session, named: str, *, field: str = "user") -> User:
    """Return the user whom these words name.

    Raises:
        NotFound: nobody has that name or address.
        BadInput: the account is closed.
    """
    named = named.strip()
    user = None
    if named and len(named) <= _LONGEST and named.isprintable():
        by_address = "@" in named  # no user name has one
        user = session.scalar(select(User).where(User.email == named if by_address else User.name == named))
    if user is None:
        shown = named[:64] if named.isprintable() else "(what was sent)"
        raise NotFound(f"there is no user '{shown}'", field=field, code="unknown_user")
    if not user.active:
        raise BadInput(f"the account '{user.name}' is closed", field=field)
    return user
