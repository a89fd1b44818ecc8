"""`ip.input_transformer_manager`: cell text to Python text."""

from __future__ import annotations

from typing import Any

from antiphon_exec_core.transformer import Transformer


class TransformerManager:
    """The session's transforms; alone, those of a new session."""

    def __init__(self, shell: Any = None) -> None:
        self._transformer = Transformer() if shell is None else shell._services["transformer"]

    @property
    def cleanup_transforms(self) -> list[Any]:
        transforms: list[Any] = self._transformer.cleanup
        return transforms

    @property
    def line_transforms(self) -> list[Any]:
        transforms: list[Any] = self._transformer.lines
        return transforms

    @property
    def token_transformers(self) -> list[Any]:
        transforms: list[Any] = self._transformer.tokens
        return transforms

    def transform_cell(self, cell: str) -> str:
        return str(self._transformer.transform(cell))

    def check_complete(self, cell: str) -> tuple[str, int | None]:
        """The status, and for an incomplete cell by how many blanks the next line is indented."""
        status, indent = self._transformer.check_complete(cell)
        return status, len(indent or "") if status == "incomplete" else None
