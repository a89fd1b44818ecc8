"""Cells in another language, by their cell magic: `%%bash` is shown as shell, whatever the notebook's language is."""

from __future__ import annotations

import re
from collections.abc import Mapping

from ..conversion import Cell, Conversion

LANGUAGES: Mapping[str, str] = {
    "%%R": "r",
    "%%bash": "bash",
    "%%cython": "cython",
    "%%javascript": "javascript",
    "%%julia": "julia",
    "%%latex": "latex",
    "%%octave": "octave",
    "%%perl": "perl",
    "%%ruby": "ruby",
    "%%sh": "sh",
    "%%sql": "sql",
    "%%html": "html",
    "%%svg": "xml",
    "%%markdown": "markdown",
    "%%js": "javascript",
    "%%writefile": "text",
}
_MAGIC = re.compile(r"\s*(%%\w+)")


def mark_magics(conversion: Conversion, *, languages: Mapping[str, str] | None = None) -> Conversion:
    """Set `metadata.magics_language` of code cells that begin with one of these magics."""
    known = {**LANGUAGES, **(languages or {})}

    def marked(cell: Cell) -> Cell:
        found = _MAGIC.match(cell["source"]) if cell["cell_type"] == "code" else None
        language = known.get(found[1]) if found else None
        return {**cell, "metadata": {**cell["metadata"], "magics_language": language}} if language else cell

    return conversion.with_cells(marked(cell) for cell in conversion.notebook["cells"])
