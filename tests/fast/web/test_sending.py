"""A part of a file is handed to the server as a file that stands where the part begins."""

from pathlib import Path

import pytest
from flask import Flask
from gunicorn.http.wsgi import FileWrapper  # type: ignore[import-untyped]

from web.sending import send_stored


def _answer(path: Path, **headers: str):  # type: ignore[no-untyped-def]  # noqa: ANN202
    app = Flask(__name__)
    with app.test_request_context(headers=headers, environ_overrides={"wsgi.file_wrapper": FileWrapper}):
        return send_stored(path, mimetype="text/plain", name="a.txt", etag="e" * 64, as_attachment=True)


@pytest.mark.parametrize(
    ("wanted", "start", "length"), [("bytes=3-5", 3, 3), ("bytes=7-", 7, 3), ("bytes=-2", 8, 2), ("bytes=0-99", 0, 10)]
)
def test_a_part(tmp_path: Path, wanted: str, start: int, length: int) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"0123456789")
    answer = _answer(path, Range=wanted)
    assert (answer.status_code, answer.content_length) == (206, length)
    wrapper = answer.response
    assert isinstance(wrapper, FileWrapper), "the server knows it as a file, and sends it by the kernel"
    assert wrapper.filelike.fileno() > 0
    assert wrapper.filelike.seek(0, 1) == start
    assert wrapper.filelike.read(4096) + wrapper.filelike.read(4096) == b"0123456789"[start : start + length]
    answer.close()


def test_the_whole(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"0123456789")
    answer = _answer(path)
    assert (answer.status_code, answer.content_length) == (200, 10)
    assert isinstance(answer.response, FileWrapper)
    assert answer.headers["Accept-Ranges"] == "bytes"
    answer.close()
