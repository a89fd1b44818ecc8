"""`render_url` for those who do not await. Works inside a running loop too: it has a thread of its own then."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor

from ..exporters.exporter import Result
from ..policy import Policy
from . import rendering
from .guard import Lookup, Reach, system_lookup
from .settings import ViewerSettings


def render_url(
    url: str,
    policy: Policy | None = None,
    to: str = "html",
    *,
    settings: ViewerSettings | None = None,
    lookup: Lookup = system_lookup,
    reach: Reach | None = None,
) -> Result:
    """As `rendering.render_url`."""

    def run() -> Result:
        return asyncio.run(rendering.render_url(url, policy, to, settings=settings, lookup=lookup, reach=reach))

    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return run()
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(run).result()
