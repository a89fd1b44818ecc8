"""What a provider is: a function from a place to what is there. Everything else a page needs is in its answer.

A provider of one's own is announced by the entry point `antiphon_nb_convert.viewer_providers`: its name is the first
part of its addresses, its value a function that receives the function `fetch` and the settings and gives a `Provider`.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import NamedTuple, Protocol, TypeAlias

from ..addresses import Place
from ..fetching import Fetched

ENTRY_POINT = "antiphon_nb_convert.viewer_providers"


class Fetch(Protocol):
    """As `fetching.Fetcher.fetch`."""

    def __call__(self, url: str, headers: dict[str, str] | None = None, *, anew: bool = False) -> Awaitable[Fetched]:
        """What is at an address. Raises `ViewerError`."""


class Crumb(NamedTuple):
    """A step on the way to a place; `address` empty: the place itself."""

    text: str
    address: str = ""


class Entry(NamedTuple):
    """A line of a listing. `kind`: folder, notebook, file or other; `address` empty: it cannot be opened."""

    name: str
    address: str
    kind: str = "file"
    note: str = ""


class Listing(NamedTuple):
    """A folder, or anything else that one chooses from."""

    title: str
    entries: Sequence[Entry]
    crumbs: Sequence[Crumb] = ()
    source: str = ""  # the page about it elsewhere


class File(NamedTuple):
    """A notebook, or what lies beside one; `may_download`: it is given out even if it is no picture either."""

    name: str
    data: bytes
    source: str = ""  # the page about it elsewhere
    crumbs: Sequence[Crumb] = ()
    binder: str = ""  # where it can be run
    may_download: bool = False


class Elsewhere(NamedTuple):
    """Another page of this server that is meant."""

    address: str


Found: TypeAlias = "File | Listing | Elsewhere"


class Provider(NamedTuple):
    """Finds what is at a place; with `anew`, nothing that was kept is used. Raises `ViewerError`."""

    find: Callable[[Place, bool], Awaitable[Found]]


def listed(entries: Sequence[Entry]) -> list[Entry]:
    """Folders, then notebooks, then the others; each by name, as people sort."""
    order = {"folder": 0, "notebook": 1}
    return sorted(entries, key=lambda entry: (order.get(entry.kind, 2), entry.name.casefold(), entry.name))


def kind_of(name: str) -> str:
    """What an entry of this name is."""
    return "notebook" if name.lower().endswith(".ipynb") else "file"
