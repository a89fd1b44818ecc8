"""Objects as indented text, broken over lines where they do not fit.

A printer builds a tree of texts, breaks and groups, and lays it out at the end: a group that does not fit in the
width has all its breaks turned into newlines. `_repr_pretty_(p, cycle)` of the user's classes is given the printer.
"""

from __future__ import annotations

import re
import sys
import types
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any, Union

Printer = Callable[[Any, "PrettyPrinter", bool], None]

_PLAIN = frozenset([int, str, float, bool, type(None), bytes, complex])


class _Break:
    __slots__ = ("hard", "indent", "text")

    def __init__(self, text: str, indent: int, hard: bool = False) -> None:
        self.text = text
        self.indent = indent
        self.hard = hard


class _Group:
    __slots__ = ("items", "width")

    def __init__(self) -> None:
        self.items: list[_Item] = []
        self.width = 0  # when it stands on one line

    def measure(self) -> int:
        width = 0
        for item in self.items:
            if isinstance(item, str):
                width += len(item)
            elif isinstance(item, _Break):
                width += 1 << 20 if item.hard else len(item.text)
            else:
                width += item.measure()
        self.width = width
        return width


_Item = Union[str, _Break, _Group]  # noqa: UP007


class PrettyPrinter:
    """What a `_repr_pretty_` method draws on."""

    verbose = False  # asked for by methods that can tell more

    def __init__(
        self,
        printers: Callable[[Any], Printer | None] | None = None,
        max_width: int = 79,
        max_seq_length: int = 1000,
        float_format: str = "",
    ) -> None:
        self.max_width = max_width
        self.max_seq_length = max_seq_length
        self.float_format = float_format
        self.indentation = 0
        self.stack: list[int] = []
        self._printers = printers
        self._groups = [_Group()]

    # -- drawing -----------------------------------------------------------------------------------------------

    def text(self, text: str) -> None:
        """Add text as it is."""
        self._groups[-1].items.append(text)

    def breakable(self, sep: str = " ") -> None:
        """`sep`, or a newline when the group does not fit."""
        self._groups[-1].items.append(_Break(sep, self.indentation))

    def break_(self) -> None:
        """A newline in any case."""
        self._groups[-1].items.append(_Break("", self.indentation, hard=True))

    def begin_group(self, indent: int = 0, open: str = "") -> None:
        if open:
            self.text(open)
        group = _Group()
        self._groups[-1].items.append(group)
        self._groups.append(group)
        self.indentation += indent

    def end_group(self, dedent: int = 0, close: str = "") -> None:
        self.indentation -= dedent
        self._groups.pop()
        if close:
            self.text(close)

    @contextmanager
    def group(self, indent: int = 0, open: str = "", close: str = "") -> Iterator[None]:
        """What is drawn inside breaks together, indented by `indent`."""
        self.begin_group(indent, open)
        try:
            yield
        finally:
            self.end_group(indent, close)

    @contextmanager
    def indent(self, indent: int) -> Iterator[None]:
        self.indentation += indent
        try:
            yield
        finally:
            self.indentation -= indent

    def pretty(self, obj: Any) -> None:
        """Draw an object with the printer of its type, its `_repr_pretty_`, or its `repr`."""
        key = id(obj)
        cycle = key in self.stack
        self.stack.append(key)
        try:
            self._draw(obj, cycle)
        finally:
            self.stack.pop()

    def _draw(self, obj: Any, cycle: bool) -> None:
        type_ = type(obj)
        printer = self._printers(obj) if self._printers is not None else None
        if printer is not None:
            printer(obj, self, cycle)
            return
        own = _BY_TYPE.get(type_)
        if own is not None:
            own(obj, self, cycle)
            return
        for class_ in type_.__mro__:
            if class_ in _BY_TYPE and class_ is not object:
                _BY_TYPE[class_](obj, self, cycle)
                return
            names = vars(class_)
            if names.get("_repr_pretty_") is not None:
                obj._repr_pretty_(self, cycle)
                return
            if class_ is not object and names.get("__repr__") is not None:
                self._repr(obj)
                return
        _by_default(obj, self, cycle)

    def _repr(self, obj: Any) -> None:
        lines = repr(obj).splitlines()
        with self.group():
            for number, line in enumerate(lines):
                if number:
                    self.break_()
                self.text(line)

    # -- layout ------------------------------------------------------------------------------------------------

    def result(self) -> str:
        """The text of all that was drawn."""
        root = self._groups[0]
        root.measure()
        out: list[str] = []
        self._lay(root, 0, 0, out)
        return "".join(out)

    def _lay(self, group: _Group, column: int, after: int, out: list[str]) -> int:
        if column + group.width + after <= self.max_width:
            return self._flat(group, column, out)
        items = group.items
        rest = after
        tails = [0] * len(items)  # the width that follows an item before the next break
        for number in range(len(items) - 1, -1, -1):
            tails[number] = rest
            item = items[number]
            rest = rest + len(item) if isinstance(item, str) else 0 if isinstance(item, _Break) else rest + item.width
        for number, item in enumerate(items):
            if isinstance(item, str):
                out.append(item)
                column += len(item)
            elif isinstance(item, _Break):
                out.append("\n" + " " * item.indent)
                column = item.indent
            else:
                column = self._lay(item, column, tails[number], out)
        return column

    def _flat(self, group: _Group, column: int, out: list[str]) -> int:
        for item in group.items:
            if isinstance(item, _Group):
                column = self._flat(item, column, out)
            else:
                text = item if isinstance(item, str) else item.text
                out.append(text)
                column += len(text)
        return column


# -- printers of the built-in types -----------------------------------------------------------------------------------


def _by_default(obj: Any, p: PrettyPrinter, cycle: bool) -> None:
    """An object without a `__repr__` of its own."""
    class_ = type(obj)
    p.text(f"<{_class_name(class_)} at 0x{id(obj):x}>")


def _class_name(class_: type) -> str:
    module = getattr(class_, "__module__", None)
    try:
        name = class_.__qualname__
        if not isinstance(name, str):
            raise TypeError
    except Exception:
        name = class_.__name__
    return name if module in (None, "builtins", "__builtin__", "exceptions") else f"{module}.{name}"


def _sequence(start: str, end: str, own_repr: Any) -> Printer:
    def draw(obj: Any, p: PrettyPrinter, cycle: bool) -> None:
        if type(obj).__repr__ is not own_repr:
            p._repr(obj)
            return
        if cycle:
            p.text(start + "..." + end)
            return
        p.begin_group(len(start), start)
        _items(obj, p)
        if len(obj) == 1 and start == "(":
            p.text(",")
        p.end_group(len(start), end)

    return draw


def _items(items: Any, p: PrettyPrinter) -> None:
    for number, item in enumerate(items):
        if p.max_seq_length and number >= p.max_seq_length:
            p.text(",")
            p.breakable()
            p.text("...")
            return
        if number:
            p.text(",")
            p.breakable()
        p.pretty(item)


def _set(start: str, end: str, own_repr: Any) -> Printer:
    def draw(obj: Any, p: PrettyPrinter, cycle: bool) -> None:
        if type(obj).__repr__ is not own_repr:
            p._repr(obj)
            return
        if cycle:
            p.text(start + "..." + end)
        elif not obj:
            p.text(type(obj).__name__ + "()")
        else:
            items = obj
            if not (p.max_seq_length and len(obj) >= p.max_seq_length):
                try:
                    items = sorted(obj)
                except Exception:
                    items = obj
            p.begin_group(len(start), start)
            _items(items, p)
            p.end_group(len(start), end)

    return draw


def _mapping(start: str, end: str, own_repr: Any) -> Printer:
    def draw(obj: Mapping[Any, Any], p: PrettyPrinter, cycle: bool) -> None:
        if own_repr is not None and type(obj).__repr__ is not own_repr:
            p._repr(obj)
            return
        if cycle:
            p.text("{...}")
            return
        p.begin_group(len(start), start)
        for number, (key, value) in enumerate(obj.items()):
            if p.max_seq_length and number >= p.max_seq_length:
                p.text(",")
                p.breakable()
                p.text("...")
                break
            if number:
                p.text(",")
                p.breakable()
            p.pretty(key)
            p.text(": ")
            p.pretty(value)
        p.end_group(len(start), end)

    return draw


def _float(obj: float, p: PrettyPrinter, cycle: bool) -> None:
    if p.float_format and type(obj).__repr__ is float.__repr__:
        p.text(p.float_format % obj)
    else:
        p._repr(obj)


def _class(obj: type, p: PrettyPrinter, cycle: bool) -> None:
    if type(obj).__repr__ is not type.__repr__:
        p._repr(obj)
    else:
        p.text(_class_name(obj))


def _function(obj: Any, p: PrettyPrinter, cycle: bool) -> None:
    import inspect  # only to show a function, and there it is the signature that matters

    name = getattr(obj, "__qualname__", obj.__name__)
    module = obj.__module__
    if module and module not in ("__builtin__", "builtins", "exceptions"):
        name = f"{module}.{name}"
    with suppress(ValueError):
        name += str(inspect.signature(obj))
    p.text(f"<function {name}>")


def _exception(obj: BaseException, p: PrettyPrinter, cycle: bool) -> None:
    class_ = type(obj)
    if class_.__repr__ is not BaseException.__repr__:
        p._repr(obj)
        return
    name = class_.__qualname__
    if class_.__module__ not in ("exceptions", "builtins"):
        name = f"{class_.__module__}.{name}"
    step = len(name) + 1
    p.begin_group(step, name + "(")
    for number, argument in enumerate(getattr(obj, "args", ())):
        if number:
            p.text(",")
            p.breakable()
        p.pretty(argument)
    p.end_group(step, ")")


def _pattern(obj: re.Pattern[Any], p: PrettyPrinter, cycle: bool) -> None:
    """A pattern as one would write it: its text raw, its flags by name."""
    text = repr(obj.pattern)
    raw = "rb" + text[1:] if isinstance(obj.pattern, bytes) else "r" + text
    p.begin_group(11, "re.compile(")
    p.text(raw.replace("\\\\", "\\"))
    flags = [flag.name for flag in sorted(re.RegexFlag) if obj.flags & flag and flag.name]
    for number, name in enumerate(flags):
        if number:
            p.text("|")
        else:
            p.text(",")
            p.breakable()
        p.text(f"re.{name}")
    p.end_group(11, ")")


def _namespace(obj: Any, p: PrettyPrinter, cycle: bool) -> None:
    p.begin_group(10, "namespace(")
    if cycle:
        p.text("...")
    else:
        for number, (name, value) in enumerate(vars(obj).items()):
            if number:
                p.text(",")
                p.breakable()
            p.text(name + "=")
            p.pretty(value)
    p.end_group(10, ")")


_BY_TYPE: dict[type, Printer] = {
    list: _sequence("[", "]", list.__repr__),
    tuple: _sequence("(", ")", tuple.__repr__),
    dict: _mapping("{", "}", dict.__repr__),
    set: _set("{", "}", set.__repr__),
    frozenset: _set("frozenset({", "})", frozenset.__repr__),
    float: _float,
    type: _class,
    types.FunctionType: _function,
    types.BuiltinFunctionType: _function,
    types.SimpleNamespace: _namespace,
    re.Pattern: _pattern,
    types.MappingProxyType: _mapping("mappingproxy({", "})", None),
    BaseException: _exception,
}


def _collections() -> None:
    """Printers of the types in `collections`, which is here already."""
    import collections

    def called(own_repr: Any, argument: Callable[[Any, PrettyPrinter], None], name: str = "") -> Printer:
        def draw(obj: Any, p: PrettyPrinter, cycle: bool) -> None:
            if type(obj).__repr__ is not own_repr:
                p._repr(obj)
                return
            start = (name or type(obj).__name__) + "("
            p.begin_group(len(start), start)
            if cycle:
                p.text("...")
            else:
                argument(obj, p)
            p.end_group(len(start), ")")

        return draw

    def default(obj: Any, p: PrettyPrinter) -> None:
        p.pretty(obj.default_factory)
        p.text(",")
        p.breakable()
        p.pretty(dict(obj))

    def ordered(obj: Any, p: PrettyPrinter) -> None:
        if obj:
            p.pretty(dict(obj) if sys.version_info >= (3, 12) else list(obj.items()))

    def counted(obj: Any, p: PrettyPrinter) -> None:
        if obj:
            p.pretty(dict(obj.most_common()))

    def queued(obj: Any, p: PrettyPrinter) -> None:
        p.pretty(list(obj))
        if obj.maxlen is not None:
            p.text(",")
            p.breakable()
            p.text(f"maxlen={obj.maxlen}")

    _BY_TYPE[collections.defaultdict] = called(collections.defaultdict.__repr__, default)
    _BY_TYPE[collections.OrderedDict] = called(collections.OrderedDict.__repr__, ordered)
    _BY_TYPE[collections.Counter] = called(collections.Counter.__repr__, counted)

    def listed(obj: Any, p: PrettyPrinter) -> None:
        p.pretty(obj.data)

    _BY_TYPE[collections.UserList] = called(collections.UserList.__repr__, listed)
    _BY_TYPE[collections.deque] = called(collections.deque.__repr__, queued)


_collections()


class RawText:
    """Text that `p.pretty` draws as it is."""

    def __init__(self, value: str) -> None:
        self.value = value

    def _repr_pretty_(self, p: PrettyPrinter, cycle: bool) -> None:
        p.text(self.value)


class CallExpression:
    """What `p.pretty` draws as a call, broken between the arguments: for `_repr_pretty_` of classes made by one."""

    def __init__(__self, __name: str, *args: Any, **kwargs: Any) -> None:  # noqa: N805  # any keyword may be an argument
        __self.name, __self.args, __self.kwargs = __name, args, kwargs

    @classmethod
    def factory(cls, name: str) -> Callable[..., CallExpression]:
        """A function that makes expressions of calls of `name`."""
        return lambda *args, **kwargs: cls(name, *args, **kwargs)

    def _repr_pretty_(self, p: PrettyPrinter, cycle: bool) -> None:
        start = self.name + "("
        with p.group(len(start), start, ")"):
            drawn = [("", value) for value in self.args] + [(f"{name}=", value) for name, value in self.kwargs.items()]
            for number, (label, value) in enumerate(drawn):
                if number:
                    p.text(",")
                    p.breakable()
                with p.group(len(label), label):
                    p.pretty(value)


def pretty(
    obj: Any,
    printers: Callable[[Any], Printer | None] | None = None,
    max_width: int = 79,
    max_seq_length: int = 1000,
    float_format: str = "",
) -> str:
    """The text of an object. Raises what the object's own `__repr__` or `_repr_pretty_` raises."""
    printer = PrettyPrinter(printers, max_width, max_seq_length, float_format)
    printer.pretty(obj)
    return printer.result()
