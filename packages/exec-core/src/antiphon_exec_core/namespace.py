"""The user's names: the module the cells run in, what is hidden of it, `In`, `Out` and their short forms.

Only names that the user made are visible; the ones put here by us are remembered as hidden, and become visible
again the moment the user gives them another value.
"""

from __future__ import annotations

import builtins
import sys
from collections.abc import Iterable, Mapping
from types import ModuleType
from typing import Any

_MISSING = object()
_ALWAYS: tuple[str, ...] = ("__name__", "__doc__", "__builtins__", "__builtin__")


class OutCache(dict[int, Any]):
    """`Out`: results by number, as many as `size` (0: none at all), as heavy together as `limit` bytes (0: any weight).

    The oldest fifth goes when there are too many, the oldest go when they are too heavy; the newest stays in any case.
    To ask for one that went raises KeyError with the reason.
    """

    def __init__(self, size: int = 1000, limit: int = 0) -> None:
        super().__init__()
        self.size = size
        self.limit = limit
        self._weights: dict[int, tuple[int, int]] = {}  # number -> identity and bytes, as they were then
        self._went: dict[str, int] = {}  # reason -> the newest number that went for it

    def keep(self, number: int, value: Any) -> dict[int, Any]:
        """Keep a result; returns those that had to go."""
        if self.size <= 0:
            return {number: value}
        self.pop(number, None)
        self[number] = value
        if self.limit > 0:
            self._weights[number] = _weight(value)
        dropped: dict[int, Any] = {}
        if len(self) > self.size:
            oldest = list(self)[: max(self.size // 5, len(self) - self.size)]
            dropped.update(self._drop(oldest, f"Out keeps {self.size} results (cache_size)"))
        if self.limit > 0:
            heavy = self._too_heavy()
            dropped.update(self._drop(heavy, f"Out keeps {_megabytes(self.limit)} of results (cache_bytes)"))
        return dropped

    def _too_heavy(self) -> list[int]:
        """The oldest results, as many as must go for the others to be within the limit. One object counts once."""
        kept: set[int] = set()
        total = 0
        numbers = list(self)
        for at in range(len(numbers) - 1, -1, -1):
            identity, weight = self._weights.get(numbers[at], (0, 0))
            total += 0 if identity in kept else weight
            kept.add(identity)
            if total > self.limit and at < len(numbers) - 1:
                return numbers[: at + 1]
        return []

    def _drop(self, numbers: list[int], reason: str) -> dict[int, Any]:
        if not numbers:
            return {}
        self._went[reason] = max(numbers)
        dropped = {old: self.pop(old) for old in numbers}
        self._weights = {number: weight for number, weight in self._weights.items() if number in self}
        return dropped

    def clear(self) -> None:
        super().clear()
        self._weights.clear()
        self._went.clear()

    def __missing__(self, number: object) -> Any:
        for reason, newest in self._went.items():
            if isinstance(number, int) and 0 < number <= newest:
                raise KeyError(f"the result of cell {number}, if it had one, was let go: {reason}")
        raise KeyError(number)


def _weight(value: Any) -> tuple[int, int]:
    if value.__class__ in (int, float, str, bool):  # most results are; the scales cost a module
        return id(value), sys.getsizeof(value)
    from .weights import weight

    return weight(value)


def _megabytes(count: int) -> str:
    return f"{count / 1e6:,g} MB" if count >= 1e6 else f"{count:,} bytes"


class Namespace:
    """The user's module and the bookkeeping around it. `user_ns` is that module's dictionary."""

    def __init__(self, module: ModuleType | None = None, cache_size: int = 1000, cache_bytes: int = 0) -> None:
        if module is None:
            module = ModuleType("__main__", "Automatically created module for the interactive environment")
        self.module = module
        self.user_ns: dict[str, Any] = module.__dict__
        self.user_ns.setdefault("__builtins__", builtins)
        self.user_ns.setdefault("__builtin__", builtins)
        self.hidden: dict[str, Any] = {}
        self._permanent: dict[str, Any] = {}
        self._former_main: ModuleType | None = None
        self.inputs: list[str] = [""]
        self.outputs = OutCache(cache_size, cache_bytes)
        self.directories: list[str] = []
        self.directory_stack: list[str] = []
        self._recent: list[Any] = ["", "", ""]
        self._seed()

    def _seed(self) -> None:
        self.hide(dict.fromkeys([name for name in self.user_ns if name.startswith("__")], _MISSING))
        self.push(
            {
                "In": self.inputs,
                "Out": self.outputs,
                "_ih": self.inputs,
                "_oh": self.outputs,
                "_dh": self.directories,
                "_": "",
                "__": "",
                "___": "",
                "_i": "",
                "_ii": "",
                "_iii": "",
            },
            hidden=True,
        )

    # -- names -------------------------------------------------------------------------------------------------

    def push(self, names: Mapping[str, Any], hidden: bool = False) -> None:
        """Put names into the user's module; hidden ones do not appear in `visible()` and survive `reset()`."""
        self.user_ns.update(names)
        if hidden:
            self.hide(names)
            self._permanent.update(names)
        else:
            for name in names:
                self.hidden.pop(name, None)

    def hide(self, names: Mapping[str, Any]) -> None:
        """Hide names as long as they keep these values."""
        self.hidden.update(names)

    def drop(self, names: Iterable[str]) -> None:
        """Remove names that are there."""
        for name in list(names):
            self.user_ns.pop(name, None)
            self.hidden.pop(name, None)

    def is_hidden(self, name: str) -> bool:
        value = self.hidden.get(name, self)
        if value is self:
            return (name.startswith("_i") and name[2:].isdigit()) or (name.startswith("_") and name[1:].isdigit())
        return value is _MISSING or name[0] == "_" or self.user_ns.get(name) is value

    def visible(self) -> dict[str, Any]:
        """What the user made, by name: nothing hidden, nothing that begins with an underscore."""
        return {
            name: value
            for name, value in self.user_ns.items()
            if isinstance(name, str) and not name.startswith("_") and not self.is_hidden(name)
        }

    def reset(self, keep_inputs: bool = False) -> None:
        """Forget all the user's names, results and (unless `keep_inputs`) inputs. The module itself stays the same."""
        kept: dict[str, Any] = {name: self.user_ns[name] for name in _ALWAYS if name in self.user_ns}
        self.user_ns.clear()
        self.user_ns.update(kept)
        self.hidden.clear()
        self.outputs.clear()
        self._recent = ["", "", ""]
        if not keep_inputs:
            del self.inputs[1:]
        permanent = dict(self._permanent)
        self._seed()
        self.push({name: value for name, value in permanent.items() if name not in self.user_ns}, hidden=True)

    # -- In and Out --------------------------------------------------------------------------------------------

    def store_input(self, number: int, raw: str, transformed: str) -> None:
        """Remember the text of cell `number`: `In[number]` and `_iN` are the transformed and the raw text."""
        inputs = self.inputs
        while len(inputs) < number:
            inputs.append("")
        if len(inputs) == number:
            inputs.append(transformed)
        else:
            inputs[number] = transformed
        ns = self.user_ns
        ns["_iii"] = ns.get("_ii", "")
        ns["_ii"] = ns.get("_i", "")
        ns["_i"] = self._last_raw
        self._last_raw = raw
        ns[f"_i{number}"] = raw
        if number > self.recent_inputs:
            ns.pop(f"_i{number - self.recent_inputs}", None)

    _last_raw = ""
    recent_inputs = 1000  # how many `_iN` there are; `In` has them all

    def store_result(self, number: int, value: Any) -> None:
        """Remember a result: `Out[number]`, `_number`, and `_ __ ___` unless the user took one of those names."""
        ns, recent = self.user_ns, self._recent
        names = ("_", "__", "___")
        if value is not self.outputs and all(ns.get(name) is held for name, held in zip(names, recent, strict=True)):
            recent[1:] = recent[:2]
            recent[0] = value
            ns["_"], ns["__"], ns["___"] = recent
        if value is self.outputs:
            return
        for old, dropped in self.outputs.keep(number, value).items():
            ns.pop(f"_{old}", None)
            for at in (1, 2):
                if recent[at] is dropped and dropped is not value:
                    if ns.get(names[at]) is dropped:
                        ns[names[at]] = ""
                    recent[at] = ""
        if number in self.outputs:
            ns[f"_{number}"] = value

    # -- __main__ ----------------------------------------------------------------------------------------------

    def install_main(self) -> None:
        """Make the user's module `sys.modules["__main__"]`, so that what is defined in cells can be pickled by name."""
        former = sys.modules.get("__main__")
        if former is not self.module:
            self._former_main = former  # also keeps it alive: a module that dies takes its globals with it
            sys.modules["__main__"] = self.module

    def remove_main(self) -> None:
        if self._former_main is not None and sys.modules.get("__main__") is self.module:
            sys.modules["__main__"] = self._former_main
        self._former_main = None
