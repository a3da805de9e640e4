"""Which addresses webhooks may go to: the public internet, and what the administrator's setting names."""

from ipaddress import ip_address

import pytest

from allgo_hpc.settings import SettingsError
from allgo_hpc.settings.load import make_settings
from allgo_hpc.webhooks.addresses import Allowed, may_be_used, parse_allowed

NOBODYS = Allowed()
PUBLIC = ["8.8.8.8", "93.184.216.34", "2001:4860:4860::8888", "::ffff:8.8.8.8", "64:ff9b::808:808"]
KEPT_BACK = [
    "127.0.0.1", "127.255.255.254", "0.0.0.0", "0.1.2.3", "10.0.0.1", "10.255.255.255", "172.16.0.1", "172.31.255.255",  # noqa: S104
    "192.168.0.1", "169.254.0.1", "169.254.169.254", "100.64.0.1", "100.100.100.200", "192.0.0.1", "192.0.0.192",
    "192.0.2.1", "198.18.0.1", "198.51.100.1", "203.0.113.1", "192.88.99.1", "168.63.129.16", "224.0.0.1",
    "239.255.255.255", "240.0.0.1", "255.255.255.255",
    "::", "::1", "fe80::1", "fc00::1", "fd00:ec2::254", "fd20:ce::254", "fec0::1", "ff02::1", "ff0e::1",
    "2001:db8::1", "3fff::1", "2001::1", "2001:10::1", "100::1", "4000::1", "5f00::1",
    "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "::ffff:0.0.0.0", "::127.0.0.1",
    "64:ff9b::127.0.0.1", "64:ff9b::10.0.0.1", "64:ff9b::169.254.169.254", "64:ff9b:1::7f00:1",
    "2002:7f00:1::", "2002:a00:1::1", "2002:a9fe:a9fe::1", "2002:a83f:8110::1", "2002:808:808::1",
]  # fmt: skip


@pytest.mark.parametrize("text", PUBLIC)
def test_public_addresses_may_be_used(text: str) -> None:
    assert may_be_used(ip_address(text), NOBODYS)


@pytest.mark.parametrize("text", KEPT_BACK)
def test_all_others_may_not(text: str) -> None:
    assert not may_be_used(ip_address(text), NOBODYS)


@pytest.mark.parametrize(
    ("allowed", "yes", "no"),
    [
        ("127.0.0.0/8", ["127.0.0.1", "::ffff:127.0.0.1"], ["10.0.0.1", "::1", "64:ff9b::10.0.0.1"]),
        ("10.1.2.3", ["10.1.2.3"], ["10.1.2.4"]),
        (" ::1 ,fd00::/8,", ["::1", "fd12::1"], ["127.0.0.1", "fe80::1"]),
        ("hooks.example.org", ["8.8.8.8"], ["127.0.0.1", "10.0.0.1"]),
        ("", ["8.8.8.8"], ["127.0.0.1"]),
    ],
)
def test_what_the_setting_names_may_be_used_and_nothing_beside(allowed: str, yes: list[str], no: list[str]) -> None:
    parsed = parse_allowed(allowed)
    assert [text for text in yes if not may_be_used(ip_address(text), parsed)] == []
    assert [text for text in no if may_be_used(ip_address(text), parsed)] == []


def test_names_are_told_from_networks() -> None:
    parsed = parse_allowed("127.0.0.0/8, Hooks.Example.org, ::1, localhost")
    assert parsed.names == {"hooks.example.org", "localhost"}
    assert [str(each) for each in parsed.networks] == ["127.0.0.0/8", "::1/128"]


@pytest.mark.parametrize(
    "wrong", ["127.0.0.1/8", "10.0.0", "127.1", "0x7f.0.0.1", "a b", "-x.org", "*", "http://x.org", "x.org:80", "ü.org"]
)
def test_a_wrong_word_in_the_setting_is_refused_by_name(wrong: str) -> None:
    with pytest.raises(SettingsError, match="webhook_allow"):
        make_settings({"webhook_allow": f"10.0.0.0/8, {wrong}"})
