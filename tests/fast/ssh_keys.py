"""Public keys: of ssh-keygen, and put together part by part."""

import base64
import struct

ED25519 = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAINZBybFl7/qwc3IZxR0DbjGXElMgftCjcxp8fhfGHSlR ada@laptop"
RSA_3072 = (
    "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABgQCSsfwvsU78I/gFAcLLDHgkvi+NZYNHRIyRcG3JQFsERp2LA7thQ6+B3FU/Ztuf"
    "peWo3tdldCXdaF0zQrgYNWhUMlm6Dfunk2l79R2TEdzAP3mMGnJsKNKeIUev2IiijgsjBH52VrapZSmb7UfuerNCUycy8noksiTo"
    "VitmH9fc+9m5FOeyw9cyxjllNN5r3UKK1uW5mWiBgjceagUv6cwnQvPj56loFcTYebC42kjLE3h3MdJjpjbmmgqcBrkkQ5O5ODg1"
    "O9pOzetYarLQgp4FIhGyyB36TZwgUbJ9pBWXOJetE+0uCjBwrPv/9KBExVW0Hdxdr2/okva1i1JJnFG0d7Tx0cxpuNmOD4J95C04"
    "qDafSYQdK+dnmdVItuuT6ov1oiTSExlPEYWBGBuZSOKCbJivZIvRuomEmbL3RPMei4gNCecxrERPRfthzGl9wpRhgFXtjjTVXC9T"
    "ivEHT1b08v2Z1gt+cjxd9JRkcfxCM8jaafh6it73+BiZgMLPgTc= "
)
ECDSA_256 = (
    "ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBIYTtVfM3euVXnY4PaQL9NhnvwPU"
    "f3/n3Vsn1wtzdQKkyTVQUlIyqnBDOYB8OucfQQPLeKF9wmAdvz/2On669qI= curve 256"
)
ECDSA_384 = (
    "ecdsa-sha2-nistp384 AAAAE2VjZHNhLXNoYTItbmlzdHAzODQAAAAIbmlzdHAzODQAAABhBM+/MqmuzZfY6cZYu/QJISPhrcoF"
    "I1gqVN9pBfVF/ygs+wp8lVvk/xt1RN9ojrM1ipF3HAEh2dhMdorzbjCVvjOvzIiL9/A2sSwWdXAyM/r4yM3O5HYpfuRZRLPwlo1f"
    "kA== curve 384"
)
ECDSA_521 = (
    "ecdsa-sha2-nistp521 AAAAE2VjZHNhLXNoYTItbmlzdHA1MjEAAAAIbmlzdHA1MjEAAACFBADSmddZ5wEyRDvMPndm+NkPBpbL"
    "BCntX0VhyfmzWG5WP34TlQ0GZdw5YQR5x6erIkVvzFwKS7D22UhGm3GFdtdF+AGy6S00bsBWXZEWbLutWeb2aPdqsuFmvr4sIhT/"
    "lXFenblMqnG7FglQVUbPdJDFBPcsgQVK3rVdMB61/2/XTkXhrQ== curve 521"
)
RSA_2048 = (
    "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQCcpEUBIpsKa1Lxa1gzqZeEyoF4eseX9ml+6UkMg6z57bnMUkAcUhrL7X5acMfv"
    "ghQkx8wyCZcyfgUiLNlb5scWhdykwhP9NFhclb0SibxX1VcanXx38Lvaa2lGq4Bx0BcgbpNMj7+WoTm/Iag7HYzqOR9W+dBG0Fjl"
    "FZM29v7K9ROMWy9V9eQXCG2Dy2ViiKdMnanYTDfDPHsk6q0O4eEudviHQaS+rXH32ct7XciM/yUnPnL5Rhe4TMhdMbeYxPZKKWT6"
    "7HIdi8NiGl4r0MTCqyVzboWlG++HlfYl4pOLfpmj/omPuzCG38CTqVVS4RU47WTy5HlUrgtGSoaE2+4P weak"
)

REAL = [
    (ED25519, 256, "SHA256:svg94AmCb0egG6jzVrdhii3j8e5tmyGsuHvEHs4V9mE"),
    (RSA_3072, 3072, "SHA256:c3LAIHUKGAJhciBQa9SrgtcPt0L2KdLcYBWZU1kui3A"),
    (ECDSA_256, 256, "SHA256:kpvtNJEse+ro3hOqAuNeCMjsYOoCoBpIn12ei0T2haY"),
    (ECDSA_384, 384, "SHA256:qPbdH8wKc+nSDQ7fWNLsi4eFTEn2JIgTvoVD7zJ1Ew4"),
    (ECDSA_521, 521, "SHA256:LAQtaM/BCn+cGCH/PCFu6VBVZPZXiD30xeWurkcoajc"),
]
"""Keys that ssh-keygen made (OpenSSH 9.2), with their bits and fingerprints as it tells them."""


def line(kind: str, *parts: bytes, comment: str = "") -> str:
    """A line with a key of these parts after its kind."""
    data = b"".join(struct.pack(">I", len(part)) + part for part in (kind.encode(), *parts))
    return " ".join(filter(None, [kind, base64.b64encode(data).decode(), comment]))


# As a FIDO device makes them (OpenSSH's PROTOCOL.u2f): the key, then the application.
SK_ED25519 = line("sk-ssh-ed25519@openssh.com", bytes(range(32)), b"ssh:", comment="token")
SK_ECDSA = line("sk-ecdsa-sha2-nistp256@openssh.com", b"nistp256", b"\x04" + bytes(64), b"ssh:")
