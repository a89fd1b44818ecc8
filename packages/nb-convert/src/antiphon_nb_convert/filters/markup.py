"""Filters from one markup to another, over the Markdown token tree.

What they have to know of the notebook in hand (anchors, attachments, what may be shown) is the `Rendering` that runs;
where there is none, as in a template that somebody renders by hand, they do without.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from jinja2 import pass_context

from .page import current

if TYPE_CHECKING:
    from jinja2.runtime import Context


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


def filter_data_type(data: Mapping[str, Any]) -> list[str]:
    """The form of a value that is shown, as a list of one."""
    rendering = current.get(None)
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
