"""Small files of each kind, made here: a sound with parts, a gradient, a document, and what acts where it is let."""

import io
import math
import struct
import wave
import zlib

RATE = 8000
SEGMENTS = b"0.00\t0.50\tsilence\n0.50\t1.50\tmusic\n1.50\t2.00\tspeech\n"
"""As audioseg writes them: start, end, label, parted by tabs."""


def sound(seconds: float = 2.0, *, rate: int = RATE) -> bytes:
    """A WAV that is silent for its first quarter, and a tone after that."""
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        count = int(seconds * rate)
        levels = (0.0 if n < count / 4 else 0.6 * math.sin(2 * math.pi * 440 * n / rate) for n in range(count))
        file.writeframes(b"".join(struct.pack("<h", round(32767 * level)) for level in levels))
    return out.getvalue()


def gradient(width: int = 240, height: int = 160, *, noisy: bool = False) -> bytes:
    """A PNG in colours, with or without noise."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = bytearray()
    for y in range(height):
        rows.append(0)
        for x in range(width):
            grain = (x * 7919 + y * 104729) % 97 - 48 if noisy else 0
            rows += bytes(min(255, max(0, value + grain)) for value in (x * 255 // width, y * 255 // height, 140))
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(bytes(rows))) + chunk(b"IEND", b"")
    )


def bomb() -> bytes:
    """The head of a PNG of 60 000 by 60 000 pixels: a browser would need 14 GB for it."""
    head = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + b"IHDR" + head + struct.pack(">I", zlib.crc32(b"IHDR" + head))


def document(script: str = "") -> bytes:
    """A PDF of one page; with a script, it runs it when it is opened."""
    action = f"/OpenAction << /S /JavaScript /JS ({script}) >>" if script else ""
    text = b"BT /F1 24 Tf 40 100 Td (Results of the job) Tj ET"
    objects = [
        f"<< /Type /Catalog /Pages 2 0 R {action} >>".encode(),
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 300 200] /Contents 4 0 R "
        b"/Resources << /Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(text), text),
    ]
    made, places = b"%PDF-1.4\n", []
    for number, each in enumerate(objects, start=1):
        places.append(len(made))
        made += b"%d 0 obj\n%s\nendobj\n" % (number, each)
    start = len(made)
    made += b"xref\n0 5\n0000000000 65535 f \n" + b"".join(b"%010d 00000 n \n" % place for place in places)
    return made + b"trailer << /Size 5 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % start


ACTS = """
  const tried = [];
  try { tried.push('cookie ' + document.cookie); } catch (error) { tried.push('no cookie'); }
  try { parent.document.title = 'taken'; tried.push('parent'); } catch (error) { tried.push('no parent'); }
  try { fetch('/api/v1/jobs', { credentials: 'include' }); tried.push('fetch'); } catch (error) { tried.push('no'); }
  document.documentElement.setAttribute('data-acted', tried.join());
"""
PAGE = (
    f"<!doctype html><title>mine</title><h1>A report</h1><script>{ACTS}</script><img src=x onerror='{ACTS}'>".encode()
)
DRAWING = (
    f'<svg xmlns="http://www.w3.org/2000/svg" width="200" height="100"><script><![CDATA[{ACTS}]]></script>'
    '<rect width="200" height="100" fill="#2f7ed8"/><circle cx="100" cy="50" r="30" fill="#fff"/></svg>'
).encode()
