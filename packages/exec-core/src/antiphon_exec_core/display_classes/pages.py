"""Other pages inside this one: IFrame, and the ones of some sites that show films and documents."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from typing import Any

from .attributes import attributes


class IFrame:
    """Another page inside this one; further keywords become its query, `extras` further attributes."""

    def __init__(
        self, src: str, width: int | str, height: int | str, extras: Iterable[str] | None = None, **params: Any
    ) -> None:
        self.src, self.width, self.height = src, width, height
        self.extras = list(extras or ())
        self.params = params

    def _repr_html_(self) -> str:
        from urllib.parse import urlencode

        joint = "&" if "?" in self.src else "?"
        src = self.src + (joint + urlencode(self.params) if self.params else "")
        shown = attributes(width=self.width, height=self.height, src=src, frameborder=0, allowfullscreen=True)
        extras = "".join(" " + escape(extra, quote=False) for extra in self.extras)
        return f'<iframe {shown} referrerpolicy="strict-origin-when-cross-origin"{extras}></iframe>'


class YouTubeVideo(IFrame):
    """A film of youtube.com by its `id`, which is not its address; `start` is where it begins, in seconds."""

    def __init__(
        self, id: str, width: int | str = 400, height: int | str = 300, allow_autoplay: bool = False, **params: Any
    ) -> None:
        self.id = id
        extras = []
        if allow_autoplay:
            extras.append('allow="autoplay"')
            params.setdefault("autoplay", 1)
        super().__init__(f"https://www.youtube.com/embed/{id}", width, height, extras, **params)


class VimeoVideo(IFrame):
    """A film of vimeo.com by its `id`."""

    def __init__(self, id: str, width: int | str = 400, height: int | str = 300, **params: Any) -> None:
        super().__init__(f"https://player.vimeo.com/video/{id}", width, height, **params)


class ScribdDocument(IFrame):
    """A document of scribd.com by its `id`; `start_page` and `view_mode` (list, slideshow, book, tile)."""

    def __init__(self, id: int | str, width: int | str = 400, height: int | str = 300, **params: Any) -> None:
        super().__init__(f"https://www.scribd.com/embeds/{id}/content", width, height, **params)
