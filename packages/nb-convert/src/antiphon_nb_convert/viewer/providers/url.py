"""/url/ and /urls/: notebooks, and the pictures beside them, anywhere on the web."""

from __future__ import annotations

from ..addresses import Place, url_place
from .provider import Crumb, Fetch, File, Provider


def url_provider(fetch: Fetch) -> Provider:
    """Fetches what the address says."""

    async def find(place: Place, anew: bool) -> File:
        wanted = url_place(place)
        fetched = await fetch(wanted.url, anew=anew)
        return File(wanted.name, fetched.data, wanted.url, (Crumb(wanted.host), Crumb(wanted.name)))

    return Provider(find)
