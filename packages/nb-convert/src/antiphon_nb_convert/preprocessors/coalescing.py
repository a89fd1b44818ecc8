"""Streams as a terminal would show them: neighbouring pieces joined, carriage returns and backspaces carried out."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from ..conversion import Cell, Conversion
from ..execution.streams import settled


def coalesce_streams(conversion: Conversion) -> Conversion:
    """Pieces of one stream that follow each other become one output."""
    return conversion.with_cells(_coalesced(cell) for cell in conversion.notebook["cells"])


def _coalesced(cell: Cell) -> Cell:
    if not any(output["output_type"] == "stream" for output in cell.get("outputs", ())):
        return cell
    outputs: list[dict[str, Any]] = []
    for name, group in groupby(cell["outputs"], lambda output: output.get("name")):
        pieces = list(group)
        if name is None:
            outputs += pieces
        else:
            outputs.append({**pieces[0], "text": settled("".join(piece["text"] for piece in pieces))})
    return {**cell, "outputs": outputs}
