"""The first bytes of a file, for whoever knows what they mean."""

MOST = 256
_WIDTH = 16


def hexdump(head: bytes) -> str:
    """Return up to 256 bytes as lines of sixteen: where, in hexadecimal digits, as ASCII."""
    lines = []
    for at in range(0, min(len(head), MOST), _WIDTH):
        row = head[at : min(at + _WIDTH, MOST)]
        ascii_ = "".join(chr(byte) if 32 <= byte < 127 else "." for byte in row)  # noqa: PLR2004  # printable
        lines.append(f"{at:08x}  {row.hex(' '):<{3 * _WIDTH}} {ascii_}")
    return "\n".join(lines)
