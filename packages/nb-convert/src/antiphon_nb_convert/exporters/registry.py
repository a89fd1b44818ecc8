"""Formats by name: ours, and those that others announce by the entry point `antiphon_nb_convert.exporters`."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from functools import cache
from typing import Any

from ..conversion import Conversion
from ..errors import NoSuchFormat
from ..settings import Options
from .exporter import Exporter, Result

ENTRY_POINT = "antiphon_nb_convert.exporters"
_PAGE = (
    "application/vnd.jupyter.widget-view+json",
    "application/javascript",
    "text/html",
    "text/markdown",
    "image/svg+xml",
    "text/vnd.mermaid",
    "text/latex",
    "image/png",
    "image/jpeg",
    "image/gif",
    "image/webp",
    "application/json",
    "text/plain",
)
_TEXT = ("text/html", "text/markdown", "image/svg+xml", "text/latex", "image/png", "image/jpeg", "text/plain")
_LATEX = (
    "text/latex",
    "application/pdf",
    "image/png",
    "image/jpeg",
    "text/html",
    "text/markdown",
    "image/svg+xml",
    "text/plain",
)
_FILES = ("extract_attachments", "extract_outputs", "mark_magics", "sanitize")


def _late(module: str, function: str) -> Any:
    """The exporter's function, its module imported when it is first called."""

    def make(conversion: Conversion, exporter: Exporter, options: Options) -> Result:
        from importlib import import_module

        made: Result = getattr(import_module(f".{module}", __package__), function)(conversion, exporter, options)
        return made

    return make


_TEMPLATED = _late("templated", "make_templated")
_HTML = _late("templated", "make_html")

EXPORTERS: Mapping[str, Exporter] = {
    exporter.name: exporter
    for exporter in (
        Exporter(
            "html",
            "a page in one file, without scripts and without addresses of elsewhere",
            ".html",
            "text/html",
            _HTML,
            template="antiphon",
            order=_PAGE,
            steps=("mark_magics", "sanitize"),
            raw_mimetypes=("text/html", ""),
        ),
        Exporter(
            "slides",
            "a deck of slides in one page, by reveal.js",
            ".slides.html",
            "text/html",
            _late("slides", "make_slides"),
            template="reveal",
            template_extension=".html",
            order=_PAGE,
            steps=("mark_magics", "sanitize"),
            raw_mimetypes=("text/html", ""),
        ),
        Exporter(
            "pdf",
            "PDF, by Typst: nothing else is needed (--engine latex, --engine browser)",
            ".pdf",
            "application/pdf",
            _late("pdf", "make_pdf"),
            template="latex",
            steps=("mark_magics",),
            raw_mimetypes=("text/latex", "application/pdf"),
        ),
        Exporter(
            "webpdf",
            "PDF, as a browser prints the page",
            ".pdf",
            "application/pdf",
            _late("pdf", "make_webpdf"),
            template="webpdf",
            order=_PAGE,
            steps=("mark_magics", "sanitize"),
            raw_mimetypes=("text/html", ""),
        ),
        Exporter(
            "markdown",
            "Markdown, pictures beside it",
            ".md",
            "text/markdown",
            _TEMPLATED,
            template="markdown",
            order=_TEXT,
            steps=_FILES,
            raw_mimetypes=("text/markdown", "text/html", ""),
            aliases=("md",),
            needs=("Markdown",),
        ),
        Exporter(
            "rst",
            "reStructuredText, pictures beside it",
            ".rst",
            "text/x-rst",
            _TEMPLATED,
            template="rst",
            order=("text/x-rst", *_TEXT),
            steps=("coalesce_streams", *_FILES),
            raw_mimetypes=("text/x-rst", ""),
            needs=("Markdown",),
        ),
        Exporter(
            "asciidoc",
            "AsciiDoc, pictures beside it",
            ".asciidoc",
            "text/asciidoc",
            _TEMPLATED,
            template="asciidoc",
            order=("text/asciidoc", *_TEXT),
            steps=_FILES,
            raw_mimetypes=("text/asciidoc", ""),
            needs=("Markdown",),
        ),
        Exporter(
            "latex",
            "LaTeX, pictures beside it",
            ".tex",
            "text/latex",
            _TEMPLATED,
            template="latex",
            order=_LATEX,
            steps=("draw_pdf", "extract_attachments", "extract_outputs", "mark_magics", "sanitize"),
            raw_mimetypes=("text/latex", "text/tex", ""),
            aliases=("tex",),
            extracts=("image/png", "image/jpeg", "application/pdf"),
            needs=("Markdown",),
        ),
        Exporter(
            "python",
            "a Python program, the prose as its comments",
            ".py",
            "text/x-python",
            _TEMPLATED,
            template="python",
            raw_mimetypes=("text/x-python",),
            aliases=("py",),
        ),
        Exporter(
            "script",
            "a program in the notebook's language",
            ".txt",
            "text/plain",
            _late("script", "make_script"),
            template="script",
        ),
        Exporter(
            "notebook",
            "a notebook, of format 4 or an older one (--nbformat)",
            ".ipynb",
            "application/json",
            _late("notebook", "make_notebook"),
            aliases=("ipynb",),
        ),
        Exporter("custom", "whatever --template-file makes", ".txt", "text/plain", _TEMPLATED, template="base"),
    )
}


def exporters() -> Mapping[str, Exporter]:
    """All formats, those of others after ours; one of ours is not replaced."""
    return {**_announced(), **EXPORTERS}


def exporter(name: str) -> Exporter:
    """The format of this name, or alias. Raises `NoSuchFormat`, naming one that is spelled alike."""
    wanted = name.lower()
    found = EXPORTERS.get(wanted) or next((one for one in EXPORTERS.values() if wanted in one.aliases), None)
    if found is None:
        found = exporters().get(name)
    if found is None:
        known = sorted(exporters())
        close = get_close_matches(wanted, known, 1)
        hint = f"did you mean {close[0]!r}?" if close else f"there are {', '.join(known)}"
        raise NoSuchFormat(f"there is no format {name!r}; {hint}")
    return found


@cache
def _announced() -> dict[str, Exporter]:
    from importlib.metadata import entry_points

    found = {}
    for point in entry_points(group=ENTRY_POINT):
        loaded = point.load()
        found[point.name] = loaded._replace(name=point.name)
    return found
