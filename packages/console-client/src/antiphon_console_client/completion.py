"""Completion for the prompt: the backend's choices, each with its type beside it."""

from __future__ import annotations

import unicodedata
from collections.abc import AsyncGenerator, Iterable, Sequence

from prompt_toolkit.completion import CompleteEvent, Completer, Completion
from prompt_toolkit.document import Document

from .backend import Backend, Choice
from .widths import visible_width


class BackendCompleter(Completer):
    """Asks the backend; typing goes on meanwhile, and the prompt drops answers to what is not there any more."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend

    def get_completions(self, document: Document, complete_event: CompleteEvent) -> Iterable[Completion]:
        return ()

    async def get_completions_async(
        self, document: Document, complete_event: CompleteEvent
    ) -> AsyncGenerator[Completion, None]:
        if not document.current_line_before_cursor.strip() and "\n" not in document.text_before_cursor:
            return
        found = await self._backend.complete(document.text, document.cursor_position)
        shared = _shared_beginning(found)
        for choice in found:
            yield Completion(
                choice.text,
                start_position=choice.start - document.cursor_position,
                display=_display(choice, shared),
                display_meta=choice.type + (choice.signature if choice.type == "function" else ""),
            )


def in_columns(words: Sequence[str], columns: int) -> str:
    """Words in as many equal columns as there is room for, read downwards, as `ls` lists files."""
    width = max(map(visible_width, words), default=0) + 2
    across = max(1, columns // width)
    down = -(-len(words) // across)
    rows = (words[row::down] for row in range(down))
    return "\n".join("".join(word + " " * (width - visible_width(word)) for word in row).rstrip() for row in rows)


def _shared_beginning(found: Iterable[Choice]) -> int:
    """Where the menu begins: what all choices have up to a dot or slash stands in front of the cursor already."""
    texts = [choice.text for choice in found]
    low, high = min(texts, default=""), max(texts, default="")
    prefix = low[: next((at for at, sign in enumerate(low) if at >= len(high) or sign != high[at]), len(low))]
    return max(prefix.rfind("."), prefix.rstrip("/").rfind("/")) + 1


def _display(choice: Choice, shared: int) -> str:
    text = choice.text[shared:] or choice.text
    if text and unicodedata.combining(text[0]):  # it would sit on the border of the menu
        text = " " + text
    return text + "()" * (choice.type == "function" and not text.endswith(")"))
