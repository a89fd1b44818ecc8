"""What a reader may be told, each with the status of its page and one line that says what and where.

ConversionError
└── ViewerError
    ├── BadAddress        400  an address that means nothing here
    ├── Forbidden         403  one that may not be looked at
    ├── NotFound          404  nothing is there
    ├── TooLarge          413  more bytes than are read
    ├── UpstreamFailed    502  the other side failed, or said what cannot be read
    ├── Busy              503  more is asked for than can be done at once; `retry_after` seconds help
    └── TooSlow           504  the other side, or the rendering, took longer than it may
"""

from __future__ import annotations

from ..errors import ConversionError


class ViewerError(ConversionError):
    """The root of what is told on a page: `status` is that of HTTP, `retry_after` in seconds (0: unknown)."""

    status = 500

    def __init__(self, text: str, retry_after: int = 0) -> None:
        super().__init__(text)
        self.retry_after = retry_after


class BadAddress(ViewerError):
    """An address that means nothing here."""

    status = 400


class Forbidden(ViewerError):
    """One that may not be looked at."""

    status = 403


class NotFound(ViewerError):
    """Nothing is there."""

    status = 404


class TooLarge(ViewerError):
    """More bytes than are read."""

    status = 413


class UpstreamFailed(ViewerError):
    """The other side failed, or said what cannot be read."""

    status = 502


class Busy(ViewerError):
    """More is asked for than can be done at once."""

    status = 503


class TooSlow(ViewerError):
    """The other side, or the rendering, took longer than it may."""

    status = 504
