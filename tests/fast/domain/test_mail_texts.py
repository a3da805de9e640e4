"""What mails say in each language: whole, with the right plural, and in English where a language is not spoken."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from allgo_hpc.closing import close_account
from allgo_hpc.identities import Vouched, account_of
from allgo_hpc.jobs.keeping import give_notice
from allgo_hpc.languages import LANGUAGES, language_of
from allgo_hpc.languages.phrases import phrases
from allgo_hpc.mail.message import make_message
from allgo_hpc.mail.notices import queue_ends, set_mail_at_end
from allgo_hpc.mail.outbox import MOST_SUBJECT, queue_mail
from allgo_hpc.mail.texts import MOST_LINES, closed_text, end_text, linked_text, removal_text, trial_text
from allgo_hpc.models import Job, Mail, utc_now
from allgo_hpc.states import FINAL, JobState
from allgo_hpc.sweeping.batches import state_of_batch
from slurm import State
from tests.fast.domain.world import World

BASE = "https://portal.example.org/"
OTHERS = [language for language in LANGUAGES if language != "en"]
ENGLISH_WORDS = re.compile(r"\b(the|was|you|files|removed|failed|done|memory|which|get)\b", re.IGNORECASE)


def _mail(world: World) -> Mail:
    world.session.rollback()
    return world.session.scalars(select(Mail)).one()


def _ended(world: World, state: JobState, **more: object) -> Job:
    now = utc_now()
    times = {"started_at": now - timedelta(minutes=90), "finished_at": now, "expires_at": now + timedelta(days=1)}
    return world.job(state, **(times | more))


@pytest.mark.parametrize("state", sorted(FINAL))
def test_each_end_in_each_language(world: World, state: JobState) -> None:
    job = _ended(world, state, peak_memory_bytes=3 * 2**20 // 2, limit_minutes=20)
    told = {language: end_text(job, BASE, language) for language in LANGUAGES}
    assert len({subject for subject, _ in told.values()}) == len(LANGUAGES)
    for language, (subject, text) in told.items():
        assert subject.startswith(f"Job {job.id} ")
        assert text.startswith(f"{subject}.\n\n")
        assert f"https://portal.example.org/jobs/{job.id}\n" in text
        assert "https://portal.example.org/account/notifications\n" in text
        assert "%" not in text
        assert language == "en" or not ENGLISH_WORDS.search(subject + text), text


def test_why_it_ended_is_in_the_language_of_the_mail_with_its_numbers(world: World) -> None:
    job = _ended(world, JobState.DONE, peak_memory_bytes=3 * 2**20 // 2)
    assert "It ran for 1.5 hours and used 1.5 MB of 64 MB of memory." in end_text(job, BASE, "en")[1]
    told = end_text(job, BASE, "fr")[1]
    assert "Durée\u00a0: 1,5 heure\u00a0; mémoire utilisée\u00a0: 1,5 Mo sur 64 Mo." in told


def test_the_last_line_of_its_log_stays_as_it_is(world: World) -> None:
    job = _ended(
        world, JobState.ERROR, reason="The app ended with exit code 3.", log_tail="x\nno such file: \u202edata\n"
    )
    told = end_text(job, BASE, "fr")[1]
    assert "La dernière ligne de son journal\u00a0: no such file: \u202edata" in told


@pytest.mark.parametrize(
    ("language", "count", "told"),
    [
        ("en", 1, "(1 file) is done"),
        ("en", 2, "(2 files) is done"),
        ("fr", 1, "(1 fichier) est terminé"),
        ("fr", 2, "(2 fichiers) est terminé"),
    ],
)
def test_a_batch(world: World, language: str, count: int, told: str) -> None:
    batch = _ended(world, JobState.DONE, tasks=count)
    assert end_text(batch, BASE, language)[0].endswith(f" {batch.app.name} {told}")


def test_why_a_batch_ended_is_in_the_language_of_the_mail(world: World) -> None:
    state, reason = state_of_batch({JobState.DONE: 1, JobState.ERROR: 2, JobState.OUT_OF_MEMORY: 1}, cancel_asked=False)
    told = end_text(_ended(world, state, tasks=4, reason=reason), BASE, "fr")[1]
    assert "Tâches qui ont manqué de mémoire\u00a0: 1." in told
    assert not ENGLISH_WORDS.search(told), told


@pytest.mark.parametrize("language", OTHERS)
def test_none_of_something_has_the_form_of_its_language(language: str) -> None:
    told = phrases(language).ngettext(
        "Batch %(id)d of %(app)s (%(num)d file)", "Batch %(id)d of %(app)s (%(num)d files)", 0, id=1, app="a"
    )
    assert told == "Lot 1 de a (0 fichier)"


@pytest.mark.parametrize(
    ("language", "subject", "more"),
    [
        ("en", "The files of {} will be removed soon", "and 3 more: https://portal.example.org/jobs"),
        ("fr", "Les fichiers {} seront bientôt supprimés", "et 3 de plus\u00a0: https://portal.example.org/jobs"),
    ],
)
def test_before_files_go(world: World, language: str, subject: str, more: str) -> None:
    job = _ended(world, JobState.DONE)
    one, many = removal_text([job], BASE, language), removal_text([job] * (MOST_LINES + 3), BASE, language)
    assert one[0] == subject.format({"en": f"job {job.id}", "fr": f"du job {job.id}"}[language])
    assert many[0] == subject.format({"en": "53 jobs", "fr": "de 53 jobs"}[language])
    assert f"  {job.expires_at:%Y-%m-%d}  job {job.id} " in one[1]
    assert many[1].count(f"/jobs/{job.id}\n") == MOST_LINES
    assert f"\n  {more}\n" in many[1]
    assert more not in one[1]


@pytest.mark.parametrize("language", OTHERS)
def test_no_mail_is_half_in_english(world: World, language: str) -> None:
    job = _ended(world, JobState.DONE)
    for subject, text in (
        removal_text([job], BASE, language),
        removal_text([job, job], BASE, language),
        closed_text("ada", language),
        linked_text("ada", "https://id.example.org", language),
        trial_text(BASE, language),
    ):
        assert not ENGLISH_WORDS.search(subject + text), text


def test_a_language_that_is_not_spoken_is_english(world: World) -> None:
    job = _ended(world, JobState.DONE)
    assert end_text(job, BASE, "xx") == end_text(job, BASE, "en")
    assert [language_of(chosen, "fr") for chosen in (None, "", "xx", "en")] == ["fr", "fr", "fr", "en"]


@pytest.mark.parametrize(
    ("chosen", "site", "word"),
    [("fr", "en", "terminé"), (None, "fr", "terminé"), ("en", "fr", "done"), ("xx", "en", "done")],
)
def test_at_the_end_as_its_user_chose_else_as_the_site_says(world: World, chosen: str, site: str, word: str) -> None:
    world.user.language = chosen
    job = world.submit()
    set_mail_at_end(world.session, job, wanted=True)
    world.slurm.say(job.uuid, State.COMPLETED, exit_code=0, signal=0)
    world.sweep()
    settings = replace(world.services.settings, language=site)
    assert queue_ends(world.session, settings, utc_now()) == 1
    assert word in _mail(world).subject


def test_the_other_mails_go_in_the_language_of_their_reader(world: World) -> None:
    world.user.language = "fr"
    world.session.commit()
    now = utc_now()
    world.job(JobState.DONE, finished_at=now, expires_at=now + timedelta(days=1))
    give_notice(world.session, world.services, now)
    who = Vouched("https://id.example.org 1", "Ada", "ada@example.org", email_checked=True, may_link=True)
    account_of(world.session, who)
    close_account(world.session, world.services, world.user, by=None)
    told = world.session.scalars(select(Mail.subject).order_by(Mail.id)).all()
    assert [subject.split()[0] for subject in told] == ["Les", "Une", "Votre"]


def test_who_chose_none_and_is_linked_reads_what_the_page_is_in(world: World) -> None:
    who = Vouched("https://id.example.org 1", "Ada", "ada@example.org", email_checked=True, may_link=True)
    account_of(world.session, who, language="fr")
    assert _mail(world).subject.startswith("Une nouvelle façon")


@pytest.mark.parametrize(
    ("subject", "kept"),
    [
        ("Job 1 of a\r\nBcc: eve@example.org", "Job 1 of a Bcc: eve@example.org"),
        ("a\x00b\x1b[31mc\x85d\u2028e\ud800f", "a b [31mc d e f"),
        ("gpj.\u202efdp\u2066 is done", "gpj.fdp is done"),
        ("مرحبا é 日本", "مرحبا é 日本"),
        ("x" * 300, "x" * (MOST_SUBJECT - 1) + "…"),
    ],
)
def test_a_subject_is_one_line_of_what_can_be_seen(world: World, subject: str, kept: str) -> None:
    mail = queue_mail(world.session, "ada@example.org", subject, "one\ntwo\x00\x1b[0m\n")
    world.session.commit()
    assert mail.subject == kept
    assert mail.text == "one\ntwo  [0m\n"
    sent = bytes(make_message(mail, "allgo@example.org"))
    assert sent.count(b"\r\nSubject:") == 1
    assert b"\r\nBcc:" not in sent
