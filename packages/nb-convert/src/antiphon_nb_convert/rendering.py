"""What the filters of an HTML template have to know of the notebook in hand.

Markdown is read before the template begins, all of it: a link may lead to a heading further down, and the contents
stand above everything. One `Rendering` for one conversion; while its template runs it is `current`, for Jinja hands
macros no argument of ours.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import quote, unquote, urlsplit

from .anchors import Anchors, href
from .conversion import Cell, Conversion
from .errors import ConversionError
from .markdown.html import escape, plain, to_html
from .markdown.parsing import headings, parse
from .mathml import Formulas
from .media import alternative, data_url, first_shown, get_metadata, widget_models
from .notebook import language
from .settings import Html

if TYPE_CHECKING:
    from .markdown.parsing import Token

_SCHEME = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:")
_SAFE_LINKS = ("http:", "https:", "mailto:", "ftp:")
_MIME_BY_SUFFIX = {
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".gif": "image/gif",
    ".svg": "image/svg+xml",
    ".webp": "image/webp",
}


class Heading(NamedTuple):
    """One line of the contents."""

    level: int
    anchor: str
    text: str


class _Given(Anchors):
    """Hands out the ids that were claimed before, in their order."""

    def __init__(self, names: Iterator[str]) -> None:
        super().__init__()
        self._names = names

    def claim(self, text: str) -> str:
        return next(self._names)


class Rendering:
    """The cells' Markdown as HTML, the `contents`, and how outputs are written."""

    def __init__(
        self,
        conversion: Conversion,
        html: Html,
        order: Sequence[str],
        clean: Callable[[str], str],
        links: Callable[[str], str] = lambda url: url,
    ) -> None:
        self.language = language(conversion.notebook)
        info = conversion.notebook["metadata"].get("language_info")
        self.lexer = str(info.get("pygments_lexer") or self.language) if isinstance(info, dict) else self.language
        self.anchors = Anchors()
        self.contents: list[Heading] = []
        self._conversion = conversion
        self._policy = conversion.policy
        self._html = html
        self._order = order
        self._clean = clean
        self._links = links
        self._widgets = widget_models(conversion.notebook["metadata"])
        self._number = 0
        self._formulas = Formulas()  # what a formula defines holds for those of later cells too
        self._cells: dict[str, str] = {}
        self._read()

    @property
    def is_harmless(self) -> bool:
        """Whether nothing in the page is meant to run."""
        return not self._policy.trusted

    def _read(self) -> None:
        cells = [cell for cell in self._conversion.notebook["cells"] if cell["cell_type"] == "markdown"]
        parsed = [parse(cell["source"]) for cell in cells]
        for tokens in parsed:
            self._formulas.read(tokens)
        found = [token for tokens in parsed for token in headings(tokens)]
        for token in found:
            text = plain(token["children"]).strip()
            self.contents.append(Heading(token["attrs"]["level"], self.anchors.claim(text), text))
        given = _Given(iter([heading.anchor for heading in self.contents]))
        for cell, tokens in zip(cells, parsed, strict=True):
            self._cells[cell["id"]] = self._written(tokens, given, cell)

    # -- Markdown --------------------------------------------------------------------------------------------------

    def markdown(self, source: str, cell: Cell | None = None) -> str:
        """The HTML of a Markdown text; that of a cell was made before."""
        if cell is not None and cell.get("cell_type") == "markdown" and cell.get("source") == source:
            return self._cells[cell["id"]]
        return self._written(parse(source), None, cell)

    def _written(self, tokens: Sequence[Token], anchors: Anchors | None, cell: Cell | None) -> str:
        from .highlighting import highlight

        self._number += 1
        made = to_html(
            tokens,
            anchors=anchors,
            anchor_text="" if self._html.exclude_anchor_links else self._html.anchor_link_text,
            image=partial(self._image, cell),
            link=self._link,
            highlight=highlight,
            formula=self._formulas,
            prefix=f"{self._number}-",
        )
        return made if self._policy.trusted or not _is_raw(tokens) else self._clean(made)

    def _image(self, cell: Cell | None, url: str) -> str | None:
        """Where an image of Markdown is: in the cell, in a file, or elsewhere if that may be looked at."""
        scheme = _SCHEME.match(url)
        if scheme is None:
            if self._html.embed_images:
                return self._embedded(url) or url
            return url
        match scheme[0].lower():
            case "attachment:":
                found = ((cell or {}).get("attachments") or {}).get(unquote(url[len("attachment:") :]))
                for mime in _MIME_BY_SUFFIX.values():
                    if isinstance(found, dict) and isinstance(found.get(mime), str):
                        return data_url(mime, found[mime])
                return None
            case "data:":
                return url if self._policy.trusted or url.lower().startswith("data:image/") else None
            case "http:" | "https:":
                return url if self._policy.trusted or self._policy.may_fetch else None
            case _:
                return url if self._policy.trusted else None

    def _embedded(self, url: str) -> str | None:
        import base64

        path = unquote(urlsplit(url).path)
        mime = _MIME_BY_SUFFIX.get(posixpath.splitext(path)[1].lower())
        folder = self._conversion.resources.get("metadata", {}).get("path") or "."
        if not mime or not path:
            return None
        try:
            real = self._policy.readable(posixpath.join(folder, path))
            if real.stat().st_size > self._policy.max_image_bytes:
                return None
            content = real.read_bytes()
        except (OSError, ConversionError):
            return None
        return f"data:{mime};base64,{base64.b64encode(content).decode('ascii')}"

    def _link(self, url: str) -> str | None:
        if url.startswith("#"):
            name = self.anchors.resolve(url[1:])
            return href(name) if name else url
        scheme = _SCHEME.match(url)
        if scheme is None:
            return self._links(url)
        return url if self._policy.trusted or scheme[0].lower() in _SAFE_LINKS else None

    # -- code and outputs ------------------------------------------------------------------------------------------

    def code(self, source: str, metadata: Mapping[str, Any] | None = None) -> str:
        """A block of code, coloured."""
        from .highlighting import highlight

        return highlight(source, str((metadata or {}).get("magics_language") or self.lexer))

    def shown(self, data: Mapping[str, Any]) -> list[str]:
        """The form of a value that is shown."""
        return first_shown(data, self._order, self._widgets)

    def picture(self, output: Mapping[str, Any], mime: str) -> str:
        """An `img` for this form of an output, from its file or its data."""
        value = output["data"][mime]
        names = (output.get("metadata") or {}).get("filenames")
        path = names.get(mime) if isinstance(names, dict) else None
        if not isinstance(path, str) or path not in self._conversion.files:
            path = None  # the notebook says so, not a step of ours
        if mime == "image/svg+xml" and self._html.skip_svg_encoding and self._policy.trusted and not path:
            return str(value)
        url = quote(path) if path else data_url(mime, value)
        sizes = "".join(
            f' {key}="{escape(str(size))}"'
            for key in ("width", "height")
            if (size := get_metadata(output, key, mime)) is not None
        )
        kinds = [name for name in ("unconfined",) if get_metadata(output, name, mime)]
        ground = get_metadata(output, "needs_background", mime)
        if ground in ("light", "dark"):
            kinds.append(f"needs-{ground}")
        of_class = f' class="{" ".join(kinds)}"' if kinds else ""
        return f'<img src="{escape(url)}" alt="{escape(alternative(output, mime))}"{sizes}{of_class}>'

    def other(self, output: Mapping[str, Any], mime: str) -> str:
        """What is shown of a form that no block is for."""
        import json

        value = output["data"][mime]
        if mime == "application/json":
            text = json.dumps(value, indent=2, ensure_ascii=False)
            return f'<pre class="json" tabindex="0">{escape(text)}</pre>'
        if mime in ("image/gif", "image/webp"):
            return f'<div class="picture">{self.picture(output, mime)}</div>'
        return f'<p class="note">An output of type {escape(mime)} is not shown here.</p>'


def _is_raw(tokens: Sequence[Token]) -> bool:
    """Whether something stands there that was not written by us."""
    return any(
        token["type"] in ("block_html", "inline_html") or ("children" in token and _is_raw(token["children"]))
        for token in tokens
    )
