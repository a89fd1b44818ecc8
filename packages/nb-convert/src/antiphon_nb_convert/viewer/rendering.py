"""`render_url`: give it an address, get the page that the viewer would show. `blocking` has its other face."""

from __future__ import annotations

from ..exporters.exporter import Result
from ..policy import Policy
from .addresses import Page, parse, pasted
from .guard import Lookup, Reach, system_lookup
from .settings import ViewerSettings, Work
from .viewer import open_viewer


async def render_url(
    url: str,
    policy: Policy | None = None,
    to: str = "html",
    *,
    settings: ViewerSettings | None = None,
    lookup: Lookup = system_lookup,
    reach: Reach | None = None,
) -> Result:
    """A notebook of the web, or what else one may paste on the front page, in a format of the viewer.

    It is rendered in a process of its own, within the policy's limits (`seconds`; 30 where it has none). `lookup` and
    `reach` say what names mean, in tests. Raises `ConversionError`: nothing there, refused, too large, too slow, or
    no notebook.
    """
    settings = settings or ViewerSettings(work=Work(processes=1))
    if policy is not None:
        limit = min(policy.max_bytes, settings.fetching.max_bytes)
        settings = settings._replace(policy=policy, fetching=settings.fetching._replace(max_bytes=limit))
    path, _, query = pasted(url).partition("?")
    page = Page(parse(path, query).place, to)
    viewer = open_viewer(settings, lookup=lookup, reach=reach)
    try:
        made = await viewer.render(await viewer.notebook(page), to)
    finally:
        await viewer.close()
    is_text = made.mimetype.startswith("text/") or made.extension == ".ipynb"
    return Result(made.data.decode("utf-8", "replace") if is_text else made.data, made.extension, made.mimetype)
