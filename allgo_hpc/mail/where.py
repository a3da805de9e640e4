"""Where mails go: the setting ``mail_url``, read; pure."""

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

_PORTS = {"smtp": 25, "smtp+starttls": 587, "smtps": 465}
_HERE = {"localhost", "127.0.0.1", "::1"}


@dataclass(frozen=True)
class Folder:
    """Each mail becomes a file there."""

    path: Path


@dataclass(frozen=True)
class Server:
    """A mail server.

    Attributes:
        host: its name.
        port: where it listens.
        security: ``smtp`` (none), ``smtp+starttls`` or ``smtps``; the last two check its certificate.
        user: to sign in as; empty: nobody.
        password: of that user.
    """

    host: str
    port: int
    security: str
    user: str = ""
    password: str = ""


type Where = Folder | Server | None


def parse_mail_url(text: str) -> Where:
    """Read the setting; None for the empty one.

    Raises:
        ValueError: it is none; the sentence does not repeat it, for it may hold a password.
    """
    if not text.strip():
        return None
    try:
        parts = urlsplit(text.strip())
        port = parts.port
    except ValueError:
        raise ValueError("it is no address such as smtp://mail.example.org:25") from None
    if parts.query or parts.fragment:
        raise ValueError("it ends with the port or the folder; in a password write ? and # as %3F and %23")
    if parts.scheme == "file":
        if parts.netloc or not parts.path.startswith("/") or parts.path == "/":
            raise ValueError("a folder is written as file:///var/lib/allgo-hpc/mails")
        return Folder(Path(unquote(parts.path)))
    if parts.scheme not in _PORTS:
        raise ValueError(f"it begins with one of file://, {', '.join(f'{each}://' for each in _PORTS)}")
    if not parts.hostname or parts.path not in {"", "/"}:
        raise ValueError("it names a mail server, such as smtp://mail.example.org:25")
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    if password and parts.scheme == "smtp" and parts.hostname not in _HERE:
        raise ValueError("a password goes over the network only encrypted: use smtp+starttls:// or smtps://")
    return Server(parts.hostname, port or _PORTS[parts.scheme], parts.scheme, user, password)
