"""`Pages`: the viewer's own pages as text, in the look of the template `antiphon`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from ..providers.provider import Crumb, Entry, Listing

if TYPE_CHECKING:
    from jinja2 import Environment

_HERE = Path(__file__).parent
_LOOK = _HERE.parent.parent / "templates" / "antiphon" / "static" / "style.css"
_BODY = re.compile(rb"<body\b[^>]*>(?:\s*<a class=\"skip\"[^>]*>[^<]*</a>)?")  # a link that skips all stays first
_TITLES = {
    400: "This cannot be shown",
    403: "This may not be shown",
    404: "Nothing is there",
    413: "Too large",
    502: "The other side has failed",
    503: "Too much is asked for",
    504: "It takes too long",
}


class Link(NamedTuple):
    """A link in the bar; `current`: it is this page."""

    text: str
    address: str
    current: bool = False


class Pages:
    """Made once; what they say is escaped, always."""

    def __init__(self) -> None:
        self._environment = _environment()
        look, bar, own = (path.read_text("utf-8") for path in (_LOOK, _HERE / "bar.css", _HERE / "pages.css"))
        self._bar_style = bar
        self._style = f"{look}\n{bar}\n{own}"

    def front(self, folders: Sequence[Entry], max_bytes: int, trusted: bool = False) -> str:
        """The page where one says what one wants to read."""
        return self._page(
            "front.html.j2", "Read a notebook", folders=folders, megabytes=max_bytes // 1_000_000, trusted=trusted
        )

    def error(self, status: int, text: str, retry_after: int = 0) -> str:
        """One line about what went wrong."""
        title = _TITLES.get(status, "This has failed")
        return self._page("error.html.j2", title, text=text, retry_after=retry_after, bar=self.bar(()))

    def listing(self, listing: Listing) -> str:
        """What one may choose from."""
        links = [Link("Elsewhere", listing.source)] if listing.source else []
        bar = self.bar(listing.crumbs, links)
        return self._page("listing.html.j2", listing.title, entries=listing.entries, bar=bar)

    def bar(self, crumbs: Sequence[Crumb], links: Sequence[Link] = ()) -> str:
        """What stands above a page: the way to it, and what else there is of it."""
        from markupsafe import Markup

        made = self._environment.get_template("bar.html.j2").render(crumbs=crumbs, links=links)
        return Markup(made)  # the template has escaped it

    def framed(self, page: bytes, bar: str) -> bytes:
        """A finished page with a bar at the top of its body; as it is where it has no body."""
        body = _BODY.search(page)
        if body is None:
            return page
        top = f"\n<style>\n{self._bar_style}</style>\n{bar}".encode()
        return b"".join((page[: body.end()], top, page[body.end() :]))

    def _page(self, name: str, title: str, **variables: Any) -> str:
        from markupsafe import Markup

        style = Markup(self._style)  # files of ours
        return self._environment.get_template(name).render(title=title, style=style, **variables)


def _environment() -> Environment:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    made = Environment(loader=FileSystemLoader(_HERE), autoescape=True, undefined=StrictUndefined)
    made.filters["address"] = address
    return made


def address(text: str) -> str:
    """An address that a link may lead to: a page here, or one of the web; empty for anything else."""
    is_here = text.startswith("/") and not text.startswith(("//", "/\\"))
    return text if is_here or text.startswith(("https://", "http://")) else ""
