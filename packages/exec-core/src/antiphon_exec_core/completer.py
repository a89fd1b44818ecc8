"""What could be typed at the cursor: a list of sources (plain functions), merged and ranked under one deadline.

A source names its needs as parameters: `cursor` (where we are), `names` (the user's), `magics`, `deadline`, `settings`.
No source runs user code without a time limit; one that fails or comes late gives nothing, the others still answer.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from .completion_sources import BUILTIN_SOURCES, Candidates
from .evaluation import Lookup
from .expressions import read_cursor
from .settings import LiveSettings

__all__ = ["Candidates", "Completer", "Completion"]

Source = Callable[..., "Candidates | None"]


class Completion(NamedTuple):
    """An answer: `matches` replace the code points from `start` up to `end`."""

    matches: list[str]
    start: int
    end: int
    metadata: dict[str, Any]


class Completer:
    """Asks its `sources` in order; `sources` is a plain list that anybody may change, and so is `disabled`, of names.

    `namespace` is what has the user's names in `user_ns`; `magics` may be None where there are none; `settings` are
    the live ones (`completion_deadline`, `omit_names`, `autoclose_dict_keys`).
    """

    def __init__(
        self, namespace: Any, magics: Any = None, settings: Any = None, *, sources: Iterable[Source] | None = None
    ) -> None:
        self.namespace = namespace
        self.magics = magics
        self.settings = LiveSettings() if settings is None else settings
        self.limit = 2000
        self.sources: list[Source] = list(BUILTIN_SOURCES if sources is None else sources)
        self.disabled: list[str] = []

    def complete(self, code: str, cursor_pos: int | None = None) -> Completion:
        """Completions of `code` at `cursor_pos` (code points; None is the end). Never raises."""
        cursor = read_cursor(code, len(code) if cursor_pos is None else cursor_pos)
        settings = self.settings.current
        deadline = Deadline(settings.completion_deadline)
        known = {
            "cursor": cursor,
            "names": self.namespace.user_ns,
            "magics": self.magics,
            "deadline": deadline,
            "settings": settings,
            "lookup": Lookup(self.namespace.user_ns, cursor.before, settings.evaluation),
        }
        answers: list[Candidates] = []
        disabled = {*settings.disabled_sources, *self.disabled}
        for source in self.sources:
            if deadline.passed():
                break
            if disabled and not disabled.isdisjoint(source_names(source)):
                continue
            try:
                found = source(**_needed(source, known))
            except Exception:  # a source never breaks completion
                continue
            if found is not None and (found.items or found.exclusive):
                disabled |= found.silences
                answers.append(found)
                if _silences(source, found, settings.suppress_others):
                    answers = [found]
                    break
        return _merge(answers, code, cursor.position, self.limit)


class Deadline:
    """When to stop looking."""

    __slots__ = ("_at",)

    def __init__(self, seconds: float) -> None:
        self._at = time.monotonic() + seconds

    def passed(self) -> bool:
        """Whether it is time to answer with what there is."""
        return time.monotonic() >= self._at

    def left(self) -> float:
        """Seconds from now; below zero when it has passed."""
        return self._at - time.monotonic()


NAMES_ELSEWHERE = {
    "symbols": (
        "IPCompleter.latex_name_matcher",
        "IPCompleter.unicode_name_matcher",
        "IPCompleter.fwd_unicode_matcher",
    ),
    "imports": ("IPCompleter.custom_completer_matcher",),
    "keys": ("IPCompleter.dict_key_matcher",),
    "files": ("IPCompleter.file_matcher",),
    "attributes": ("IPCompleter.python_matcher", "IPCompleter.jedi_matcher"),
    "arguments": ("IPCompleter.python_func_kw_matcher",),
    "magic_arguments": ("IPCompleter.magic_config_matcher", "IPCompleter.magic_color_matcher"),
    "magics_source": ("IPCompleter.magic_matcher",),
    "plain_names": ("IPCompleter.python_matcher", "IPCompleter.jedi_matcher"),
}
"""By which names people's settings know what our sources do."""


def source_names(source: Source) -> tuple[str, ...]:
    """The names by which a source can be disabled, the first its own."""
    own = str(getattr(source, "matcher_identifier", None) or getattr(source, "__name__", type(source).__name__))
    return (own, *NAMES_ELSEWHERE.get(own, ()))


def _silences(source: Source, found: Candidates, rule: bool | dict[str, bool] | None) -> bool:
    """Whether an answer is to be the only one; `rule` may decide for all sources, or by their names."""
    if isinstance(rule, dict):
        decided = [rule[name] for name in source_names(source) if name in rule]
        return decided[0] if decided else found.exclusive
    return found.exclusive if rule is None else rule and bool(found.items)


def _needed(source: Source, known: Mapping[str, object]) -> dict[str, object]:
    code = getattr(source, "__code__", None)
    if code is None:
        return {"cursor": known["cursor"]}
    names = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]
    return {name: known[name] for name in names if name in known}


def _rank(item: tuple[str, str, str]) -> tuple[int, str, str]:
    """Arguments of the call first, then names, private names, magic methods, magics."""
    text, kind, _ = item
    if kind == "param":
        return (0, "", text)
    bare = text.lstrip("%")
    if bare != text:
        return (4, bare, text)
    if text.startswith("__"):
        return (3, text.lower(), text)
    return (2 if text.startswith("_") else 1, text.lower(), text)


def _merge(answers: list[Candidates], code: str, end: int, limit: int) -> Completion:
    """One list with one start: where sources begin at different places, the earlier text is put in front."""
    if not answers:
        return Completion([], end, end, {})
    start = min(answer.start for answer in answers)
    chosen: dict[str, tuple[str, str, str]] = {}
    for answer in answers:
        before = code[start : answer.start]
        for text, kind, signature in answer.items:
            chosen.setdefault(before + text, (before + text, kind, signature))
    ordered = answers[0].ordered and len(answers) == 1
    items = list(chosen.values()) if ordered else sorted(chosen.values(), key=_rank)
    items = items[:limit]
    types = [
        {"start": start, "end": end, "text": text, "type": kind or "<unknown>", "signature": signature}
        for text, kind, signature in items
    ]
    return Completion([item[0] for item in items], start, end, {"_jupyter_types_experimental": types} if items else {})
