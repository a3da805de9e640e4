"""Addresses of webhooks: what is none is refused when it is made, with a sentence."""

import pytest

from allgo_hpc.errors import BadInput
from allgo_hpc.webhooks.addresses import Allowed, parse_allowed
from allgo_hpc.webhooks.urls import LONGEST, Target, check_url, parse_url
from tests import hostile

NOBODYS = Allowed()
MALFORMED = [
    "", "hook", "//example.org/", "http:/example.org", "http://", "https://", "http:///path", "http://:80/",
    "file:///etc/passwd", "gopher://example.org:70/_x", "ftp://example.org/", "dict://example.org:11211/", "jar:http://x!/",
    "javascript:alert(1)", "data:,x", "unix:///run/x.sock", "ws://example.org/", "http+unix://%2Frun/x", "blob:http://x",
    "http://user@example.org/", "http://user:secret@example.org/", "http://example.org@127.0.0.1/", "http://@example.org/",
    "http://127.0.0.1:80@example.org/", "http://example.org:80:80/", "http://example.org:/", "http://example.org:0/",
    "http://example.org:99999/", "http://example.org:65536/", "http://example.org:-1/", "http://example.org:8a/",
    "http://example.org:\u0661/", "http://example.org/#x", "http://example.org#@127.0.0.1/",
    "http://example.org/\nHost: x", "http://exa\nmple.org/", "http://exa\tmple.org/",
    "http://example.org/\r\n\r\nGET /",
    "http://example.org/ x", " http://example.org/", "http://example.org/ ", "http://example.org\\@127.0.0.1/",
    "http://example.org/\0", "http://example.org/\x7f", "http://example.org/\x85", "http://example.org/\u2028",
    "http://ex\u00e4mple.org/", "http://\uff11\uff12\uff17.0.0.1/", "http://127\u30020\u30020\u30021/", "http://\u2460.\u2461/",
    "http://example.org/\u00e9", "http://\u202eexample.org/", "http://exa\u00admple.org/",
    "http://2130706433/", "http://0x7f000001/", "http://0x7f.0.0.1/", "http://0177.0.0.1/", "http://017700000001/",
    "http://127.1/", "http://127.0.1/", "http://127.0.0.1./", "http://0/", "http://0.0.0/", "http://1.2.3.4.5/",
    "http://256.1.1.1/", "http://127.0.0.01/", "http://127.0.0.0x1/", "http://example.123/", "http://example.0x1f/",
    "http://[::1/", "http://::1/", "http://[::1]x/", "http://[fe80::1%25eth0]/", "http://[fe80::1%eth0]/", "http://[1.2.3.4]/",
    "http://[::ffff:0x7f.0.0.1]/", "http://[v1.x]/", "http://[]/", "http://[g::1]/",
    "http://.example.org/", "http://example..org/", "http://example.org./", "http://-x.org/", "http://x-.org/",
    "http://" + "a" * 64 + ".org/", "http://" + "a." * 127 + "org/", "http://%31%32%37.0.0.1/", "http://%6cocalhost/",
    "http://exa mple.org/", "http://*.org/", "http://example.org/" + "x" * LONGEST, "http://example.org/`id`",
    "http://example.org/<x>", 'http://example.org/"x"', "http://example.org/{x}", "http://example.org/|id", "http://x^y/",
]  # fmt: skip
FORBIDDEN = [
    "http://127.0.0.1/", "https://127.0.0.1:8443/x", "http://0.0.0.0/", "http://10.0.0.1/", "http://192.168.1.1:8080/",
    "http://169.254.169.254/latest/meta-data/", "http://100.100.100.200/", "http://168.63.129.16/", "http://255.255.255.255/",
    "http://224.0.0.1/", "http://[::1]/", "http://[::]/", "http://[::ffff:127.0.0.1]/", "http://[::ffff:7f00:1]/",
    "http://[0:0:0:0:0:0:0:1]/", "http://[fe80::1]/", "http://[fd00:ec2::254]/", "http://[64:ff9b::7f00:1]/",
    "http://[2002:7f00:1::]/", "http://[::127.0.0.1]/", "http://localhost/", "http://LocalHost:8000/", "http://x.localhost/",
    "HTTP://127.0.0.1/",
]  # fmt: skip
GOOD = {
    "https://hooks.example.org/allgo?key=a%20b&x=1": Target("https", "hooks.example.org", 443, "/allgo?key=a%20b&x=1"),
    "HTTP://Hooks.Example.ORG": Target("http", "hooks.example.org", 80, "/"),
    "http://example.org?x": Target("http", "example.org", 80, "/?x"),
    "https://xn--exmple-cua.org:8443/a/../b;c=(d),'e'!~*": Target(
        "https", "xn--exmple-cua.org", 8443, "/a/../b;c=(d),'e'!~*"
    ),
    "http://8.8.8.8:65535/": Target("http", "8.8.8.8", 65535, "/"),
    "http://[2001:4860:4860:0::8888]:1/@x": Target("http", "2001:4860:4860::8888", 1, "/@x"),
    "http://under_score.example/": Target("http", "under_score.example", 80, "/"),
}


@pytest.mark.parametrize("url", MALFORMED, ids=ascii)
def test_what_is_no_address_of_a_webhook_is_refused(url: str) -> None:
    with pytest.raises(BadInput, match=r"^url: ") as caught:
        check_url(url, parse_allowed("0.0.0.0/0, ::/0, localhost"))
    assert (caught.value.code, caught.value.field) == ("bad_input", "url")
    assert str(caught.value).isascii() or "…" in str(caught.value)


@pytest.mark.parametrize("text", [text for text in hostile.TEXTS if "\udcff" not in text], ids=ascii)
def test_hostile_texts_as_host_and_as_path(text: str) -> None:
    with pytest.raises(BadInput):
        check_url(text, NOBODYS)
    for url in (f"http://{text}/", f"http://example.org/{text}"):
        try:
            target = check_url(url, NOBODYS)
        except BadInput:
            continue
        assert f"{target.host}{target.path}".isascii()
        assert all("!" <= character <= "~" for character in target.path)


@pytest.mark.parametrize("url", FORBIDDEN)
def test_an_address_that_is_not_public_is_refused_at_once(url: str) -> None:
    parse_url(url)
    with pytest.raises(BadInput, match="webhook_allow") as caught:
        check_url(url, NOBODYS)
    assert caught.value.code == "forbidden_address"


@pytest.mark.parametrize(
    ("url", "allow"),
    [
        ("http://127.0.0.1/", "127.0.0.0/8"), ("http://[::1]/", "::1"), ("http://localhost/", "localhost"),
        ("http://localhost/", "127.0.0.0/8"), ("http://[::ffff:127.0.0.1]/", "127.0.0.0/8"),
    ],
)  # fmt: skip
def test_what_the_setting_names_is_let_in(url: str, allow: str) -> None:
    check_url(url, parse_allowed(allow))


@pytest.mark.parametrize(("url", "target"), GOOD.items(), ids=list(GOOD))
def test_good_addresses(url: str, target: Target) -> None:
    assert check_url(url, NOBODYS) == target
