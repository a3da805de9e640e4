"""What a user chooses about their own account: language and mails."""

from sqlalchemy.orm import Session

from allgo_hpc.errors import BadInput
from allgo_hpc.languages import LANGUAGES
from allgo_hpc.models import User


def set_language(session: Session, user: User, language: str) -> None:
    """Choose a language; empty: pages as their browser says, mails as the site says.

    Raises:
        BadInput: the portal does not speak it.
    """
    if language and language not in LANGUAGES:
        raise BadInput(f"language: one of {', '.join(LANGUAGES)}", field="language")
    user.language = language or None
    session.commit()


def set_mails(session: Session, user: User, *, at_end: bool, before_removal: bool) -> None:
    """Choose which mails about jobs come: at the end of new ones, and before files are removed."""
    user.mail_at_end = at_end
    user.mail_before_removal = before_removal
    session.commit()
