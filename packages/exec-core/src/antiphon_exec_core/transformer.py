"""Interactive text to Python text: lists of plain functions that take lines and give lines.

Order: cleanup (blank first lines, indent, prompts), lines (`%%cell`), tokens (`%`, `!`, `?`, `,;/` and their
assignments), then the user's `post`. The text produced is what other tools look for, so it is fixed to the letter.
A cell that cannot hold anything special is returned at once.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any

Lines = list[str]
Transform = Callable[[Lines], Lines]

# A text without any of these is Python as it stands; with one, the pattern below tells, which takes time to compile.
_SPECIAL = frozenset("%!?;,/>]")
_CANDIDATE = r"""
    \A\s | ^[ \t]*[%!?,;/] | =[ \t]*(?:\\\n[ \t]*)?[%!] | \?[ \t]*$ | ^>>> | ^(?:\[\w+\]\ ?)?In\ \[\d+\]:
"""


class Transformer:
    """The transforms in force, as lists that may be edited; `post` (input_transformers_post) runs after all others.

    In `tokens` may also stand classes that look for a token: see `token_transforms`.
    """

    def __init__(self) -> None:
        self.post: list[Transform] = []

    @cached_property
    def cleanup(self) -> list[Transform]:
        from . import cleanup

        return [cleanup.leading_blank_lines, cleanup.leading_indent, cleanup.classic_prompt, cleanup.ipython_prompt]

    @cached_property
    def lines(self) -> list[Transform]:
        from .escapes import cell_magic

        return [cell_magic]

    @cached_property
    def tokens(self) -> list[Any]:
        from .escapes import escapes

        return [escapes]

    @cached_property
    def _may_be_special(self) -> Callable[[str], object]:
        import re

        return re.compile(_CANDIDATE, re.M | re.X).search

    def transform(self, code: str) -> str:
        """The Python text of a cell; it ends with a newline. Raises only what a transform of the user does."""
        if "\r" in code:
            code = code.replace("\r\n", "\n")
        if not code.endswith("\n"):
            code += "\n"
        if not self._edited() and (
            (_SPECIAL.isdisjoint(code) and not code[0].isspace()) or self._may_be_special(code) is None
        ):
            return code
        return self._apply(code, side_effects=True)

    def _edited(self) -> bool:
        """Did the user add transforms, or take some away?"""
        made = self.__dict__
        return bool(
            self.post
            or ("cleanup" in made and len(self.cleanup) != 4)
            or ("lines" in made and len(self.lines) != 1)
            or ("tokens" in made and len(self.tokens) != 1)
        )

    def _apply(self, code: str, side_effects: bool) -> str:
        from .escapes import split_lines

        lines = split_lines(code)
        finders = [transform for transform in self.tokens if hasattr(transform, "find")]
        functions = [transform for transform in self.tokens if not hasattr(transform, "find")]
        for transform in (*self.cleanup, *self.lines, *functions, finders, *self.post):
            if isinstance(transform, list):
                chosen = [each for each in transform if side_effects or not getattr(each, "has_side_effects", False)]
                if chosen:
                    from .token_transforms import apply

                    lines = apply(chosen, lines)
            elif side_effects or not getattr(transform, "has_side_effects", False):
                lines = transform(lines)
        return "".join(lines)

    def check_complete(self, code: str) -> tuple[str, str | None]:
        """`("complete" | "incomplete" | "invalid", indent)`; the indent is spaces for the next line.

        A cell magic is complete at its first blank last line, a block when its text ends with a newline.
        """
        from .completeness import check

        return check(code, lambda text: self._apply(text, side_effects=False))
