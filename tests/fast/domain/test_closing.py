"""Closing accounts, other roles, sign-ins that others vouch for: what is refused, what ends, what is written down."""

from typing import Any

import pytest
from sqlalchemy import func, select

from allgo_hpc.accounts import add_user, check_password, set_password
from allgo_hpc.administration.actor import COMMAND_LINE
from allgo_hpc.administration.users import confirm_address
from allgo_hpc.audit import WHAT, record
from allgo_hpc.closing import check_proof, close_account, finish_closing
from allgo_hpc.errors import BadInput, Conflict, NotAllowed, NotSignedIn
from allgo_hpc.identities import Vouched, account_of, link_account
from allgo_hpc.models import Audit, Job, JobShare, Mail, SshKey, Token, Upload, User, Webhook, utc_now
from allgo_hpc.ssh_keys import add_key
from allgo_hpc.states import JobState
from allgo_hpc.tokens import access_of_token, new_token
from allgo_hpc.uploading.place import Place
from tests.fast.domain.world import World
from tests.fast.ssh_keys import ED25519

PASSWORD = "correct horse battery"
ISSUER = "https://id.example.org"


def _who(**more: Any) -> Vouched:
    values = {"external_id": f"{ISSUER} 1", "name": "Eve", "email": "eve@example.org", "email_checked": True}
    return Vouched(**(values | {"may_link": True} | more))


def test_nothing_of_it_works_any_more(world: World) -> None:
    session, user = world.session, world.user
    secret = new_token(session, user, name="laptop")
    add_key(session, user, ED25519)
    session.add(Webhook(user_id=user.id, url="https://example.org", secret="x", last_event_id=0))
    running = world.submit()
    done = world.job(JobState.DONE, finished_at=utc_now(), expires_at=utc_now().replace(year=2090))
    session.add(JobShare(job_id=done.id, secret="s", expires_at=utc_now()))
    session.commit()
    key = user.session_key
    close_account(session, world.services, user, by=user)
    with pytest.raises(NotSignedIn):
        access_of_token(session, secret)
    for kind in (Token, SshKey, Webhook, JobShare):
        assert session.scalar(select(func.count()).select_from(kind)) == 0
    session.expire_all()
    assert not user.active
    assert user.session_key != key
    assert user.email.endswith("@closed.invalid")
    assert session.get_one(Job, running.id).cancel_at is not None
    expires = session.get_one(Job, done.id).expires_at
    assert expires is not None
    assert expires <= utc_now()
    assert session.scalar(select(Mail.recipient)) == "ada@example.org"
    assert session.scalar(select(Audit.what).order_by(Audit.id.desc()).limit(1)) == "account.closed"
    close_account(session, world.services, user, by=None)
    assert session.scalar(select(func.count()).select_from(Mail)) == 1
    with pytest.raises(Conflict):
        add_user(session, name="ada", email="other@example.org")
    assert add_user(session, name="ada2", email="ada@example.org")


def test_its_uploads_and_examples_go(world: World) -> None:
    session, layout = world.session, world.services.layout
    job = world.job(JobState.DONE, finished_at=utc_now())
    world.app.example_job_id = job.id
    keys = {world.user.id: "k" * 36, world.app.owner_id: "o" * 36}
    for owner, key in keys.items():
        session.add(Upload(key=key, user_id=owner, name="a", size=1, finished_at=None))
        Place(layout, key).make()
    session.commit()
    close_account(session, world.services, world.user, by=None)
    session.expire_all()
    assert world.app.example_job_id is None
    assert session.scalars(select(Upload.user_id)).all() == [world.app.owner_id]
    assert [Place(layout, key).folder.exists() for key in keys.values()] == [False, True]


def test_a_job_that_ends_later_goes_too(world: World) -> None:
    job = world.submit()
    close_account(world.session, world.services, world.user, by=None)
    job.state, job.finished_at = "cancelled", utc_now()
    world.session.commit()
    finish_closing(world.session, world.services, utc_now())
    world.session.expire_all()
    assert job.expires_at is not None
    assert job.expires_at <= utc_now()


def test_apps_are_handed_over_first(world: World) -> None:
    with pytest.raises(Conflict, match="textstats") as caught:
        close_account(world.session, world.services, world.app.owner, by=None)
    assert caught.value.code == "has_apps"
    assert world.app.owner.active


def test_the_last_administrator_stays(world: World) -> None:
    root = add_user(world.session, name="root", email="root@example.org", role="admin")
    with pytest.raises(Conflict):
        close_account(world.session, world.services, root, by=root)


@pytest.mark.parametrize("typed", ["", "ada", "x" * 10_000, "\0"])
def test_the_proof(world: World, typed: str) -> None:
    set_password(world.session, world.user, PASSWORD)
    with pytest.raises(BadInput):
        check_proof(world.user, typed)
    check_proof(world.user, PASSWORD)


def test_an_unknown_word_is_a_mistake_of_the_program(world: World) -> None:
    with pytest.raises(KeyError):
        record(world.session, None, "something.else")
    assert all(len(word) <= 64 for word in WHAT)


def test_unconfirmed_is_let_in_nowhere(world: World) -> None:
    eve = add_user(world.session, name="eve", email="eve@example.org", password=PASSWORD)
    secret = new_token(world.session, eve, name="x")
    eve.confirmed_at = None
    world.session.commit()
    for ask in (
        lambda: check_password(world.session, "eve", PASSWORD),
        lambda: access_of_token(world.session, secret),
        lambda: new_token(world.session, eve, name="y"),
    ):
        with pytest.raises(NotSignedIn) as caught:
            ask()
        assert caught.value.code == "not_confirmed"
    confirm_address(world.session, COMMAND_LINE, eve)
    assert check_password(world.session, "eve", PASSWORD) is eve


def test_somebody_new_gets_an_account_and_finds_it_again(world: World) -> None:
    made = account_of(world.session, _who(account="eve1"))
    assert (made.name, made.email, made.cluster_account) == ("eve", "eve@example.org", "eve1")
    assert made.confirmed_at is not None
    again = account_of(world.session, _who(name="other", email="new@example.org", account="eve2"))
    assert again is made
    assert again.cluster_account == "eve2"


@pytest.mark.parametrize(
    ("name", "made"),
    [("ada", "ada-2"), ("Eve!@x", "eve"), ("", "user"), ("42", "user"), ("ö" * 40, "user"), ("a" * 40, "a" * 32)],
)
def test_names_are_made_to_fit(world: World, name: str, made: str) -> None:
    assert account_of(world.session, _who(name=name)).name == made


def test_the_same_checked_address_is_linked(world: World) -> None:
    found = account_of(world.session, _who(email="ADA@example.org"))
    assert found is world.user
    assert found.external_id == f"{ISSUER} 1"
    assert world.session.scalar(select(Mail.recipient)) == "ada@example.org"


def test_an_account_that_never_confirmed_loses_its_password(world: World) -> None:
    """Somebody may have made it beforehand with another's address."""
    early = add_user(world.session, name="early", email="eve@example.org", password=PASSWORD)
    early.confirmed_at = None
    world.session.commit()
    assert account_of(world.session, _who()) is early
    assert early.password_hash is None
    assert early.confirmed_at is not None


def _unchecked(world: World) -> Vouched:
    return _who(email="ada@example.org", email_checked=False)


def _administrator(world: World) -> Vouched:
    world.user.role = "admin"
    return _who(email="ada@example.org")


def _linked_before(world: World) -> Vouched:
    world.user.external_id = f"{ISSUER} 2"
    return _who(email="ada@example.org")


def _header(world: World) -> Vouched:
    return Vouched("header ada", "ada", "ada@cluster.example", email_checked=True)


@pytest.mark.parametrize("make", [_unchecked, _administrator, _linked_before, _header])
def test_what_may_be_another_persons_is_not_taken_over(world: World, make: Any) -> None:
    who = make(world)
    world.session.commit()
    before = world.user.external_id
    with pytest.raises(Conflict, match="ask an administrator"):
        account_of(world.session, who)
    world.session.expire_all()
    assert world.user.external_id == before
    link_account(world.session, world.user, who.external_id)
    assert account_of(world.session, who) is world.user


def test_a_closed_account_lets_nobody_in_by_its_link(world: World) -> None:
    made = account_of(world.session, _who())
    made.active = False
    world.session.commit()
    with pytest.raises(NotAllowed):
        account_of(world.session, _who())


@pytest.mark.parametrize("external_id", ["header", "header ", "a\nb c", "x" * 600 + " y"])
def test_what_is_no_link_is_refused(world: World, external_id: str) -> None:
    with pytest.raises(BadInput):
        link_account(world.session, world.user, external_id)


def test_two_accounts_have_no_one_link(world: World) -> None:
    link_account(world.session, world.user, "header ada", account="ada1")
    with pytest.raises(Conflict):
        link_account(world.session, world.app.owner, "header ada")
    link_account(world.session, world.user, None)
    assert world.session.scalar(select(User.external_id).where(User.name == "ada")) is None
