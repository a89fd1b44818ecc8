"""The registry of magics: `%name line` and `%%name line` + body, and who gives a magic what it needs.

A magic is a plain function that NAMES ITS NEEDS as parameters: `def who(line, namespace)`. Besides `line` and
`cell` each parameter is looked up by name among the services, so no magic is ever given the whole interpreter.
The built-in ones stand in a static table and are imported at their first use.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from .builtin_magics import BUILTIN, Entry
from .errors import UsageError

if TYPE_CHECKING:
    from types import FrameType

__all__ = ["Magics", "UsageError", "cell_magic", "line_cell_magic", "line_magic", "silenced_by_semicolon", "verbatim"]

Magic = Callable[..., Any]
F = TypeVar("F", bound=Magic)

_COROUTINE = 0x80  # inspect.CO_COROUTINE, without the 8 ms that importing inspect costs


def line_magic(function: F) -> F:
    """Mark `function(line, ...)` as a line magic of its own name; `Magics.register` reads the mark."""
    function.__dict__["magic_kinds"] = ("line",)
    return function


def cell_magic(function: F) -> F:
    """Mark `function(line, cell, ...)` as a cell magic of its own name."""
    function.__dict__["magic_kinds"] = ("cell",)
    return function


def line_cell_magic(function: F) -> F:
    """Mark `function(line, ..., cell=None)` as both; `cell` is None when called as a line magic."""
    function.__dict__["magic_kinds"] = ("line", "cell")
    return function


def verbatim(function: F) -> F:
    """The line of this magic is code, not text: `$name` and `{expr}` are left alone."""
    function.__dict__["magic_verbatim"] = True
    return function


def silenced_by_semicolon(function: F) -> F:
    """A `;` at the end of the line throws the magic's result away, as it does after an expression."""
    function.__dict__["magic_silenced"] = True
    return function


class _Bound:
    """A magic with its needs resolved to names, so that a call costs one dictionary lookup per need."""

    __slots__ = ("cell_name", "function", "needs", "optional", "silenced", "verbatim")

    def __init__(self, function: Magic, kind: str) -> None:
        self.function = function
        self.verbatim = bool(getattr(function, "magic_verbatim", False))
        self.silenced = bool(getattr(function, "magic_silenced", False))
        plain = getattr(function, "__func__", function)
        code = getattr(plain, "__code__", None)
        self.cell_name: str | None = None
        self.needs: tuple[str, ...] = ()
        self.optional: frozenset[str] = frozenset()
        if code is None:  # a callable object: it gets what magics always got, the line (and the cell)
            return
        positional = list(code.co_varnames[: code.co_argcount])[1 if plain is not function else 0 :]
        keywords = list(code.co_varnames[code.co_argcount : code.co_argcount + code.co_kwonlyargcount])
        defaults = len(plain.__defaults__ or ())
        rest = positional[1:] + keywords
        if "cell" in rest:
            self.cell_name = "cell"
        elif kind == "cell" and len(positional) > 1:
            self.cell_name = positional[1]
        self.needs = tuple(name for name in rest if name != self.cell_name)
        self.optional = frozenset(positional[len(positional) - defaults :] if defaults else ()).union(
            plain.__kwdefaults__ or ()
        )


def _home(bound: _Bound | None) -> str:
    return str(getattr(bound and bound.function, "__module__", None) or "")


def _is_coroutine(result: Any) -> bool:
    code = getattr(result, "cr_code", None)
    return code is not None and bool(code.co_flags & _COROUTINE)


class Magics:
    """All magics that can be called now.

    `services` maps the names a magic may ask for to objects; it is read at each call, so what is added to it later
    (a kernel's `plotting`) is found. A missing service is passed as None. The service `host_magics` names line magics
    that are not ours: the module of each, where a function of its name is.
    """

    def __init__(self, services: Mapping[str, Any]) -> None:
        self.services = services
        self._own: dict[tuple[str, str], _Bound] = {}
        hosts: Mapping[str, str] = services.get("host_magics", {})
        self._table = {**BUILTIN, **{name: Entry(module, name, ("line",)) for name, module in hosts.items()}}

    def register(self, function: Magic, kind: str | None = None, name: str | None = None) -> None:
        """Make `function` callable as a magic. `kind` is "line", "cell" or None: what its decorator says, else line."""
        kinds = (kind,) if kind else getattr(function, "magic_kinds", ("line",))
        name = str(name or getattr(function, "__name__", ""))
        for each in kinds:
            if each not in ("line", "cell"):
                raise ValueError(f"a magic is of kind 'line' or 'cell', not {each!r}")
            self._own[each, name.lstrip("%")] = _Bound(function, each)

    def unregister(self, name: str, kind: str = "line") -> None:
        """Forget a registered magic; a built-in one of that name shows again. Unknown names are no error."""
        self._own.pop((kind, name), None)

    def has(self, name: str, kind: str = "line") -> bool:
        """Whether a magic of that name exists, without importing it."""
        return (kind, name) in self._own or (name in self._table and kind in self._table[name].kinds)

    def names(self, kind: str = "line") -> list[str]:
        """Sorted names of all magics of a kind."""
        found = {name for its_kind, name in self._own if its_kind == kind}
        found.update(name for name, entry in self._table.items() if kind in entry.kinds)
        return sorted(found)

    def theme(self, name: str, kind: str = "line") -> str:
        """What a magic belongs to: the module of a built-in one, the class of a method, or where it was made."""
        bound = self._own.get((kind, name))
        if name in self._table and (bound is None or _home(bound).startswith(f"{__package__}.")):
            return self._table[name].module.rpartition(".")[2]
        owner = getattr(bound and bound.function, "__self__", None)
        return type(owner).__name__ if owner is not None else _home(bound)

    def find(self, name: str, kind: str = "line") -> Magic | None:
        """The function behind a magic, importing it when it is built in; None when there is none."""
        bound = self._find(name, kind)
        return bound.function if bound else None

    def _find(self, name: str, kind: str) -> _Bound | None:
        bound = self._own.get((kind, name))
        if bound is None and self.has(name, kind):
            entry = self._table[name]
            home = entry.module if "." in entry.module else f"{__package__}.builtin_magics.{entry.module}"
            module = __import__(home, fromlist=[entry.function])
            bound = self._own[kind, name] = _Bound(getattr(module, entry.function), kind)
        return bound

    def run_line(self, name: str, line: str) -> Any:
        """Run `%name line`; its value. Raises UsageError when there is no such magic or the line does not suit it."""
        bound, result = self._begun_line(name, line)
        if _is_coroutine(result):
            result = self.services["runner"].await_(result)
        return None if bound.silenced and line.rstrip().endswith(";") else result

    def run_cell(self, name: str, line: str, cell: str) -> Any:
        """Run `%%name line` over the body `cell`; its value. Raises UsageError like `run_line`."""
        bound, result = self._begun_cell(name, line, cell)
        if _is_coroutine(result):
            result = self.services["runner"].await_(result)
        return None if bound.silenced and cell.rstrip().endswith(";") else result

    async def awaited_line(self, name: str, line: str) -> Any:
        """`run_line` inside an awaiting cell: a magic that awaits is awaited by that cell's own loop."""
        bound, result = self._begun_line(name, line)
        if _is_coroutine(result):
            result = await result
        return None if bound.silenced and line.rstrip().endswith(";") else result

    async def awaited_cell(self, name: str, line: str, cell: str) -> Any:
        """`run_cell` inside an awaiting cell."""
        bound, result = self._begun_cell(name, line, cell)
        if _is_coroutine(result):
            result = await result
        return None if bound.silenced and cell.rstrip().endswith(";") else result

    def _begun_line(self, name: str, line: str) -> tuple[_Bound, Any]:
        """The magic, and what it gives: a coroutine when it awaits."""
        bound = self._find(name, "line")
        if bound is None:
            also = f" (But cell magic `%%{name}` exists, did you mean that instead?)" if self.has(name, "cell") else ""
            raise UsageError(f"Line magic function `%{name}` not found{also}.")
        if not bound.verbatim:
            line = self.expand(line)
        return bound, self._call(bound, line, None)

    def _begun_cell(self, name: str, line: str, cell: str) -> tuple[_Bound, Any]:
        bound = self._find(name, "cell")
        if bound is None:
            also = ""
            if self.has(name, "line"):
                also = f" (But line magic `%{name}` exists, did you mean that instead?)"
            raise UsageError(f"Cell magic `%%{name}` not found{also}.")
        if not cell.strip() and name in self._table and "line" in self._table[name].kinds:
            raise UsageError(
                f"%%{name} is a cell magic, but the cell body is empty. Did you mean the line magic %{name} (single %)?"
            )
        if not bound.verbatim:
            line = self.expand(line)
        return bound, self._call(bound, line, cell)

    def _call(self, bound: _Bound, line: str, cell: str | None) -> Any:
        services = self.services
        needs: dict[str, Any] = {}
        for name in bound.needs:
            if name == "local_ns":
                needs[name] = self._local_names()
            elif name in services:
                needs[name] = services[name]
            elif name not in bound.optional:
                needs[name] = None
        if bound.cell_name is not None:
            needs[bound.cell_name] = cell
        elif cell is not None:
            return bound.function(line, cell, **needs)
        return bound.function(line, **needs)

    def _caller(self) -> FrameType | None:
        """The nearest frame of user code: a magic may be called from inside one of the user's functions."""
        user_ns = self.services["namespace"].user_ns
        frame: FrameType | None = sys._getframe(1)
        while frame is not None and frame.f_globals is not user_ns:
            frame = frame.f_back
        return frame

    def _local_names(self) -> dict[str, Any]:
        frame = self._caller()
        return frame.f_locals if frame is not None else self.services["namespace"].user_ns

    def expand(self, text: str) -> str:
        """`$name`, `{expression}` and `$$` replaced from the user's names; what does not evaluate stays as it is."""
        if "$" not in text and "{" not in text:
            return text
        from .expansion import expand

        return expand(text, self.services["namespace"].user_ns, self._local_names())
