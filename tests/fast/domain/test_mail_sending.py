"""Mails from the queue to a server or a folder: what they look like, what is tried again, what is given up."""

from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session, sessionmaker

from allgo_hpc.mail.message import make_message
from allgo_hpc.mail.outbox import queue_mail
from allgo_hpc.mail.process import MailWork
from allgo_hpc.mail.sending import KEPT, LONGEST_WAIT, tidy_mails
from allgo_hpc.mail.where import Folder, Server, parse_mail_url
from allgo_hpc.models import Mail, utc_now
from allgo_hpc.settings import Settings
from tests.fast.domain.certificates import server_context
from tests.fast.domain.smtp_server import DATA, END, HELLO, MAIL, RCPT, Post, post_office
from tests.hostile import TEXTS


def _work(sessions: sessionmaker[Session], url: str, holder: str = "me", **more: Any) -> MailWork:
    settings = Settings(mail_url=url, mail_from="portal@example.org", mail_timeout_s=more.pop("timeout", 5.0), **more)
    return MailWork(sessions, settings, holder)


def _queue(session: Session, text: str = "Hello\n", to: str = "ada@example.org", subject: str = "A subject") -> None:
    queue_mail(session, to, subject, text)
    session.commit()


def _mail(session: Session) -> Mail:
    session.rollback()
    return session.scalars(select(Mail).order_by(Mail.id).execution_options(populate_existing=True)).one()


def test_it_arrives_once_and_its_text_is_forgotten(session: Session, sessions: sessionmaker[Session]) -> None:
    _queue(session, "Grüße, a link\n.\nand a dot\n")
    with post_office() as post:
        work = _work(sessions, f"smtp://127.0.0.1:{post.port}")
        assert work.once() == 1
        assert work.once() == 0
    ((sender, recipients, text),) = post.taken
    assert "portal@example.org" in sender
    assert recipients == ["ada@example.org"]
    message = message_from_bytes(text.replace("\r\n..", "\r\n.").encode(), policy=policy.default)
    assert isinstance(message, EmailMessage)
    assert (message["To"], message["Subject"]) == ("ada@example.org", "A subject")
    assert message["Auto-Submitted"] == "auto-generated"
    assert message.get_content().replace("\r\n", "\n") == "Grüße, a link\n.\nand a dot\n"
    sent = _mail(session)
    assert (sent.text, sent.next_at, sent.error, sent.attempts) == ("", None, "", 1)
    assert sent.sent_at is not None


@pytest.mark.parametrize(
    ("post", "final"),
    [
        (Post(refuse={RCPT: "550 5.1.1 no such mailbox"}), True),
        (Post(refuse={RCPT: "450 4.2.1 later"}), False),
        (Post(refuse={END: "554 5.6.0 too ugly"}), True),
        (Post(refuse={MAIL: "451 4.3.0 later"}), False),
        (Post(refuse={HELLO: "554 go away"}), False),
        (Post(drop=HELLO), False),
        (Post(drop=RCPT), False),
        (Post(drop=DATA), False),
        (Post(drop=END), False),
        (Post(login=("ada", "x")), True),
    ],
    ids=lambda value: str(value.refuse or value.drop or value.login) if isinstance(value, Post) else "",
)
def test_what_is_refused_is_tried_again_where_that_may_help(
    session: Session, sessions: sessionmaker[Session], post: Post, final: bool
) -> None:
    _queue(session)
    with post_office(post):
        assert _work(sessions, f"smtp://127.0.0.1:{post.port}").once() == 1
    mail = _mail(session)
    assert mail.error
    assert mail.sent_at is None
    assert (mail.next_at is None) == final
    assert bool(mail.text) != final


def test_a_server_that_hangs_costs_its_time_and_no_more(session: Session, sessions: sessionmaker[Session]) -> None:
    _queue(session)
    with post_office(Post(hang=MAIL)) as post:
        _work(sessions, f"smtp://127.0.0.1:{post.port}", timeout=1.0).once()
    assert "no answer within 1 s" in _mail(session).error


def test_nobody_there(session: Session, sessions: sessionmaker[Session]) -> None:
    _queue(session)
    with post_office() as post:
        port = post.port
    work = _work(sessions, f"smtp://127.0.0.1:{port}")
    work.once()
    mail = _mail(session)
    assert "cannot be reached" in mail.error
    assert mail.next_at is not None
    assert mail.next_at > utc_now()
    for _ in range(8):
        session.execute(update(Mail).values(next_at=utc_now()))
        session.commit()
        work.once()
    given_up = _mail(session)
    assert (given_up.attempts, given_up.next_at, given_up.text) == (9, None, "")


def test_user_and_password(session: Session, sessions: sessionmaker[Session]) -> None:
    _queue(session)
    with post_office(Post(login=("ada", "p@ss/word"))) as post:
        assert _work(sessions, f"smtp://ada:wrong@127.0.0.1:{post.port}").once() == 1
        assert _mail(session).next_at is not None
        session.execute(update(Mail).values(next_at=utc_now()))
        session.commit()
        _work(sessions, f"smtp://ada:p%40ss%2Fword@127.0.0.1:{post.port}").once()
    assert len(post.taken) == 1


def test_encryption_that_is_not_offered_is_not_done_without(session: Session, sessions: sessionmaker[Session]) -> None:
    _queue(session)
    with post_office() as post:
        _work(sessions, f"smtp+starttls://127.0.0.1:{post.port}").once()
    assert not post.taken
    assert _mail(session).next_at is not None


def test_a_folder_has_a_file_each(session: Session, sessions: sessionmaker[Session], tmp_path: Path) -> None:
    _queue(session)
    _work(sessions, f"file://{tmp_path}/mails").once()
    (file,) = (tmp_path / "mails").glob("*.eml")
    assert b"Subject: A subject" in file.read_bytes()
    assert file.stat().st_mode & 0o077 == 0


def test_without_an_address_mails_wait_and_are_given_up(session: Session, sessions: sessionmaker[Session]) -> None:
    _queue(session)
    assert _work(sessions, "").once() == 0
    assert _mail(session).text
    tidy_mails(session, utc_now() + LONGEST_WAIT + timedelta(minutes=1))
    assert (_mail(session).text, _mail(session).next_at) == ("", None)
    assert tidy_mails(session, utc_now() + KEPT + timedelta(minutes=1)) == 1


def test_one_process_sends(session: Session, sessions: sessionmaker[Session], tmp_path: Path) -> None:
    first, second = (_work(sessions, f"file://{tmp_path}", holder) for holder in ("one", "two"))
    _queue(session)
    assert first.once() == 1
    _queue(session)
    assert second.once() == 0
    first.give_back()
    assert second.once() == 1


@pytest.mark.parametrize("text", TEXTS)
def test_no_text_becomes_a_header_or_a_second_reader(session: Session, text: str) -> None:
    mail = queue_mail(session, "ada@example.org", text, text.replace("\udcff", ""))
    session.expunge(mail)
    mail.id, mail.created_at = 1, utc_now()
    try:
        raw = make_message(mail, "portal@example.org").as_bytes()
    except (ValueError, UnicodeError):
        return  # refused: it is given up with words
    read = message_from_bytes(raw, policy=policy.default)
    assert sorted(read.keys()) == sorted(
        ["From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "Content-Type", "Content-Transfer-Encoding",
         "MIME-Version"]
    )  # fmt: skip
    assert read["To"] == "ada@example.org"


def test_an_address_in_other_letters(session: Session, sessions: sessionmaker[Session]) -> None:
    _queue(session, to="joerg@büro.example")
    with post_office() as post:
        _work(sessions, f"smtp://127.0.0.1:{post.port}").once()
    assert post.taken[0][1] == ["joerg@xn--bro-hoa.example"]


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("", None),
        ("file:///var/mails", Folder(Path("/var/mails"))),
        ("smtp://post", Server("post", 25, "smtp")),
        ("smtp+starttls://u:p%40@post", Server("post", 587, "smtp+starttls", "u", "p@")),
        ("smtps://post:4650/", Server("post", 4650, "smtps")),
    ],
)
def test_where_they_go(text: str, read: object) -> None:
    assert parse_mail_url(text) == read


@pytest.mark.parametrize(
    "text",
    ["post", "http://post", "file://mails", "file:///", "smtp://", "smtp://post:x", "smtp://post/x", "smtps://post?x=1",
     "smtp://u:secret@post", "smtp://u:sec#ret@post"],
)  # fmt: skip
def test_what_is_no_address_is_said_without_its_password(text: str) -> None:
    with pytest.raises(ValueError, match=r"\w+") as caught:
        parse_mail_url(text)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("kind", ["smtps", "smtp+starttls"])
@pytest.mark.parametrize("trusted", [True, False])
def test_encrypted_to_a_server_whose_certificate_is_trusted(
    session: Session, sessions: sessionmaker[Session], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *,
    kind: str, trusted: bool,
) -> None:  # fmt: skip
    context, public = server_context(tmp_path)
    if trusted:
        monkeypatch.setenv("SSL_CERT_FILE", str(public))
    _queue(session)
    post = Post(secure=context if kind == "smtp+starttls" else None, login=("ada", "x"))
    with post_office(post, at_once=context if kind == "smtps" else None):
        _work(sessions, f"{kind}://ada:x@127.0.0.1:{post.port}").once()
    assert post.encrypted == ([True] if trusted else [])
    assert ("encryption is refused" in _mail(session).error) == (not trusted)
    assert (_mail(session).next_at is None) == trusted
