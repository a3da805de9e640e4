"""Public keys: what is taken, what is refused and with which sentence."""

import base64
import struct
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from containers import KeyRefused, read_key, read_keys, render_authorized_keys

ED25519 = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGFTQ7CrMkaFApNUuGDNrEiIdJfGGgcIV7fNOLNqBCpd"


def blob(*parts: bytes) -> str:
    return base64.b64encode(b"".join(struct.pack(">I", len(part)) + part for part in parts)).decode()


def rsa(bits: int, exponent: bytes = b"\x01\x00\x01") -> str:
    modulus = ((1 << (bits - 1)) | 1).to_bytes((bits + 7) // 8, "big")
    return f"ssh-rsa {blob(b'ssh-rsa', exponent, (b'\0' if modulus[0] & 0x80 else b'') + modulus)}"


GOOD = {
    "ed25519": (f"ssh-ed25519 {blob(b'ssh-ed25519', b'x' * 32)}", 256),
    "rsa": (rsa(3072), 3072),
    "ecdsa": (f"ecdsa-sha2-nistp384 {blob(b'ecdsa-sha2-nistp384', b'nistp384', b'\x04' + b'x' * 96)}", 384),
    "sk-ed25519": (f"sk-ssh-ed25519@openssh.com {blob(b'sk-ssh-ed25519@openssh.com', b'x' * 32, b'ssh:')}", 256),
    "sk-ecdsa": (
        "sk-ecdsa-sha2-nistp256@openssh.com "
        + blob(b"sk-ecdsa-sha2-nistp256@openssh.com", b"nistp256", b"\x04" + b"x" * 64, b"ssh:"),
        256,
    ),
}


@pytest.mark.parametrize("kind", GOOD)
def test_good_kinds(kind: str) -> None:
    line, bits = GOOD[kind]
    key = read_key(f"  {line}  somebody's laptop \n")
    assert (key.line, key.bits, key.comment) == (f"{line} somebody's laptop", bits, "somebody's laptop")


@pytest.mark.parametrize("words", [["ed25519"], ["rsa", "-b", "3072"], ["ecdsa", "-b", "521"]])
def test_as_ssh_keygen_makes_and_shows_them(tmp_path: Path, words: list[str]) -> None:
    file = tmp_path / "key"
    subprocess.run(["ssh-keygen", "-q", "-t", *words, "-N", "", "-C", "me", "-f", file], check=True)
    key = read_key(file.with_suffix(".pub").read_text())
    told = subprocess.run(["ssh-keygen", "-l", "-f", file], capture_output=True, text=True, check=True).stdout.split()
    assert told[:2] == [str(key.bits), key.fingerprint]
    with pytest.raises(KeyRefused, match="this is a private key"):
        read_key(file.read_text())


BAD = {
    "": "the key is empty",
    "  \n ": "the key is empty",
    "hello": "'hello' is no type of key",
    "ssh-ed25519": "the key itself is missing",
    "ssh-dss AAAA": "DSA keys are too weak",
    "ssh-ed25519-cert-v01@openssh.com AAAA": "this is a certificate",
    f'command="id" {ED25519}': "options before the key are not taken",
    f"restrict {ED25519}": "options before the key are not taken",
    f"{ED25519}\n{ED25519}": "one key is one line",
    f"{ED25519}\rssh-rsa": "one key is one line",
    f"{ED25519} a\x1b[2Jb": "control character",
    f"{ED25519} a\u202eb": "invisible",
    f"{ED25519} a\0b": "control character",
    ED25519[:-4]: "damaged",
    ED25519 + "A": "damaged",
    ED25519.replace("AAAAC3", "AAAAD3"): "damaged",
    f"ssh-rsa {ED25519.split()[1]}": "damaged",
    f"ssh-ed25519 {blob(b'ssh-ed25519', b'x' * 32, b'more')}": "damaged",
    f"ssh-ed25519 {blob(b'ssh-ed25519', b'x' * 31)}": "damaged",
    f"ecdsa-sha2-nistp256 {blob(b'ecdsa-sha2-nistp256', b'nistp384', b'\x04' + b'x' * 64)}": "damaged",
    rsa(3071): "an RSA key must have 3072 to 16384 bits, this has 3071",
    rsa(1024): "this has 1024",
    rsa(32_784): "an RSA key must have 3072 to 16384 bits, this has 32784",
    rsa(3072, b"\x01"): "damaged",
    "ssh-ed25519 ÄÖÜ": "damaged",
    "x" * 9000: "at most 8192 characters",
}


@pytest.mark.parametrize("text", BAD)
def test_bad_keys(text: str) -> None:
    with pytest.raises(KeyRefused, match=BAD[text]):
        read_key(text)


def test_comment_is_made_harmless() -> None:
    assert read_key(f"{GOOD['ed25519'][0]} a\tb   ü  " + "c" * 200).comment == ("a b ? " + "c" * 200)[:100]


def test_several_keys() -> None:
    one, other = GOOD["ed25519"][0], GOOD["rsa"][0]
    keys = read_keys(f"# mine\n\n{one} a\n{other} b\n{one} again\n")
    assert [key.comment for key in keys] == ["a", "b"]
    with pytest.raises(KeyRefused, match="line 2: 'x' is no type"):
        read_keys(f"{one}\nx y\n")
    with pytest.raises(KeyRefused, match="private key"):
        read_keys("-----BEGIN OPENSSH PRIVATE KEY-----\nabc\n-----END OPENSSH PRIVATE KEY-----\n")


def test_file_for_sshd() -> None:
    key = read_key(f"{GOOD['ed25519'][0]} me")
    assert render_authorized_keys([key, key]) == f"restrict,pty {key.line}\n"
    assert render_authorized_keys([]) == ""


@given(st.text())
def test_any_text_is_taken_or_refused(text: str) -> None:
    try:
        key = read_key(text)
    except KeyRefused:
        return
    assert read_key(key.line) == key


@given(st.binary(max_size=200))
def test_any_data_are_taken_or_refused(data: bytes) -> None:
    for kind in ("ssh-ed25519", "ssh-rsa", "sk-ssh-ed25519@openssh.com"):
        try:
            read_key(f"{kind} {base64.b64encode(data).decode()}")
        except KeyRefused:
            continue
