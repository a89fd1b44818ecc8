"""`ip.Completer`, and the values that matchers of libraries give."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from antiphon_exec_core.completion_sources import Candidates

MATCHES_LIMIT = 500


class ProvisionalCompleterWarning(FutureWarning):
    """Completions with positions may still change."""


@contextmanager
def provisionalcompleter(action: str = "ignore") -> Any:
    """No warning of that kind inside the block."""
    with warnings.catch_warnings():
        warnings.filterwarnings(action, category=ProvisionalCompleterWarning)  # type: ignore[arg-type]
        yield


@dataclass(eq=False)
class Completion:
    """`text` replaces what stands between `start` and `end` (code points)."""

    start: int
    end: int
    text: str
    type: str | None = None
    signature: str = ""
    _origin: str = ""

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Completion):
            return NotImplemented
        return (self.start, self.end, self.text) == (other.start, other.end, other.text)

    def __hash__(self) -> int:
        return hash((self.start, self.end, self.text))


class SimpleCompletion:
    """A text that could stand at the cursor, and its type."""

    __slots__ = ("text", "type")

    def __init__(self, text: str, *, type: str | None = None) -> None:
        self.text = text
        self.type = type

    def __repr__(self) -> str:
        return f"<SimpleCompletion text={self.text!r} type={self.type!r}>"


class SimpleMatcherResult(dict[str, Any]):
    """What a matcher of version 2 gives: `completions`, and perhaps `suppress`, `ordered`, `matched_fragment`."""


class CompletionContext:
    """What a matcher of version 2 is asked about."""

    def __init__(
        self, token: str, full_text: str, cursor_position: int, cursor_line: int, limit: int | None = None
    ) -> None:
        self.token, self.full_text = token, full_text
        self.cursor_position, self.cursor_line, self.limit = cursor_position, cursor_line, limit

    @property
    def line_with_cursor(self) -> str:
        return self.full_text.split("\n")[self.cursor_line]

    @property
    def text_until_cursor(self) -> str:
        return self.line_with_cursor[: self.cursor_position]


def completion_matcher(*, priority: float | None = None, identifier: str | None = None, api_version: int = 1) -> Any:
    """Marks a matcher with its version."""

    def mark(function: Any) -> Any:
        function.matcher_priority = priority or 0
        function.matcher_identifier = identifier or getattr(function, "__qualname__", repr(function))
        function.matcher_api_version = api_version
        return function

    return mark


def context_matcher(*, priority: float | None = None, identifier: str | None = None) -> Any:
    return completion_matcher(priority=priority, identifier=identifier, api_version=2)


class _Matchers(list[Any]):
    """Custom matchers; the first one makes the completer ask them."""


class IPCompleter:
    """Completes as the session does; `custom_matchers` are asked before its own sources."""

    def __init__(self, shell: Any = None, **_: Any) -> None:
        self.shell = shell
        self.custom_matchers: list[Callable[..., Any]] = _Matchers()
        self.custom_completers: Any = None
        shell._services["completer"].sources.insert(0, self._ask_custom)

    @property
    def matchers(self) -> list[Any]:
        return [*self.custom_matchers, *self.shell._services["completer"].sources]

    def complete(
        self, text: str | None = None, line_buffer: str | None = None, cursor_pos: int | None = None
    ) -> tuple[str, list[str]]:
        line = line_buffer if line_buffer is not None else text or ""
        found = self.shell._services["completer"].complete(line, len(line) if cursor_pos is None else cursor_pos)
        return line[found.start : found.end], list(found.matches)

    def completions(self, text: str, offset: int) -> Iterable[Completion]:
        found = self.shell._services["completer"].complete(text, offset)
        for one in found.metadata.get("_jupyter_types_experimental", ()):
            yield Completion(found.start, found.end, one["text"], one["type"], one.get("signature", ""))

    def all_completions(self, text: str) -> list[str]:
        return self.complete(text)[1]

    def _ask_custom(self, cursor: Any) -> Any:
        if not self.custom_matchers:
            return None
        before = cursor.code[: cursor.position]
        line = before.rpartition("\n")[2]
        token = _last_token(line)
        items: list[tuple[str, str, str]] = []
        suppress = False
        for matcher in self.custom_matchers:
            if getattr(matcher, "matcher_api_version", 1) == 2:
                context = CompletionContext(token, cursor.code, len(line), before.count("\n"), MATCHES_LIMIT)
                result = matcher(context)
                items += [(one.text, one.type or "", "") for one in result.get("completions", ())]
                suppress = suppress or bool(result.get("suppress"))
            else:
                items += [(str(one), "", "") for one in matcher(token)]
        if not items:
            return None
        return Candidates(cursor.position - len(token), items, exclusive=suppress)


def _last_token(line: str) -> str:
    at = len(line)
    while at and line[at - 1] not in " \t\n`!@#$^&*()=+[{]}\\|;:'\",<>?":
        at -= 1
    return line[at:]


def rectify_completions(text: str, completions: Iterable[Completion], *, _debug: bool = False) -> Iterable[Completion]:
    """They all have one start and end here already."""
    yield from completions
