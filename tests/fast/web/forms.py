"""Bodies of forms, byte by byte: what a well-behaved client library would never send."""

from urllib.parse import quote_plus

BOUNDARY = b"----the-boundary"
MULTIPART = f"multipart/form-data; boundary={BOUNDARY.decode()}"
URLENCODED = "application/x-www-form-urlencoded"


def field(name: str | bytes, value: str | bytes) -> bytes:
    return part(b'form-data; name="%s"' % _raw(name), value)


def file(name: str | bytes, filename: str | bytes, content: bytes = b"content") -> bytes:
    escaped = _raw(filename).replace(b"\\", b"\\\\").replace(b'"', b'\\"')
    return part(
        b'form-data; name="%s"; filename="%s"\r\nContent-Type: application/octet-stream' % (_raw(name), escaped),
        content,
    )


def part(disposition: bytes, content: str | bytes) -> bytes:
    return b"--%s\r\nContent-Disposition: %s\r\n\r\n%s\r\n" % (BOUNDARY, disposition, _raw(content))


def body(*parts: bytes) -> bytes:
    return b"".join(parts) + b"--%s--\r\n" % BOUNDARY


def urlencoded(**fields: str) -> bytes:
    """A form without files; the keywords are what stands in ``job[…]``."""
    return "&".join(f"job[{name}]={quote_plus(value)}" for name, value in fields.items()).encode()


def _raw(text: str | bytes) -> bytes:
    return text.encode() if isinstance(text, str) else text


APP = field("job[webapp_name]", "textstats")
