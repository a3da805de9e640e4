"""Public SSH keys: those that are let in, and all else."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from containers import KeyRefused, read_key
from tests import hostile
from tests.fast import ssh_keys as keys
from tests.fast.ssh_keys import line

MODULUS = ((1 << 3071) | 1).to_bytes(385, "big")


@pytest.mark.parametrize(("text", "bits", "fingerprint"), keys.REAL, ids=lambda value: str(value)[:24])
def test_each_kind_as_ssh_keygen_makes_and_tells_it(text: str, bits: int, fingerprint: str) -> None:
    key = read_key(text)
    kind, blob, *comment = text.split(" ", 2)
    assert (key.type, key.blob, key.comment) == (kind, blob, comment[0] if comment else "")
    assert (key.bits, key.fingerprint) == (bits, fingerprint)


@pytest.mark.parametrize("text", [keys.SK_ED25519, keys.SK_ECDSA])
def test_a_fido_device(text: str) -> None:
    assert read_key(text).bits == 256


def test_space_and_line_ends_around_do_not_matter() -> None:
    assert read_key(f"\n  {keys.ED25519}\r\n") == read_key(keys.ED25519)
    assert read_key(keys.ED25519.replace(" ada", "   ada")).comment == "ada@laptop"
    assert read_key(" ".join(keys.ED25519.split()[:2])).comment == ""
    assert read_key(f"{keys.ED25519} é \"'$(id)").comment == "ada@laptop é \"'$(id)"


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("", "begins with one of"), ("hello", "begins with one of"), ("ssh-ed25519", "not a key in base64"),
        (keys.RSA_2048, "2048 bits; it must have 3072"),
        (line("ssh-rsa", b"\x01\x00\x01", MODULUS[:-1] + b"\0"), "numbers"),
        (line("ssh-rsa", b"\x01\x00\x01", b"\xff" + MODULUS), "numbers"),
        (line("ssh-rsa", b"\x01", MODULUS), "numbers"),
        (line("ssh-rsa", b"\x02", MODULUS), "numbers"), (line("ssh-rsa", b"", MODULUS), "cut off"),
        (line("ssh-rsa", b"\x01\x00\x01", b"\x7f" * 2049), "16391 bits"), (line("ssh-rsa", b"\x03"), "cut off"),
        (line("ssh-dss", bytes(20)), "DSA keys are not taken"),
        (line("ssh-ed25519-cert-v01@openssh.com", bytes(32)), "certificates are not taken"),
        (line("ssh-ed25519", bytes(31)), "cut off"), (line("ssh-ed25519", bytes(32), b"more"), "cut off"),
        (line("ssh-ed448", bytes(57)), "begins with one of"),
        (line("ecdsa-sha2-nistp256", b"nistp384", b"\x04" + bytes(64)), "its parts"),
        (line("ecdsa-sha2-nistp256", b"nistp256", b"\x02" + bytes(64)), "its parts"),
        (line("ecdsa-sha2-nistp256", b"nistp256", b"\x02" + bytes(32)), "its parts"),
        (line("sk-ssh-ed25519@openssh.com", bytes(32)), "its parts"),
        (line("ssh-ed25519", bytes(32)).replace("ssh-ed25519", "ssh-rsa", 1), "kind that its line says"),
        (f'command="id" {keys.ED25519}', "options are not taken"), (f"no-pty {keys.ED25519}", "options are not taken"),
        (f"{keys.ED25519}\n{keys.RSA_3072}", "one key at a time"), (f"{keys.ED25519}\nssh-rsa", "one key at a time"),
        (f"{keys.ED25519}\tx", "control"), (f"{keys.ED25519}\0", "control"), (f"{keys.ED25519} \u202ex", "invisible"),
        ("-----BEGIN OPENSSH PRIVATE KEY-----\nb3Bl\n-----END OPENSSH PRIVATE KEY-----", "private key"),
        ("---- BEGIN SSH2 PUBLIC KEY ----\nAAAA\n---- END SSH2 PUBLIC KEY ----", "one line"),
        (keys.ED25519[:40], "cut off"), (keys.ED25519.replace("AAAA", "AAA", 1), "not a key in base64"),
        (keys.ED25519 + "x" * 200, "comment has"), ("ssh-ed25519 " + "A" * 20_000, "limit is 16384"),
        (keys.ED25519.replace(" AAAA", " AA-_", 1), "not a key in base64"), ("ssh-ed25519 AAAA", "cut off"),
    ],
    ids=lambda value: ascii(value)[:30],
)  # fmt: skip
def test_what_is_no_key_is_refused_with_the_reason(text: str, part: str) -> None:
    with pytest.raises(KeyRefused) as caught:
        read_key(text)
    assert part in str(caught.value)
    assert text[20:] not in str(caught.value) or len(text) < 30, "a private key is not repeated"


@pytest.mark.parametrize("text", hostile.TEXTS, ids=ascii)
def test_whatever_is_pasted(text: str) -> None:
    for pasted in (text, f"ssh-ed25519 {text}", f"{text} {keys.ED25519}" if text.strip() else "x"):
        with pytest.raises(KeyRefused):
            read_key(pasted)
    try:
        key = read_key(f"{keys.ED25519} {text}")
    except KeyRefused:
        return
    assert key.comment.isprintable()


@given(
    st.binary(max_size=100),
    st.sampled_from(["ssh-rsa", "ssh-ed25519", "ecdsa-sha2-nistp521", "sk-ssh-ed25519@openssh.com"]),
)
def test_any_bytes_are_refused(data: bytes, kind: str) -> None:
    with pytest.raises(KeyRefused):
        read_key(f"{kind} {base64.b64encode(data).decode()}")


def test_another_spelling_of_the_same_bytes_is_refused() -> None:
    kind, blob, _ = keys.SK_ED25519.split(" ")
    assert blob.endswith("=")
    other = blob[:-2] + chr(ord(blob[-2]) + 1) + "="
    assert base64.b64decode(other) == base64.b64decode(blob)
    with pytest.raises(KeyRefused, match="not a key in base64"):
        read_key(f"{kind} {other}")
