"""What is left out: cells, inputs and outputs by tag or pattern, outputs and metadata altogether."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from ..conversion import Cell, Conversion
from ..errors import ConversionError
from ..notebook import tags

Mask = Collection[str | tuple[str, ...]]
"""Keys that stay; a tuple is a path into nested objects."""


def remove_tagged(
    conversion: Conversion,
    *,
    cell_tags: Collection[str] = (),
    input_tags: Collection[str] = (),
    all_outputs_tags: Collection[str] = (),
    single_output_tags: Collection[str] = (),
    metadata_fields: Collection[str] = ("collapsed", "scrolled"),
) -> Conversion:
    """Leave out what is tagged so; `single_output_tags` are those of an output's own metadata.

    Where outputs go, the cell loses its `metadata_fields` too, which are about them. An input that goes is marked by
    `metadata.transient.remove_source`, which templates look at.
    """

    def treated(cell: Cell) -> Cell:
        found = set(tags(cell))
        if found & set(input_tags):
            transient = {**cell["metadata"].get("transient", {}), "remove_source": True}
            cell = {**cell, "metadata": {**cell["metadata"], "transient": transient}}
        if cell["cell_type"] != "code":
            return cell
        if found & set(all_outputs_tags):
            return without_outputs(cell, metadata_fields)
        if single_output_tags:
            kept = [output for output in cell["outputs"] if not set(tags(output)) & set(single_output_tags)]
            if len(kept) < len(cell["outputs"]):
                cell = {**cell, "outputs": kept}
        return cell

    cells = conversion.notebook["cells"]
    return conversion.with_cells(treated(cell) for cell in cells if not set(tags(cell)) & set(cell_tags))


def remove_matching(conversion: Conversion, *, patterns: Sequence[str]) -> Conversion:
    """Leave out cells whose source begins with one of these patterns. Raises `ConversionError` for a bad one."""
    try:
        wanted = [re.compile(pattern) for pattern in patterns]
    except re.error as error:
        raise ConversionError(f"pattern {error.pattern!r}: {error}") from None
    if not wanted:
        return conversion
    cells = conversion.notebook["cells"]
    return conversion.with_cells(cell for cell in cells if not any(each.match(cell["source"]) for each in wanted))


def clear_outputs(
    conversion: Conversion, *, metadata_fields: Collection[str] = ("collapsed", "scrolled")
) -> Conversion:
    """Code cells as if they had never run."""
    return conversion.with_cells(without_outputs(cell, metadata_fields) for cell in conversion.notebook["cells"])


def clear_metadata(
    conversion: Conversion,
    *,
    cells: bool = True,
    notebook: bool = True,
    keep_in_cells: Mask = (),
    keep_in_notebook: Mask = ("language_info",),
) -> Conversion:
    """Metadata away, but for what the masks name."""
    if notebook:
        kept = masked(conversion.notebook["metadata"], keep_in_notebook)
        conversion = conversion._replace(notebook={**conversion.notebook, "metadata": kept})
    if cells:
        conversion = conversion.with_cells(
            {**cell, "metadata": masked(cell["metadata"], keep_in_cells)} for cell in conversion.notebook["cells"]
        )
    return conversion


def without_outputs(cell: Cell, metadata_fields: Collection[str]) -> Cell:
    """A code cell that has not run; any other as it is."""
    if cell["cell_type"] != "code":
        return cell
    metadata = {key: value for key, value in cell["metadata"].items() if key not in metadata_fields}
    return {**cell, "outputs": [], "execution_count": None, "metadata": metadata}


def masked(metadata: Mapping[str, Any], mask: Mask) -> dict[str, Any]:
    """What a mask leaves of metadata."""
    kept: dict[str, Any] = {}
    for path in ((key,) if isinstance(key, str) else tuple(key) for key in mask):
        source: Any = metadata
        for key in path[:-1]:
            source = source.get(key) if isinstance(source, Mapping) else None
        if isinstance(source, Mapping) and path and path[-1] in source:
            target = kept
            for key in path[:-1]:
                target = target.setdefault(key, {})
            target[path[-1]] = source[path[-1]]
    return kept
