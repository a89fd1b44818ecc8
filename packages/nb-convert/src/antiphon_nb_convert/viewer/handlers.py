"""Requests of HTTP to the viewer, and its answers back: paths, headers, statuses. What is shown is made elsewhere."""

from __future__ import annotations

import os
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

from tornado.web import RequestHandler

from ..errors import ConversionError
from . import kinds, security
from .addresses import Page, Place, parse, pasted
from .errors import BadAddress, Forbidden, NotFound, ViewerError
from .fetching import AGENT
from .pages.page import Link, Pages
from .providers.provider import Elsewhere, Entry, File, Listing
from .viewer import Viewer
from .workers import Rendered


class Handler(RequestHandler):
    """What all of them share: the headers, and errors as pages."""

    SUPPORTED_METHODS = ("GET", "HEAD")

    def initialize(self, viewer: Viewer, pages: Pages) -> None:
        self.viewer = viewer
        self.pages = pages

    def set_default_headers(self) -> None:
        self.clear_header("Server")
        for name, value in security.ALWAYS.items():
            self.set_header(name, value)
        self.set_header("Content-Security-Policy", security.OWN_PAGE)
        self.set_header("Cache-Control", "no-cache")

    def prepare(self) -> None:
        hosts = self.viewer.settings.hosts
        if hosts and self.request.host_name.lower().strip("[]") not in hosts:
            raise Forbidden(f"{self.request.host_name}: this viewer has another name; --host-name gives it this one")
        if AGENT in self.request.headers.get("Via", ""):
            raise Forbidden("this viewer does not show its own pages")

    async def get(self, *args: str) -> None:
        """The answer."""
        raise NotImplementedError

    async def head(self, *args: str) -> None:
        """As GET, without the body."""
        await self.get(*args)  # tornado sends the headers alone

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        """A page with one clear line."""
        error = kwargs["exc_info"][1] if "exc_info" in kwargs else None
        text, retry_after = f"{HTTPStatus(status_code).phrase}", 0
        if isinstance(error, ConversionError):
            status_code = error.status if isinstance(error, ViewerError) else 400
            text = str(error)
            retry_after = error.retry_after if isinstance(error, ViewerError) else 0
            self.set_status(status_code)
        elif status_code == 405:
            text = f"{self.request.method} is not done here; pages are only read"
        elif status_code >= 500:
            text = "this is a mistake of the viewer; its log says more"
        if retry_after:
            self.set_header("Retry-After", str(retry_after))
        self.set_header("Cache-Control", "no-store")
        self.finish_page(self.pages.error(status_code, text, retry_after))

    def log_exception(self, typ: Any, value: BaseException | None, tb: Any) -> None:
        """What readers are told is no news for the log; mistakes of ours are."""
        if not isinstance(value, ConversionError):
            super().log_exception(typ, value, tb)

    def finish_page(self, page: str) -> None:
        """Send a page of our own."""
        self.set_header("Content-Type", "text/html; charset=utf-8")
        self.finish(page)


class FrontHandler(Handler):
    """/"""

    async def get(self, *args: str) -> None:
        """The page where one says what one wants to read."""
        folders = self.viewer.settings.folders
        entries = [
            Entry(name or os.path.basename(folders[name]), Place("local", (name,) if name else (), True).path, "folder")
            for name in folders
        ]
        settings = self.viewer.settings
        self.finish_page(self.pages.front(entries, settings.fetching.max_bytes, settings.policy.trusted))


class GoHandler(Handler):
    """/go?q=…: to the page of what was pasted."""

    async def get(self, *args: str) -> None:
        """On to the page."""
        self.redirect(pasted(self.get_query_argument("q", "")))


class RobotsHandler(Handler):
    """/robots.txt"""

    async def get(self, *args: str) -> None:
        """Nothing is to be collected here: each page would be a request elsewhere."""
        self.set_header("Content-Type", "text/plain; charset=utf-8")
        self.finish("User-agent: *\nDisallow: /\n")


class MissingHandler(Handler):
    """Any other address."""

    async def get(self, *args: str) -> None:
        """There is none."""
        raise NotFound(f"{self.request.path}: there is no such page")


class PlaceHandler(Handler):
    """Everything that a provider finds. The path is read from the request: tornado's groups are decoded too early."""

    async def get(self, *args: str) -> None:
        """What is there, in the format of its address."""
        if len(self.request.uri or "") > 8000:
            raise BadAddress("an address of up to 8,000 characters is needed")
        page = parse(self.request.path, self.request.query)
        anew = bool(self.get_query_arguments("flush_cache"))
        found = await self.viewer.find(page, anew)
        match found:
            case Elsewhere(address):
                to = parse(address)._replace(to=page.to)
                again = "?" + self.request.query if self.request.query else ""
                self.redirect(to.place.address(to.to) + again)
            case Listing():
                self.finish_page(self.pages.listing(found))
            case File():
                if kinds.is_notebook(found.data) or not self._finish_file(found):
                    await self._finish_notebook(page, found)

    def _finish_file(self, file: File) -> bool:
        """Send what lies beside a notebook, if it may be sent: as what it is, not as what anybody calls it."""
        kind = kinds.picture_type(file.data)
        if not kind and not file.may_download:
            return False
        if not kind and file.name.lower().endswith(".ipynb"):
            return False  # a broken one: it is told what is wrong with it
        self.set_header("Content-Security-Policy", security.FILE)
        self.set_header("Content-Type", kind or "application/octet-stream")
        if not kind or self._is_download():
            self._save_as(file.name)
        self.finish(file.data)
        return True

    async def _finish_notebook(self, page: Page, file: File) -> None:
        made = await self.viewer.render(file, page.to)
        form = self.viewer.formats[page.to]
        self.set_header("Content-Security-Policy", security.FILE)
        self.set_header("Content-Type", _shown_as(made))
        if self._is_download() or not form.is_shown or made.extension == ".zip":
            self._save_as((file.name.removesuffix(".ipynb") or "notebook") + made.extension)
        elif form.is_page:
            policy = security.of_notebook(self.viewer.settings.policy, made.scripts)
            self.set_header("Content-Security-Policy", policy)
        if page.to == "html" and not self._is_download():
            self.finish(self.pages.framed(made.data, self.pages.bar(file.crumbs, self._links(page, file, made))))
        else:
            self.finish(made.data)

    def _links(self, page: Page, file: File, made: Rendered) -> list[Link]:
        place = page.place
        links = []
        for name, form in self.viewer.formats.items():
            if (name == "slides" and not made.slides) or name in ("markdown", "cleaned"):
                continue
            is_saved = name in ("pdf", "notebook")
            own = place.address(name) + ("?" + place.query if place.query else "")
            mark = ("&download" if place.query else "?download") if is_saved else ""
            links.append(Link(form.text, own + mark, name == page.to))
        if file.binder:
            links.append(Link("Run on Binder", file.binder))
        if file.source:
            links.append(Link("Source", file.source))
        return links

    def _is_download(self) -> bool:
        return bool(self.get_query_arguments("download")) or "download" in self.request.query.split("&")

    def _save_as(self, name: str) -> None:
        plain = "".join(sign if sign.isascii() and (sign.isalnum() or sign in "-_.() ") else "_" for sign in name)
        self.set_header(
            "Content-Disposition", f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
        )


def _shown_as(made: Rendered) -> str:
    """The type for browsers: programs of all languages are plain text."""
    if made.mimetype == "text/html":
        return "text/html; charset=utf-8"
    if made.mimetype in ("application/pdf", "application/zip", "application/x-ipynb+json"):
        return made.mimetype
    return "application/x-ipynb+json" if made.extension == ".ipynb" else "text/plain; charset=utf-8"


def redirect_old(path: str) -> str:
    """Where an address of an old shape leads: /localfile/… and the id of a gist alone."""
    if path.startswith("/localfile/"):
        return "/local/" + path.removeprefix("/localfile/")
    return "/gist" + path


class OldHandler(Handler):
    """Addresses of old shapes."""

    async def get(self, *args: str) -> None:
        """On to the new one."""
        self.redirect(redirect_old(self.request.path))
