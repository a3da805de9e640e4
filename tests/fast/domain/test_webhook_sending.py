"""One message to real servers on 127.0.0.1, good and bad: what is sent, what is refused, and that it always ends."""

import socket
import ssl
import subprocess
import time
from pathlib import Path

import pytest

from allgo_hpc import __version__
from allgo_hpc.webhooks.addresses import Allowed, parse_allowed
from allgo_hpc.webhooks.sending import Outcome, Sender, look_up
from tests.receivers import LARGE, Behaviour, answer, drip, flood, hang, receiver, say

HERE = parse_allowed("127.0.0.0/8")
NAME = "hooks.example.org"
BODY = b'{"type": "job.state"}'
HEADERS = {"webhook-id": "msg_1", "webhook-timestamp": "1", "webhook-signature": "v1,x"}
HEAD = b"HTTP/1.1 200 OK\r\n"


def _resolves_to(*addresses: str) -> "Resolver":
    return Resolver(list(addresses))


class Resolver:
    def __init__(self, addresses: list[str]) -> None:
        self.addresses = addresses
        self.asked: list[tuple[str, int]] = []

    def __call__(self, host: str, port: int) -> list[str]:
        self.asked.append((host, port))
        return self.addresses


def _post(url: str, allowed: Allowed = HERE, **more: object) -> Outcome:
    return Sender(allowed, **more).post(url, HEADERS, BODY)  # type: ignore[arg-type]


def test_what_arrives_is_what_was_sent() -> None:
    with receiver(answer(200)) as server:
        assert _post(f"http://127.0.0.1:{server.port}/a/b?c=%20&d=1") == Outcome(200, "")
    (got,) = server.got
    assert (got.line, got.body) == ("POST /a/b?c=%20&d=1 HTTP/1.1", BODY)
    assert got.headers == HEADERS | {
        "host": f"127.0.0.1:{server.port}", "content-type": "application/json", "content-length": str(len(BODY)),
        "user-agent": f"allgo-hpc/{__version__}", "accept-encoding": "identity", "connection": "close",
    }  # fmt: skip


@pytest.mark.parametrize("status", [200, 201, 202, 204, 299])
def test_every_success_is_taken(status: int) -> None:
    with receiver(answer(status)) as server:
        assert _post(server.url) == Outcome(status, "")


@pytest.mark.parametrize("status", [400, 401, 404, 410, 429, 500, 503, 600, 999])
def test_every_other_answer_is_not(status: int) -> None:
    with receiver(answer(status)) as server:
        assert _post(server.url) == Outcome(status, f"it answered {status}")


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirects_are_not_followed(status: int) -> None:
    with receiver(answer(status, "Location: /again"), answer(200)) as server:
        outcome = _post(server.url)
    assert outcome == Outcome(status, f"it answered {status}; redirects are not followed")
    assert server.connections == 1


@pytest.mark.parametrize("allowed", ["", "10.0.0.0/8", "127.0.0.2", "other.example.org", "::1"])
def test_a_name_that_leads_here_is_refused_and_nothing_is_sent(allowed: str) -> None:
    with receiver(answer(200)) as server:
        outcome = _post(f"http://{NAME}:{server.port}/", parse_allowed(allowed), resolve=_resolves_to("127.0.0.1"))
    assert outcome == Outcome(None, f"{NAME} is not an address of the public internet: nothing was sent")
    assert server.connections == 0


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "::ffff:127.0.0.1",
        "::1",
        "169.254.169.254",
        "10.0.0.1",
        "0.0.0.0",  # noqa: S104  # nothing is bound to it
        "fe80::1%lo",
        "64:ff9b::7f00:1",
        "x",
    ],
)
@pytest.mark.parametrize("first", [True, False])
def test_one_forbidden_address_among_good_ones_is_enough(address: str, *, first: bool) -> None:
    both = [address, "8.8.8.8"] if first else ["8.8.8.8", address]
    outcome = _post(f"http://{NAME}/", Allowed(), resolve=_resolves_to(*both))
    assert outcome.error == f"{NAME} is not an address of the public internet: nothing was sent"


@pytest.mark.parametrize("allowed", ["127.0.0.0/8", NAME])
def test_the_address_that_was_checked_is_connected_to_under_the_name(allowed: str) -> None:
    resolve = _resolves_to("127.0.0.1")
    with receiver(answer(200)) as server:
        outcome = _post(f"http://{NAME}:{server.port}/", parse_allowed(allowed), resolve=resolve)
    assert outcome == Outcome(200, "")
    assert server.got[0].headers["host"] == f"{NAME}:{server.port}"
    assert resolve.asked == [(NAME, server.port)], "it is looked up once: a second answer could be another"


def test_the_next_address_is_tried_where_the_first_does_not_answer() -> None:
    with receiver(answer(200)) as server:
        resolve = _resolves_to("127.0.0.9", "127.0.0.1")
        assert _post(f"http://{NAME}:{server.port}/", resolve=resolve) == Outcome(200, "")


def test_no_proxy_of_the_environment_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    with receiver(answer(500)) as proxy, receiver(answer(200)) as server:
        for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.url)
        assert _post(server.url) == Outcome(200, "")
    assert proxy.connections == 0


def test_the_machines_own_resolver_is_asked() -> None:
    assert "127.0.0.1" in look_up("127.0.0.1", 80)
    with pytest.raises(OSError, match=r"."):
        look_up("name.invalid", 80)
    outcome = _post("http://name.invalid/")
    assert outcome == Outcome(None, "name.invalid has no address, or it cannot be looked up now")


def test_numbers_that_resolvers_take_for_addresses_are_checked_as_such() -> None:
    assert look_up("2130706433", 80) == ["127.0.0.1"], "the reason why such names are refused"
    assert _post("http://2130706433/").error.startswith("url: ")


def test_nobody_there() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    assert _post(f"http://127.0.0.1:{port}/") == Outcome(None, "the connection was refused")


SLOW: dict[str, tuple[Behaviour, bool]] = {
    "no answer": (hang, False),
    "drips the status line": (drip(b"HTTP/1.1 200 "), False),
    "drips a header": (drip(HEAD + b"X: "), False),
    "drips header lines": (drip(HEAD, b"X: y\r\n"), False),
    "goes on promising": (drip(b"", b"HTTP/1.1 100 Continue\r\n\r\n"), False),
    "reads nothing": (hang, True),
}


@pytest.mark.parametrize(("behaviour", "unread"), SLOW.values(), ids=list(SLOW))
def test_it_ends_in_time(behaviour: Behaviour, *, unread: bool) -> None:
    began = time.monotonic()
    with receiver(behaviour, unread=unread) as server:
        assert _post(server.url, total_s=0.5) == Outcome(None, "no answer within 0.5 seconds")
        assert time.monotonic() - began < 5


TLS_SLOW = {"no handshake": hang, "drips the handshake": drip(b"\x16\x03\x03\x40\x00\x02\x00\x3f\xfc\x03\x03", b"\0")}


@pytest.mark.parametrize("behaviour", TLS_SLOW.values(), ids=list(TLS_SLOW))
def test_tls_ends_in_time(behaviour: Behaviour) -> None:
    began = time.monotonic()
    with receiver(behaviour, unread=True) as server:
        outcome = _post(f"https://127.0.0.1:{server.port}/", total_s=0.5)
        assert time.monotonic() - began < 5
    assert outcome == Outcome(None, "no answer within 0.5 seconds")


def test_a_body_that_drips_holds_up_nothing() -> None:
    began = time.monotonic()
    with receiver(drip(HEAD + b"\r\n")) as server:
        assert _post(server.url) == Outcome(200, "")
        assert time.monotonic() - began < 5


FLOODS = {
    "body": (flood(HEAD + b"Content-Length: %d\r\n\r\n" % LARGE, b"x" * 65536), Outcome(200, "")),
    "one header": (flood(HEAD + b"X: ", b"x" * 65536), Outcome(None, "what it answered is not HTTP")),
    "headers": (flood(HEAD, b"X: " + b"x" * 1000 + b"\r\n"), Outcome(None, "what it answered is not HTTP")),
    "status": (flood(b"HTTP/1.1 200 ", b"x" * 65536), Outcome(None, "what it answered is not HTTP")),
}


@pytest.mark.parametrize(("behaviour", "outcome"), FLOODS.values(), ids=list(FLOODS))
def test_ten_megabytes_are_not_read(behaviour: Behaviour, outcome: Outcome) -> None:
    with receiver(behaviour) as server:
        assert _post(server.url) == outcome
    assert server.sent_bytes < LARGE / 2  # what the kernel holds in between counts as sent


BROKEN = {
    "nothing": (say(b""), "the connection was closed before an answer came"),
    "garbage": (say(b"\0\xff\n" * 9), "what it answered is not HTTP"),
    "another protocol": (say(b"220 mail.example.org ESMTP\r\n"), "what it answered is not HTTP"),
    "no number": (say(b"HTTP/1.1 OK\r\n\r\n"), "what it answered is not HTTP"),
    "status of one digit": (say(b"HTTP/1.1 2\r\n\r\n"), "what it answered is not HTTP"),
}


@pytest.mark.parametrize(("behaviour", "error"), BROKEN.values(), ids=list(BROKEN))
def test_a_broken_server(behaviour: Behaviour, error: str) -> None:
    with receiver(behaviour) as server:
        assert _post(server.url) == Outcome(None, error)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("tls") / "both.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
         "-keyout", path, "-out", path.with_suffix(".crt"), "-subj", f"/CN={NAME}",
         "-addext", f"subjectAltName=DNS:{NAME}"],
        check=True,
        capture_output=True,
    )  # fmt: skip
    with path.open("ab") as file:
        file.write(path.with_suffix(".crt").read_bytes())
    return path


def _tls(certificate: Path) -> tuple[ssl.SSLContext, list[str | None]]:
    context, names = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), []
    context.load_cert_chain(certificate)
    context.sni_callback = lambda _socket, name, _context: names.append(name)
    return context, names


def test_tls_with_a_certificate_that_is_trusted(certificate: Path) -> None:
    tls, names = _tls(certificate)
    trusting = ssl.create_default_context(cafile=str(certificate))
    with receiver(answer(200), tls=tls) as server:
        url = f"https://{NAME}:{server.port}/"
        assert _post(url, resolve=_resolves_to("127.0.0.1"), context=trusting) == Outcome(200, "")
    assert server.got[0].body == BODY
    assert names == [NAME]


def test_an_answer_that_drips_through_tls_ends_in_time(certificate: Path) -> None:
    tls, _ = _tls(certificate)
    trusting = ssl.create_default_context(cafile=str(certificate))
    began = time.monotonic()
    with receiver(drip(HEAD + b"X: "), tls=tls) as server:
        url = f"https://{NAME}:{server.port}/"
        outcome = _post(url, resolve=_resolves_to("127.0.0.1"), context=trusting, total_s=0.5)
        assert time.monotonic() - began < 5
    assert outcome == Outcome(None, "no answer within 0.5 seconds")


def test_a_certificate_for_another_name_is_refused(certificate: Path) -> None:
    tls, _ = _tls(certificate)
    trusting = ssl.create_default_context(cafile=str(certificate))
    with receiver(answer(200), tls=tls) as server:
        for host in ("other.example.org", "127.0.0.1"):
            outcome = _post(f"https://{host}:{server.port}/", resolve=_resolves_to("127.0.0.1"), context=trusting)
            assert outcome.error.startswith("its certificate is not valid: ")
    assert server.got == []


def test_a_certificate_that_nobody_vouches_for_is_refused(certificate: Path) -> None:
    tls, _ = _tls(certificate)
    with receiver(answer(200), tls=tls) as server:
        outcome = _post(f"https://{NAME}:{server.port}/", resolve=_resolves_to("127.0.0.1"))
    assert outcome == Outcome(None, "its certificate is not valid: self-signed certificate")
    assert server.got == []


def test_tls_to_a_server_that_speaks_none() -> None:
    with receiver(say(b"HTTP/1.1 400 Bad\r\n\r\n"), unread=True) as server:
        assert _post(f"https://127.0.0.1:{server.port}/") == Outcome(None, "it does not speak TLS as it should")
