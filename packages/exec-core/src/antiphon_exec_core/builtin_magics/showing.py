"""Cell magics that show their body: html, markdown, latex, svg, javascript."""

from __future__ import annotations

from ..errors import UsageError
from ..magic_options import read_options
from ..outputs import Display, current_outlet


def html(line: str, cell: str) -> None:
    """`%%html [--isolated]`: show the cell as HTML, in a frame of its own when isolated."""
    options, rest = read_options(line, "", ("isolated",))
    if rest.strip():
        raise UsageError(f"unrecognized arguments: {rest.strip()}")
    metadata = {"text/html": {"isolated": True}} if "isolated" in options else {}
    current_outlet().emit(Display({"text/html": cell, "text/plain": "<HTML object>"}, metadata))


def markdown(line: str, cell: str) -> None:
    """`%%markdown`: show the cell as Markdown."""
    current_outlet().emit(
        Display({"text/markdown": cell, "text/plain": "<Markdown object>"})
    )


def latex(line: str, cell: str) -> None:
    """`%%latex`: show the cell as LaTeX."""
    current_outlet().emit(Display({"text/latex": cell, "text/plain": "<Latex object>"}))


def svg(line: str, cell: str) -> None:
    """`%%svg`: show the cell as an SVG image."""
    current_outlet().emit(Display({"image/svg+xml": cell, "text/plain": "<SVG object>"}))


def javascript(line: str, cell: str) -> None:
    """`%%javascript`: run the cell in the frontend."""
    current_outlet().emit(
        Display({"application/javascript": cell, "text/plain": "<Javascript object>"})
    )
