"""What every page's answer says to the browser: nothing from elsewhere, nothing inline, in nobody's frame."""

from flask import Flask, Response, request

_POLICY = "; ".join(
    (
        "default-src 'self'",
        "img-src 'self' data: blob:",
        "media-src 'self' blob:",
        "style-src 'self'",
        "script-src 'self'",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)


def init_headers(app: Flask) -> None:
    """Add the headers to each page."""
    app.after_request(_protect)


def _protect(answer: Response) -> Response:
    if request.path.startswith(("/api/v1", "/datastore")):
        return answer
    answer.headers.setdefault("Content-Security-Policy", _POLICY)
    answer.headers.setdefault("X-Content-Type-Options", "nosniff")
    answer.headers.setdefault("Referrer-Policy", "same-origin")
    answer.headers.setdefault("X-Frame-Options", "DENY")
    if not request.path.startswith("/static"):
        # Back and forward, and a shared machine: a page with somebody's data is not kept.
        answer.headers["Cache-Control"] = "no-store"
    return answer
