"""What stands before cells at a terminal: subclass, override, and set `get_ipython().prompts = Mine(get_ipython())`.

Each method gives pairs of a Pygments token, for the colour, and a text.
"""

from __future__ import annotations

from typing import Any

from pygments.token import Token

__all__ = ["ClassicPrompts", "Prompts", "Token"]

Pairs = list[tuple[Any, str]]


class Prompts:
    """`In [1]: `, `Out[1]: `."""

    def __init__(self, shell: Any) -> None:
        self.shell = shell

    def vi_mode(self) -> str:
        """Where vi's mode is shown, the terminal does it."""
        return ""

    def in_prompt_tokens(self) -> Pairs:
        number = str(self.shell.execution_count)
        return [
            (Token.Prompt, self.vi_mode()),
            (Token.Prompt, "In ["),
            (Token.PromptNum, number),
            (Token.Prompt, "]: "),
        ]

    def _width(self) -> int:
        return sum(len(text) for _, text in self.in_prompt_tokens())

    def continuation_prompt_tokens(self, width: int | None = None, **_: Any) -> Pairs:
        return [(Token.Prompt, "...: ".rjust(self._width() if width is None else width))]

    def rewrite_prompt_tokens(self) -> Pairs:
        return [(Token.Prompt, "> ".rjust(self._width(), "-"))]

    def out_prompt_tokens(self) -> Pairs:
        return [
            (Token.OutPrompt, "Out["),
            (Token.OutPromptNum, str(self.shell.execution_count)),
            (Token.OutPrompt, "]: "),
        ]


class ClassicPrompts(Prompts):
    """Those of plain Python: `>>> `, and nothing before results."""

    def in_prompt_tokens(self) -> Pairs:
        return [(Token.Prompt, ">>> ")]

    def continuation_prompt_tokens(self, width: int | None = None, **_: Any) -> Pairs:
        return [(Token.Prompt, "... ")]

    def rewrite_prompt_tokens(self) -> Pairs:
        return []

    def out_prompt_tokens(self) -> Pairs:
        return []
