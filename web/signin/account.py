"""The portal's users as Flask-Security knows them: each property here stands for one of the record's.

The record itself knows nothing of Flask: the domain, the API and the command line work with it.
"""

from datetime import datetime
from typing import Any

from flask_security import RoleMixin, UserMixin
from flask_security.datastore import UserDatastore
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import InstrumentedAttribute

from allgo_hpc.accounts import plain_email
from allgo_hpc.errors import Conflict
from allgo_hpc.models import User
from web.context import get_session


class Role(RoleMixin):
    """``user``, ``author`` or ``admin``: a user has one of them."""

    def __init__(self, name: str) -> None:
        """Take its name."""
        self.name = name
        self.permissions: list[str] = []

    def __eq__(self, other: object) -> bool:
        """Two of one name are the same."""
        return isinstance(other, Role) and other.name == self.name

    def __hash__(self) -> int:
        """Go with equality."""
        return hash(self.name)


class Account(UserMixin):
    """One user."""

    def __init__(self, row: User) -> None:
        """Stand for this record."""
        self.row = row

    def __eq__(self, other: object) -> bool:
        """Two that stand for one record are the same."""
        return isinstance(other, Account) and other.row is self.row

    def __hash__(self) -> int:
        """Go with equality."""
        return hash(id(self.row))

    @property
    def id(self) -> int:  # type: ignore[override]  # nobody sets it
        """Its number."""
        return self.row.id

    @property
    def username(self) -> str:  # type: ignore[override]
        """Its name."""
        return self.row.name

    @property
    def email(self) -> str:
        """Its address."""
        return self.row.email

    @email.setter
    def email(self, value: str) -> None:
        self.row.email = value
        _store("the address")

    @property
    def password(self) -> str | None:
        """The hash of its password."""
        return self.row.password_hash

    @password.setter
    def password(self, value: str | None) -> None:
        self.row.password_hash = value

    @property
    def active(self) -> bool:
        """False: it is closed."""
        return self.row.active

    @active.setter
    def active(self, value: bool) -> None:
        self.row.active = value

    @property
    def confirmed_at(self) -> datetime | None:
        """When its address was shown to be its."""
        return self.row.confirmed_at

    @confirmed_at.setter
    def confirmed_at(self, value: datetime | None) -> None:
        self.row.confirmed_at = value

    @property
    def fs_uniquifier(self) -> str:
        """What a session names it by."""
        return self.row.session_key

    @fs_uniquifier.setter
    def fs_uniquifier(self, value: str) -> None:
        self.row.session_key = value

    @property
    def roles(self) -> list[RoleMixin]:  # type: ignore[override]
        """Its one role."""
        return [Role(self.row.role)]


_COLUMNS: dict[str, InstrumentedAttribute[Any]] = {
    "id": User.id,
    "email": User.email,
    "username": User.name,
    "fs_uniquifier": User.session_key,
}


class Accounts(UserDatastore):
    """Where Flask-Security finds and keeps accounts: this request's database session."""

    def __init__(self) -> None:
        """Tell the library our kinds."""
        super().__init__(Account, Role)

    def find_user(self, case_insensitive: bool = False, **kwargs: Any) -> Account | None:  # noqa: ANN401
        """Return the account that has this one property."""
        name, value = kwargs.popitem()
        if isinstance(value, str) and "\0" in value:  # PostgreSQL takes none; nothing of ours has one
            return None
        # Names and addresses are kept in lower case.
        if name == "email":
            value = plain_email(str(value))
        elif case_insensitive and isinstance(value, str):
            value = value.lower()
        row = get_session().scalar(select(User).where(_COLUMNS[name] == value))
        return Account(row) if row is not None else None

    def find_role(self, role: str) -> Role | None:
        """Return the role of that name."""
        return Role(role)

    def create_user(self, **kwargs: Any) -> Account:  # noqa: ANN401
        """Make the account of somebody who signs up; its address is still to be shown theirs."""
        row = User(
            name=kwargs["username"],
            email=kwargs["email"],
            password_hash=kwargs.get("password"),
            confirmed_at=None,
        )
        get_session().add(row)
        _store("the name or the address")
        return Account(row)

    def put(self, model: Account) -> Account:
        """Nothing to do: the record belongs to the session already."""
        return model

    def delete(self, model: Account) -> None:
        """Never asked for: closing an account is the domain's business."""
        raise NotImplementedError

    def commit(self) -> None:
        """Store what was changed."""
        get_session().commit()


def _store(what: str) -> None:
    """Write what is pending; two who want the same at the same moment: the second is refused.

    Raises:
        Conflict: somebody else was first.
    """
    try:
        get_session().flush()
    except IntegrityError as error:
        get_session().rollback()
        raise Conflict(f"{what} was taken at this moment: go back and choose another") from error
