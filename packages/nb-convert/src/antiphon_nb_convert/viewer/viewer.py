"""`Viewer`: from a page's address to its content. It knows no HTTP: handlers, and `render_url`, stand before it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from ..errors import NotebookError
from . import kinds
from .addresses import Page
from .cache import Bounded, Once, content_key
from .errors import BadAddress, NotFound
from .fetching import Fetcher
from .guard import Lookup, Reach, system_lookup
from .providers.provider import ENTRY_POINT, Elsewhere, Fetch, File, Found, Listing, Provider
from .settings import ViewerSettings
from .workers import Job, Rendered, Workers


class Format(NamedTuple):
    """A form in which a notebook is shown, or given out. `text` is what its link says."""

    text: str
    is_page: bool = False  # of HTML, with CSS of ours
    is_shown: bool = True  # in the browser; otherwise it is saved
    exporter: bool = True  # something is made; otherwise it is given out as it is


FORMATS: Mapping[str, Format] = {
    "html": Format("Page", is_page=True),
    "slides": Format("Slides", is_page=True),
    "script": Format("Script"),
    "markdown": Format("Markdown"),
    "pdf": Format("PDF"),
    "notebook": Format("Notebook", is_shown=False, exporter=False),
    "cleaned": Format("Without outputs", is_shown=False),
}


class Viewer:
    """Finds by `providers`, renders by `workers`; a page that was rendered before is not rendered again."""

    def __init__(
        self,
        settings: ViewerSettings,
        providers: Mapping[str, Provider],
        fetcher: Fetcher,
        workers: Workers,
        formats: Mapping[str, Format] = FORMATS,
    ) -> None:
        self.settings = settings
        self.providers = providers
        self.formats = formats
        self._fetcher = fetcher
        self._workers = workers
        self._pages: Bounded[str, Rendered] = Bounded(settings.cache_bytes, lambda page: len(page.data))
        self._once: Once[str, Rendered] = Once()

    async def start(self) -> None:
        """Start a worker before anybody asks."""
        await self._workers.start()

    async def close(self) -> None:
        """End everything that is being done."""
        await self._once.close()
        await self._fetcher.close()
        await self._workers.close()

    async def find(self, page: Page, anew: bool = False) -> Found:
        """What is at a place; with `anew`, asked for again. Raises `ViewerError`."""
        if page.to not in self.formats:
            known = ", ".join(self.formats)
            raise NotFound(f"there is no format {page.to!r}; there are {known}")
        provider = self.providers.get(page.place.provider)
        if provider is None:
            raise NotFound(f"{page.place.path}: there is no such page")
        return await provider.find(page.place, anew)

    async def render(self, file: File, to: str) -> Rendered:
        """A notebook in a format. Raises `ViewerError`, `NotebookError`."""
        if not kinds.is_notebook(file.data):
            raise NotebookError(f"{file.name}: not a notebook, but {kinds.described(file.data)}")
        if to == "notebook":
            return Rendered(file.data, ".ipynb", "application/x-ipynb+json")
        self.settings.policy.check_size(len(file.data), file.name)
        job = Job(file.data, file.name, to, self.settings.template, self.settings.policy)
        key = content_key(file.data, _version(), *job.options)
        kept = self._pages.get(key)
        if kept is not None:
            return kept
        made = await self._once.do(key, lambda: self._workers.render(job))
        self._pages.put(key, made)
        return made

    async def notebook(self, page: Page) -> File:
        """The one notebook that is meant. Raises `ViewerError`: also where there are several."""
        for _ in range(4):
            found = await self.find(page)
            match found:
                case File():
                    return found
                case Listing():
                    names = ", ".join(entry.name for entry in found.entries if entry.kind == "notebook")
                    raise BadAddress(f"{found.title}: not a notebook, but {'some: ' + names if names else 'a folder'}")
                case Elsewhere(address):
                    from .addresses import parse

                    page = parse(address)._replace(to=page.to)
        raise BadAddress(f"{page.place.path}: it leads round in a circle")


def open_viewer(
    settings: ViewerSettings | None = None, *, lookup: Lookup = system_lookup, reach: Reach | None = None
) -> Viewer:
    """The viewer with all its parts. Call it where a loop runs; `close` it in the end."""
    settings = settings or ViewerSettings()
    fetcher = Fetcher(settings.fetching, lookup=lookup, reach=reach)
    return Viewer(settings, providers(settings, fetcher.fetch), fetcher, Workers(settings.work), _formats())


def providers(settings: ViewerSettings, fetch: Fetch) -> dict[str, Provider]:
    """Ours, and those that others announce; one of ours is not replaced."""
    from importlib.metadata import entry_points

    from .providers.gist import gist_provider
    from .providers.github import github_provider
    from .providers.local import local_provider
    from .providers.url import url_provider

    found: dict[str, Provider] = {}
    for point in entry_points(group=ENTRY_POINT):
        make: Callable[[Fetch, ViewerSettings], Provider] = point.load()
        found[point.name] = make(fetch, settings)
    url = url_provider(fetch)
    ours = {
        "url": url,
        "urls": url,
        "gist": gist_provider(fetch, settings.github),
        "github": github_provider(fetch, settings.github),
        "local": local_provider(settings.folders, settings.fetching.max_bytes),
    }
    return {**found, **ours}


def _formats() -> dict[str, Format]:
    """Those that can be made here: PDF needs its extra."""
    from importlib.util import find_spec

    return {name: one for name, one in FORMATS.items() if name != "pdf" or find_spec("typst") is not None}


def _version() -> str:
    from importlib.metadata import version

    return version("antiphon-nb-convert")
