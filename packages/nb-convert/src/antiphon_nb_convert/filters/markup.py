"""Filters from one markup to another, over the Markdown token tree.

What they have to know of the notebook in hand (anchors, attachments, what may be shown) is the `Rendering` that runs;
where there is none, as in a template that somebody renders by hand, they do without.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from jinja2 import pass_context

from .page import current, current_text

if TYPE_CHECKING:
    from jinja2.runtime import Context

    from ..text_rendering import TextRendering


@pass_context
def markdown2html(context: Context, source: str) -> str:
    """Markdown as HTML; attachments are those of the template's `cell`."""
    rendering = current.get(None)
    if rendering is not None:
        cell = context.get("cell")
        return rendering.markdown(source, cell if isinstance(cell, dict) else None)
    from ..markdown.html import to_html
    from ..markdown.parsing import parse

    return to_html(parse(source))


def highlight_code(source: str, language: str | None = None, metadata: Mapping[str, Any] | None = None) -> str:
    """Code with its colours, in the language of the notebook, of the cell's magic, or this one."""
    rendering = current.get(None)
    if rendering is not None and not language:
        return rendering.code(source, metadata)
    from ..highlighting import highlight

    return highlight(source, language or "python")


def highlight2html(source: str, language: str | None = None, metadata: Mapping[str, Any] | None = None) -> str:
    """`highlight_code`, in HTML whatever the template's own markup is."""
    return highlight_code(source, language, metadata)


def clean_html(html: Any) -> str:
    """HTML that runs nothing and loads nothing."""
    from ..sanitizing import sanitize

    return sanitize(str(html))


def convert_pandoc(source: str, from_format: str, to_format: str, extra_args: list[str] | None = None) -> str:
    """From any markup to any other by pandoc, where that is installed. Raises `MissingProgram`, `ConversionError`."""
    import shutil
    import subprocess

    from ..errors import ConversionError, MissingProgram

    program = shutil.which("pandoc")
    if program is None:
        raise MissingProgram("the filter convert_pandoc needs pandoc, which is not installed")
    words = [program, "-f", from_format, "-t", to_format, *(extra_args or [])]
    done = subprocess.run(words, input=source, capture_output=True, encoding="utf-8", check=False)
    if done.returncode:
        raise ConversionError(f"pandoc has failed: {done.stderr.strip().splitlines()[-1:]}")
    return done.stdout


def filter_data_type(data: Mapping[str, Any]) -> list[str]:
    """The form of a value that is shown, as a list of one."""
    rendering = current.get(None) or current_text.get(None)
    return rendering.shown(data) if rendering is not None else list(data)[:1]


def picture(output: Mapping[str, Any], mime: str) -> str:
    """An `img` element for this form of an output."""
    return current.get().picture(output, mime)


def other_data(output: Mapping[str, Any], mime: str) -> str:
    """What is shown of a form that no block is for."""
    return current.get().other(output, mime)


def ansi2html(text: str) -> str:
    """A terminal's colours as spans."""
    from ..ansi import ansi2html as to_html

    return to_html(text)


def strip_ansi(text: str) -> str:
    """Without a terminal's colours and other control sequences."""
    from ..ansi import strip_ansi as plain

    return plain(text)


# -- other markups -----------------------------------------------------------------------------------------------------


def markdown2latex(source: str, chapters: bool = False, **_: Any) -> str:
    """Markdown as LaTeX."""
    return _text().latex(source, chapters)


def html2latex(html: str) -> str:
    """HTML as LaTeX, as far as text, tables and pictures go."""
    return _text().latex_of_html(html)


def html2markdown(html: str) -> str:
    """HTML as Markdown."""
    return _text().markdown_of_html(html)


def markdown2rst(source: str, **_: Any) -> str:
    """Markdown as reStructuredText."""
    return _text().rst(source)


def html2rst(html: str) -> str:
    """HTML as reStructuredText."""
    return _text().rst_of_html(html)


def markdown2asciidoc(source: str, **_: Any) -> str:
    """Markdown as AsciiDoc."""
    return _text().asciidoc(source)


def html2asciidoc(html: str) -> str:
    """HTML as AsciiDoc."""
    return _text().asciidoc_of_html(html)


def highlight_code_latex(
    source: str, language: str | None = None, metadata: Mapping[str, Any] | None = None, strip_verbatim: bool = False
) -> str:
    """Code in colours, for LaTeX; `strip_verbatim` leaves only what stands in the environment."""
    from ..highlighting import highlight_latex

    made = highlight_latex(source, language) if language else _text().code_latex(source, metadata)
    if strip_verbatim:
        made = "\n".join(line for line in made.splitlines() if not line.startswith(("\\begin{", "\\end{")))
    return made


def latex_verbatim(text: str) -> str:
    """A terminal's text in LaTeX, in its colours, lines kept."""
    from ..ansi import ansi2latex as to_latex

    inside = to_latex(text.rstrip("\n"))
    return f"\\begin{{Verbatim}}[commandchars=\\\\\\{{\\}}]\n{inside}\n\\end{{Verbatim}}" if inside.strip() else ""


def ansi2latex(text: str) -> str:
    """A terminal's colours in LaTeX."""
    from ..ansi import ansi2latex as to_latex

    return to_latex(text)


def markdown_picture(output: Mapping[str, Any], mime: str) -> str:
    """An image of Markdown."""
    return _text().picture_markdown(output, mime)


def rst_picture(output: Mapping[str, Any], mime: str) -> str:
    """An image directive."""
    return _text().picture_rst(output, mime)


def asciidoc_picture(output: Mapping[str, Any], mime: str) -> str:
    """A block image of AsciiDoc."""
    return _text().picture_asciidoc(output, mime)


def _text() -> TextRendering:
    """The rendering that runs; where none does, one for nothing."""
    from ..conversion import Conversion
    from ..text_rendering import TextRendering

    found = current_text.get(None)
    nothing = {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": []}
    return found if found is not None else TextRendering(Conversion(nothing, {}), ())
