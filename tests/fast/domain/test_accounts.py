"""Users, passwords and tokens."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from allgo_hpc.accounts import add_user, check_password, find_user, set_password
from allgo_hpc.errors import BadInput, Conflict, NotFound, NotSignedIn
from allgo_hpc.models import Token, User
from allgo_hpc.tokens import access_of_token, new_token
from tests.hostile import TEXTS

PASSWORD = "correct horse"


@pytest.fixture
def ada(session: Session) -> User:
    return add_user(session, name="ada", email="ada@example.org", password=PASSWORD)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": ""}, "name"), ({"name": "Ada"}, "name"), ({"name": "1a"}, "name"), ({"name": "a" * 33}, "name"),
        ({"name": "../x"}, "name"), ({"name": "a b"}, "name"), ({"name": "a\n"}, "name"), ({"name": "é"}, "name"),
        ({"email": "ada"}, "email"), ({"email": "a@b\nBcc: c@d"}, "email"), ({"email": "a b@c"}, "email"),
        ({"email": "a,b@c"}, "email"), ({"email": "<a>@c"}, "email"), ({"email": "jörg@c"}, "email"),
        ({"email": "a@\u202ec"}, "email"), ({"email": "x@closed.invalid"}, "email"),
        ({"email": f"{'a' * 65}@b"}, "email"), ({"role": "root"}, "role"),
        ({"password": "short"}, "password"), ({"password": "x" * 201}, "password"),
    ],
)  # fmt: skip
def test_what_may_not_be_is_named(session: Session, change: dict[str, str], field: str) -> None:
    with pytest.raises(BadInput) as caught:
        add_user(session, **({"name": "ada", "email": "ada@example.org"} | change))
    assert caught.value.field == field
    assert session.scalars(select(User)).all() == []


@pytest.mark.parametrize(
    "twice",
    [
        {"name": "ada", "email": "b@c"},
        {"name": "b", "email": "ada@example.org"},
        {"name": "b", "email": " ADA@Example.Org"},
    ],
)
def test_names_and_addresses_are_taken_once(session: Session, ada: User, twice: dict[str, str]) -> None:
    with pytest.raises(Conflict):
        add_user(session, **twice)
    assert find_user(session, "ada").id == ada.id


def test_the_right_password(session: Session, ada: User) -> None:
    assert check_password(session, "ada", PASSWORD) is ada
    assert PASSWORD not in (ada.password_hash or "")
    set_password(session, ada, "another horse")
    assert check_password(session, "ada", "another horse") is ada
    with pytest.raises(NotSignedIn):
        check_password(session, "ada", PASSWORD)


@pytest.mark.parametrize(
    ("name", "password"),
    [("ada", ""), ("ada", "Correct horse"), ("ada", PASSWORD + "x"), ("ada", "x" * 10**6), ("ada", "\0"),
     ("ADA", PASSWORD), ("eve", PASSWORD), ("", ""), ("ada\0", PASSWORD), ("a" * 10**5, PASSWORD)],
)  # fmt: skip
def test_a_wrong_one_gives_one_answer_for_all(session: Session, ada: User, name: str, password: str) -> None:
    with pytest.raises(NotSignedIn, match=r"^wrong user name or password$"):
        check_password(session, name, password)


def test_without_a_password_nobody_signs_in(session: Session) -> None:
    add_user(session, name="bob", email="bob@example.org")
    with pytest.raises(NotSignedIn):
        check_password(session, "bob", "")


def test_a_token_acts_for_its_user_and_is_not_kept(session: Session, ada: User) -> None:
    secret = new_token(session, ada, name="notebook")
    assert access_of_token(session, secret).user is ada
    assert len(secret) == 40
    assert secret not in str(session.scalars(select(Token.sha256)).all())


def test_a_closed_account_can_do_nothing(session: Session, ada: User) -> None:
    secret = new_token(session, ada, name="notebook")
    ada.active = False
    session.commit()
    with pytest.raises(NotSignedIn):
        access_of_token(session, secret)
    with pytest.raises(NotSignedIn):
        check_password(session, "ada", PASSWORD)


def test_no_other_text_is_a_token(session: Session, ada: User) -> None:
    new_token(session, ada, name="notebook")
    for secret in TEXTS:
        with pytest.raises(NotSignedIn):
            access_of_token(session, secret)


@pytest.mark.parametrize("name", ["", " ", "x" * 65, "a\nb", "\0"])
def test_a_token_has_a_name_that_can_be_shown(session: Session, ada: User, name: str) -> None:
    with pytest.raises(BadInput):
        new_token(session, ada, name=name)


def test_an_unknown_user_is_named(session: Session) -> None:
    with pytest.raises(NotFound, match="no user 'eve'"):
        find_user(session, "eve")
