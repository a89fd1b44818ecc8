"""Cell magics that show their body: html, markdown, latex, svg, javascript."""

from __future__ import annotations

from typing import Any

from ..display_classes import HTML, SVG, Javascript, Latex, Markdown
from ..errors import UsageError
from ..magic_options import read_options
from ..outputs import Display, current_outlet


def _show(thing: Any, displayer: Any, isolated: str = "") -> None:
    data, metadata = displayer.format(thing)
    current_outlet().emit(Display(data, {**metadata, isolated: {"isolated": True}} if isolated else metadata))


def html(line: str, cell: str, displayer: Any) -> None:
    """`%%html [--isolated]`: show the cell as HTML, in a frame of its own when isolated."""
    options, rest = read_options(line, "", ("isolated",))
    if rest.strip():
        raise UsageError(f"unrecognized arguments: {rest.strip()}")
    _show(HTML(cell), displayer, "text/html" if options else "")


def markdown(line: str, cell: str, displayer: Any) -> None:
    """`%%markdown`: show the cell as Markdown."""
    _show(Markdown(cell), displayer)


def latex(line: str, cell: str, displayer: Any) -> None:
    """`%%latex`: show the cell as LaTeX."""
    _show(Latex(cell), displayer)


def svg(line: str, cell: str, displayer: Any) -> None:
    """`%%svg`: show the cell as an SVG image."""
    _show(SVG(cell), displayer)


def javascript(line: str, cell: str, displayer: Any) -> None:
    """`%%javascript`: run the cell in the frontend."""
    _show(Javascript(cell), displayer)
