"""`ip.input_transformer_manager`: cell text to Python text."""

from __future__ import annotations

from typing import Any

from antiphon_exec_core.cleanup import classic_prompt, ipython_prompt, leading_indent
from antiphon_exec_core.cleanup import leading_blank_lines as leading_empty_lines
from antiphon_exec_core.escapes import cell_magic
from antiphon_exec_core.token_transforms import tokens_by_line as make_tokens_by_line
from antiphon_exec_core.transformer import Transformer

__all__ = [
    "TokenTransformBase",
    "TransformerManager",
    "cell_magic",
    "classic_prompt",
    "ipython_prompt",
    "leading_empty_lines",
    "leading_indent",
    "make_tokens_by_line",
]

ESC_SHELL, ESC_SH_CAP = "!", "!!"
ESC_HELP, ESC_HELP2 = "?", "??"
ESC_MAGIC, ESC_MAGIC2 = "%", "%%"
ESC_QUOTE, ESC_QUOTE2, ESC_PAREN = ",", ";", "/"


class TokenTransformBase:
    """A transform that begins at a token: `find` gives one for the first place it is needed, `transform` does it.

    `start` is (line, column) as tokens have it, lines from 1; `start_line` counts from 0.
    """

    priority = 10

    def __init__(self, start: tuple[int, int]) -> None:
        self.start_line = start[0] - 1
        self.start_col = start[1]

    @classmethod
    def find(cls, tokens_by_line: list[list[Any]]) -> TokenTransformBase | None:
        raise NotImplementedError(f"{cls.__name__}.find")

    def transform(self, lines: list[str]) -> list[str]:
        raise NotImplementedError(f"{type(self).__name__}.transform")


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
