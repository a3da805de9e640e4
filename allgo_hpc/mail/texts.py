"""What the domain's mails say, each as subject and text in its reader's language; pure.

The texts are collected and translated like those of the pages: ``scripts/translate``.
"""

from collections.abc import Sequence

from allgo_hpc.languages.phrases import Phrases, phrases
from allgo_hpc.languages.said import translate
from allgo_hpc.models import Job
from allgo_hpc.reading.why import why
from allgo_hpc.states import JobState

type Text = tuple[str, str]
"""Subject and text of a mail."""
MOST_LINES = 50
"""Jobs that one mail names."""


def end_text(job: Job, base_url: str, language: str) -> Text:
    """Return the mail at a job's end."""
    say = phrases(language)
    subject = _ended(say, job)
    parts = [
        f"{subject}.",
        translate(why(job).strip(), language),
        say.gettext("Look at it: %(link)s", link=job_link(job, base_url)),
        say.gettext("You get this mail because you asked for one when you started the job.") + _choice(say, base_url),
    ]
    return subject, _joined(parts)


def removal_text(jobs: Sequence[Job], base_url: str, language: str) -> Text:
    """Return the mail before files are removed: one for all of a user's jobs that it is time for."""
    say = phrases(language)
    if len(jobs) == 1:
        subject = say.gettext("The files of job %(id)d will be removed soon", id=jobs[0].id)
    else:
        subject = say.ngettext(
            "The files of %(num)d job will be removed soon", "The files of %(num)d jobs will be removed soon", len(jobs)
        )
    lines = [
        say.gettext(
            "%(day)s  job %(id)d of %(app)s  %(link)s",
            day=f"{job.expires_at:%Y-%m-%d}",
            id=job.id,
            app=job.app.name,
            link=job_link(job, base_url),
        )
        for job in jobs[:MOST_LINES]
    ]
    if len(jobs) > MOST_LINES:
        link = f"{base_url.rstrip('/')}/jobs"
        lines.append(
            say.ngettext("and %(num)d more: %(link)s", "and %(num)d more: %(link)s", len(jobs) - MOST_LINES, link=link)
        )
    parts = [
        f"{subject}.",
        say.gettext("Each on the day that stands before it (UTC):") + "\n" + "\n".join(f"  {line}" for line in lines),
        say.gettext("Fetch what you need, or choose 'keep longer' on the job's page."),
        say.gettext("You get this mail because the portal tells you before it removes files.") + _choice(say, base_url),
    ]
    return subject, _joined(parts)


def closed_text(name: str, language: str) -> Text:
    """Return the mail to the owner of an account that was closed for good."""
    say = phrases(language)
    parts = [
        say.gettext("The account '%(name)s' on A||GO HPC was closed, by you or by an administrator.", name=name),
        say.gettext(
            "Its tokens, SSH keys and webhooks are gone, its jobs are cancelled and their files are removed within the "
            "hour."
        )
        + "\n"
        + say.gettext("It cannot be opened again; you can make a new one under another name."),
        say.gettext("If that was not you, tell an administrator of the portal at once."),
    ]
    return say.gettext("Your A||GO HPC account was closed"), _joined(parts)


def linked_text(name: str, provider: str, language: str) -> Text:
    """Return the mail to the owner of an account that can be used by another way to sign in from now on."""
    say = phrases(language)
    parts = [
        say.gettext(
            "Somebody signed in to A||GO HPC with this address by %(provider)s, which says that it is theirs.",
            provider=provider,
        )
        + "\n"
        + say.gettext("The account '%(name)s' can be used that way from now on.", name=name),
        say.gettext("If that was not you, tell an administrator of the portal at once."),
    ]
    return say.gettext("A new way to sign in to A||GO HPC"), _joined(parts)


def trial_text(base_url: str, language: str) -> Text:
    """Return the mail by which an administrator sees whether mails arrive."""
    say = phrases(language)
    told = say.gettext(
        "This is a test of the mails of the portal %(portal)s. If you can read it, they arrive.", portal=base_url
    )
    return say.gettext("A test of A||GO HPC"), _joined([told])


def job_link(job: Job, base_url: str) -> str:
    """Return the address of a job's page."""
    return f"{base_url.rstrip('/')}/jobs/{job.id}"


def _ended(say: Phrases, job: Job) -> str:
    """Say in a line what ended, and how."""
    what = say.gettext("Job %(id)d of %(app)s", id=job.id, app=job.app.name)
    if job.tasks:
        what = say.ngettext(
            "Batch %(id)d of %(app)s (%(num)d file)",
            "Batch %(id)d of %(app)s (%(num)d files)",
            job.tasks,
            id=job.id,
            app=job.app.name,
        )
    return {
        JobState.DONE: say.gettext("%(what)s is done", what=what),
        JobState.ERROR: say.gettext("%(what)s failed", what=what),
        JobState.TIMEOUT: say.gettext("%(what)s was stopped at its time limit", what=what),
        JobState.OUT_OF_MEMORY: say.gettext("%(what)s ran out of memory", what=what),
        JobState.CANCELLED: say.gettext("%(what)s was cancelled", what=what),
        JobState.NODE_FAILURE: say.gettext("%(what)s was lost with its node", what=what),
        JobState.LOST: say.gettext("%(what)s is lost", what=what),
    }[JobState(job.state)]


def _choice(say: Phrases, base_url: str) -> str:
    link = f"{base_url.rstrip('/')}/account/notifications"
    return "\n" + say.gettext("Which mails you get: %(link)s", link=link)


def _joined(parts: Sequence[str]) -> str:
    return "\n\n".join(part for part in parts if part) + "\n"
