"""What the filters of templates other than pages have to know of the notebook in hand.

Footnotes, headings and labels go through the whole document, so one `TextRendering` is for one conversion.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from .anchors import Anchors
from .conversion import Conversion
from .markdown.parsing import parse
from .media import alternative, data_url, first_shown, get_metadata
from .notebook import language

if TYPE_CHECKING:
    from .markdown.parsing import Token

_SCHEME = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:")
_SIZE = re.compile(r"\d+(?:\.\d+)?(?:px|em|ex|in|cm|mm|pt|pc|%)?\Z")


class TextRendering:
    """Markdown and HTML of cells and outputs in other markups; pictures by the files they became."""

    def __init__(self, conversion: Conversion, order: Sequence[str]) -> None:
        from .markdown.sections import Sections

        self.language = language(conversion.notebook)
        info = conversion.notebook["metadata"].get("language_info")
        self.lexer = str(info.get("pygments_lexer") or self.language) if isinstance(info, dict) else self.language
        self._conversion = conversion
        self._order = order
        self._anchors = Anchors()
        self._sections = Sections()
        self._number = 0

    # -- what is shown ---------------------------------------------------------------------------------------------

    def shown(self, data: Mapping[str, Any]) -> list[str]:
        """The form of a value that is shown."""
        return first_shown(data, self._order)

    def file_of(self, output: Mapping[str, Any], mime: str) -> str:
        """Where this form of an output is to be found: its file, else its data as an address."""
        names = (output.get("metadata") or {}).get("filenames")
        path = names.get(mime) if isinstance(names, dict) else None
        return str(path) if path else data_url(mime, output["data"][mime])

    # -- from Markdown and HTML ------------------------------------------------------------------------------------

    def latex(self, source: str, chapters: bool = False) -> str:
        """Markdown as LaTeX."""
        return self._latex(parse(source), chapters)

    def latex_of_html(self, html: str) -> str:
        """HTML as LaTeX, as far as text, tables and pictures go."""
        from .markdown.html_fragments import blocks

        return self._latex(blocks(html), False)

    def rst(self, source: str) -> str:
        """Markdown as reStructuredText."""
        return self._rst(parse(source))

    def rst_of_html(self, html: str) -> str:
        """HTML as reStructuredText; what no tokens stand for as a raw block."""
        from .markdown.html_fragments import shown

        if tokens := shown(html):
            return self._rst(tokens)
        from .filters.text import indent

        return f".. raw:: html\n\n{indent(html)}"

    def asciidoc(self, source: str) -> str:
        """Markdown as AsciiDoc."""
        return self._asciidoc(parse(source))

    def asciidoc_of_html(self, html: str) -> str:
        """HTML as AsciiDoc; what no tokens stand for is passed through."""
        from .markdown.html_fragments import shown

        tokens = shown(html)
        return self._asciidoc(tokens) if tokens else f"++++\n{html}\n++++"

    def markdown_of_html(self, html: str) -> str:
        """HTML as Markdown; what no tokens stand for stays as it is, which Markdown allows."""
        from .markdown.html_fragments import shown
        from .markdown.markdown import to_markdown

        tokens = shown(html)
        return to_markdown(tokens, link=self._link).strip("\n") if tokens else html.strip("\n")

    def code_latex(self, source: str, metadata: Mapping[str, Any] | None = None) -> str:
        """Code in colours, for LaTeX."""
        from .highlighting import highlight_latex

        return highlight_latex(source, str((metadata or {}).get("magics_language") or self.lexer))

    def _latex(self, tokens: Sequence[Token], chapters: bool) -> str:
        from .highlighting import highlight_latex
        from .markdown.latex import to_latex

        return to_latex(
            tokens,
            anchors=self._anchors,
            image=self._picture_file,
            link=self._link,
            highlight=highlight_latex,
            chapters=chapters,
            prefix=self._prefix(),
        )

    def _rst(self, tokens: Sequence[Token]) -> str:
        from .markdown.rst import to_rst

        return to_rst(tokens, link=self._link, sections=self._sections, prefix=self._prefix())

    def _asciidoc(self, tokens: Sequence[Token]) -> str:
        from .markdown.asciidoc import to_asciidoc

        return to_asciidoc(tokens, link=self._link, sections=self._sections, prefix=self._prefix())

    def _prefix(self) -> str:
        self._number += 1
        return f"c{self._number}"

    def _link(self, url: str) -> str | None:
        scheme = _SCHEME.match(url)
        if scheme is None or self._conversion.policy.trusted:
            return url
        return url if scheme[0].lower() in ("http:", "https:", "mailto:", "ftp:") else None

    def _picture_file(self, url: str) -> str | None:
        """LaTeX reads pictures from files beside it only."""
        return url if _SCHEME.match(url) is None and not url.startswith(("/", "\\")) and ".." not in url else None

    # -- pictures --------------------------------------------------------------------------------------------------

    def picture_markdown(self, output: Mapping[str, Any], mime: str) -> str:
        """An image of Markdown."""
        text = re.sub(r"([\[\]\\])", r"\\\1", alternative(output, mime).replace("\n", " "))
        path = self.file_of(output, mime)
        return f"![{text}](<{path}>)" if re.search(r"[\s()]", path) else f"![{text}]({path})"

    def picture_rst(self, output: Mapping[str, Any], mime: str) -> str:
        """An image directive."""
        lines = [f".. image:: {self.file_of(output, mime)}", f"   :alt: {' '.join(alternative(output, mime).split())}"]
        lines += [f"   :{key}: {size}" for key, size in _sizes(output, mime)]
        return "\n".join(lines)

    def picture_asciidoc(self, output: Mapping[str, Any], mime: str) -> str:
        """A block image."""
        text = " ".join(alternative(output, mime).replace("]", "").split()).replace('"', "'")
        attributes = [f'"{text}"', *(f"{key}={size}" for key, size in _sizes(output, mime))]
        return f"image::{self.file_of(output, mime)}[{','.join(attributes)}]"


def _sizes(output: Mapping[str, Any], mime: str) -> list[tuple[str, str]]:
    found = []
    for key in ("width", "height"):
        size = str(get_metadata(output, key, mime) or "")
        if _SIZE.match(size):
            found.append((key, size if not size[-1].isdigit() else f"{size}px"))
    return found
