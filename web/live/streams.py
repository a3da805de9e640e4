"""What every stream has in common: how many there may be, when it ends, and that it holds nothing while it waits."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from flask import current_app
from sqlalchemy import bindparam, or_, select

from allgo_hpc.models import Token, User
from allgo_hpc.models.base import utc_now
from allgo_hpc.tokens import Access
from web.context import EXTENSION, new_session
from web.live.news import News

KEEPALIVE_S = 10.0
_closing = threading.Event()
# Made once, and of columns: five hundred streams ask every ten seconds.
_USER, _TOKEN = User.__table__.c, Token.__table__.c
_ACTIVE = select(_USER.id).where(_USER.active)
_BY_SESSION = _ACTIVE.where(_USER.id == bindparam("user"), _USER.session_key == bindparam("key"))
_BY_TOKEN = _ACTIVE.where(
    _USER.id == _TOKEN.user_id,
    _TOKEN.id == bindparam("token"),
    or_(_TOKEN.expires_at.is_(None), _TOKEN.expires_at > bindparam("now")),
)
_EXTENSION = f"{EXTENSION}-streams"


@dataclass
class Streams:
    """The streams of one process."""

    news: News
    most: int
    open: int = 0

    def __post_init__(self) -> None:
        """Make the lock that guards the count."""
        self._lock = threading.Lock()

    @contextmanager
    def slot(self) -> Iterator[bool]:
        """Take one of the places; False where all are taken: the stream tells what is new and ends."""
        with self._lock:
            taken = self.open < self.most
            self.open += taken
        try:
            yield taken
        finally:
            with self._lock:
                self.open -= taken


@dataclass
class Patience:
    """Until when a stream goes on, and when it has to say that it is still there."""

    access: Access
    until: float
    spoke: float = 0.0
    checked: float = 0.0

    def __post_init__(self) -> None:
        """Begin now."""
        self.spoke = self.checked = time.monotonic()

    def is_over(self) -> bool:
        """True when the client's time is over or the process is about to end."""
        return time.monotonic() >= self.until or _closing.is_set()

    def told(self) -> None:
        """Note that something was just sent."""
        self.spoke = time.monotonic()

    def silence_is_long(self) -> bool:
        """True when a sign of life is due."""
        return time.monotonic() - self.spoke >= KEEPALIVE_S

    def is_withdrawn(self) -> bool:
        """True where the access that opened the stream is not good any more; looked up every 10 s.

        Also while there is so much to tell that no sign of life is ever due.
        """
        now = time.monotonic()
        if now - self.checked < KEEPALIVE_S:
            return False
        self.checked = now
        return not still_valid(self.access)

    def left(self, most: float) -> float:
        """Return how long may be waited: at most so long."""
        now = time.monotonic()
        return max(0.0, min(most, self.until - now, self.spoke + KEEPALIVE_S - now))


def still_valid(access: Access) -> bool:
    """True while what opened a stream is good: its token neither revoked nor over, its account open, its session too.

    All sessions of an account end with a new ``session_key``, as when its password was changed.
    """
    with new_session() as session:
        asked: dict[str, object] = {"key": access.user.session_key, "user": access.user.id}
        if access.token is not None:
            asked = {"token": access.token.id, "now": utc_now()}
        connection = session.connection()
        return connection.execute(_BY_SESSION if access.token is None else _BY_TOKEN, asked).first() is not None


def get_streams() -> Streams:
    """Return the streams of this process."""
    made: Streams | None = current_app.extensions.get(_EXTENSION)
    if made is None:
        app = current_app._get_current_object()  # type: ignore[attr-defined]  # the object itself, for a thread

        def sessions():  # type: ignore[no-untyped-def]  # noqa: ANN202
            with app.app_context():
                return new_session()

        services = app.extensions[EXTENSION][0]
        made = current_app.extensions.setdefault(
            _EXTENSION, Streams(News(sessions, services.layout.news, _closing), services.settings.streams)
        )
    return made


def end_all() -> None:
    """Let all streams of this process end, for good: it is being stopped."""
    _closing.set()
