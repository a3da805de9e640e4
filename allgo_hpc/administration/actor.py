"""Who acts as an administrator, for the audit log."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from allgo_hpc.audit import record
from allgo_hpc.models import User


@dataclass(frozen=True)
class Actor:
    """An administrator at a page, or (``user`` None) at the command line; ``address`` is where a request came from."""

    user: User | None = None
    address: str = ""

    def note(self, session: Session, what: str, about: str, detail: Any = None) -> None:  # noqa: ANN401
        """Note an act, with whatever else the transaction stores."""
        record(session, self.user, what, about, detail, self.address)


COMMAND_LINE = Actor()
