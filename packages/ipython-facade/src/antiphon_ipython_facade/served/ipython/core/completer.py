"""`ip.Completer`, and the values that matchers of libraries give."""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable, Iterable
from contextlib import contextmanager
from dataclasses import dataclass
from types import SimpleNamespace
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


class CommandCompleters:
    """Functions that complete the arguments of a command: `hook(shell, event)` by its first word, or by a pattern."""

    def __init__(self) -> None:
        self._hooks: list[tuple[int, str | re.Pattern[str], Callable[..., Any]]] = []

    def add(self, hook: Callable[..., Any], priority: int = 50, str_key: str | None = None, re_key: Any = None) -> None:
        """Raises ValueError where there is neither a word nor a pattern."""
        if str_key is None and re_key is None:
            raise ValueError("a completer of commands needs a str_key, the command's name, or a re_key, a pattern")
        self._hooks.append((priority, re.compile(re_key) if str_key is None else str_key, hook))
        self._hooks.sort(key=lambda each: each[0])

    def matching(self, line: str) -> Iterable[Callable[..., Any]]:
        """Those for a line: `%name` and `name` are one command."""
        command = line.split(None, 1)[0] if line.strip() else ""
        for _, key, hook in self._hooks:
            if key in (command, "%" + command) if isinstance(key, str) else key.match(line):
                yield hook


class IPCompleter:
    """Completes as the session does; `custom_matchers` are asked before its own sources.

    What is a setting of completion (`greedy`, `omit__names`, `suppress_competing_matchers` ...) is one here too.
    """

    def __init__(self, shell: Any = None, **_: Any) -> None:
        completer = shell._services["completer"]
        own = {"shell": shell, "custom_matchers": [], "custom_completers": CommandCompleters()}
        self.__dict__.update(own, _completer=completer, _settings=shell._services["settings"])
        completer.sources.insert(0, self._ask_custom)

    custom_matchers: list[Callable[..., Any]]
    custom_completers: CommandCompleters

    @property
    def disable_matchers(self) -> list[str]:
        """Names of sources that are not asked; the list may be changed."""
        names: list[str] = self._completer.disabled
        return names

    @disable_matchers.setter
    def disable_matchers(self, names: Iterable[str]) -> None:
        self._completer.disabled[:] = names

    @property
    def matchers(self) -> list[Any]:
        return [*self.custom_matchers, *self._completer.sources]

    def __getattr__(self, name: str) -> Any:
        face = self._face() if not name.startswith("_") else None
        if face is None or not face.has_trait(name):
            raise AttributeError(name)
        return getattr(face, name)

    def __setattr__(self, name: str, value: Any) -> None:
        if isinstance(getattr(type(self), name, None), property) or not self._face().has_trait(name):
            object.__setattr__(self, name, value)
        else:
            setattr(self._face(), name, value)

    def _face(self) -> Any:
        from antiphon_exec_core.app import known_configurables

        return known_configurables(self._settings)["IPCompleter"]

    def complete(
        self, text: str | None = None, line_buffer: str | None = None, cursor_pos: int | None = None
    ) -> tuple[str, list[str]]:
        line = line_buffer if line_buffer is not None else text or ""
        found = self._completer.complete(line, len(line) if cursor_pos is None else cursor_pos)
        return line[found.start : found.end], list(found.matches)

    def completions(self, text: str, offset: int) -> Iterable[Completion]:
        found = self._completer.complete(text, offset)
        for one in found.metadata.get("_jupyter_types_experimental", ()):
            yield Completion(found.start, found.end, one["text"], one["type"], one.get("signature", ""))

    def all_completions(self, text: str) -> list[str]:
        return self.complete(text)[1]

    def _ask_custom(self, cursor: Any, settings: Any) -> Any:
        """The source that asks the matchers and completers which libraries and users have added."""
        line: str = cursor.line
        token = _last_token(line)
        rule, disabled = settings.suppress_others, {*settings.disabled_sources, *self.disable_matchers}
        answers = [(token, one, "") for one in self._ask_commands(line, token)]
        suppress, silences, ordered = bool(answers), set(), False
        for matcher in list(self.custom_matchers):
            name = getattr(matcher, "matcher_identifier", None) or getattr(matcher, "__qualname__", repr(matcher))
            if name in disabled:
                continue
            if getattr(matcher, "matcher_api_version", 1) != 2:
                answers += [(token, str(one), "") for one in matcher(token) or ()]
                continue
            result = matcher(CompletionContext(token, cursor.text, len(line), cursor.before.count("\n"), MATCHES_LIMIT))
            fragment = result.get("matched_fragment")
            found = [
                (token if fragment is None else fragment, one.text, one.type or "") for one in result["completions"]
            ]
            answers += found
            asked = result.get("suppress", False)
            if rule is False or (isinstance(rule, dict) and rule.get(name) is False) or not found:
                continue
            if isinstance(asked, (set, frozenset, list, tuple)):
                silences.update(asked)
            else:
                suppress = suppress or bool(asked)
            ordered = ordered or bool(result.get("ordered"))
        if not answers:
            return None
        begin = max(len(fragment) for fragment, _, _ in answers)
        items = [
            (line[len(line) - begin : len(line) - len(fragment)] + text, kind, "") for fragment, text, kind in answers
        ]
        return Candidates(cursor.position - begin, items, suppress, ordered, frozenset(silences))

    def _ask_commands(self, line: str, token: str) -> list[str]:
        """What the hooks `complete_command` say; the first that knows something counts."""
        from IPython.core.error import TryNext

        command = line.split(None, 1)[0] if line.strip() else ""
        if not command or command == line.strip() == line:
            return []
        event = SimpleNamespace(line=line, symbol=token, command=command, text_until_cursor=line)
        for hook in self.custom_completers.matching(line):
            try:
                found = hook(self.shell, event)
            except TryNext:
                continue
            exact = [one for one in found or () if one.startswith(token)]
            known = exact or [one for one in found or () if one.lower().startswith(token.lower())]
            if known:
                return known
        return []


def _last_token(line: str) -> str:
    at = len(line)
    while at and line[at - 1] not in " \t\n`!@#$^&*()=+[{]}\\|;:'\",<>?":
        at -= 1
    return line[at:]


def rectify_completions(text: str, completions: Iterable[Completion], *, _debug: bool = False) -> Iterable[Completion]:
    """They all have one start and end here already."""
    yield from completions
