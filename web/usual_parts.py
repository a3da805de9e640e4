"""Werkzeug's decoder of forms, with a short way for the headers that nearly every part has.

Of a form of a thousand small files half of the decoder's time went into reading a thousand headers that all look the
same. What does not look exactly so, names beyond ASCII or with quotes among it, goes the decoder's own way.
"""

import re

from werkzeug.datastructures import Headers
from werkzeug.sansio.multipart import Event, File, MultipartDecoder, State

# No quote, backslash or per cent sign: what clients write for a quote in a name is the decoder's to know.
_PLAIN = rb"[ !#$&-\[\]-~]{1,255}"
_USUAL = re.compile(
    rb'Content-Disposition: (form-data; name="(%s)"; filename="(%s)")\r\n'
    rb"(?:Content-Type: ([!-~](?:[ -~]{0,125}[!-~])?)\r\n)?(?=\r\n)" % (_PLAIN, _PLAIN)
)


class UsualDecoder(MultipartDecoder):
    """Gives what ``MultipartDecoder`` gives."""

    def next_event(self) -> Event:
        """Return the next event; see ``MultipartDecoder.next_event``."""
        match = _USUAL.match(self.buffer) if self.state is State.PART else None
        if match is None:
            return super().next_event()
        disposition, name, filename, kind = (found.decode("ascii") for found in match.groups(b""))
        headers = [("Content-Disposition", disposition), *([("Content-Type", kind)] if kind else [])]
        end = match.end()
        del match  # it holds the buffer, which could not shrink
        del self.buffer[:end]
        self.state, self._search_position = State.DATA_START, 0
        return File(name=name, filename=filename, headers=Headers(headers))
