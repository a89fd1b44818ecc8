"""What is defined in cells, on its way to another process: by value, with the names it uses.

A process that was started afresh has no cells, and its `__main__` re-runs none. So a function or class of the user's
travels as a shipment: the object, and each name of `__main__` that it reads, as bytes with their digest. The receiver
binds a name when its digest is new: once for each value it has in the kernel, so what a worker keeps in a global stays
until the kernel's changes. The process the names came from never lets a shipment change its own.
"""

from __future__ import annotations

import dis
import functools
import hashlib
import importlib
import io
import sys
import threading
from collections import ChainMap
from collections.abc import Callable, Iterator
from multiprocessing.reduction import ForkingPickler
from types import CellType, CodeType, FunctionType, ModuleType
from typing import Any, NamedTuple
from weakref import WeakSet

import cloudpickle

from antiphon_python_kernel.child_processes import CACHED, install, is_of_main, is_origin, named

_OURS = frozenset({"get_ipython", "exit", "quit", "In", "Out", "_ih", "_oh", "_dh", "_i", "_ii", "_iii"})
_TEXT_LIMIT = 100_000  # characters of a cell that travel with its functions, for tracebacks
_MISSING = object()
_here = threading.local()  # .arriving: the shipments that are being unpacked, innermost last


class Parcel(NamedTuple):
    """The value of one name, pickled. `identity` is its `id()` there: a forked process has the same object."""

    digest: bytes
    identity: int
    definition: bool  # a function or class, not data
    data: bytes
    unsendable: str  # why there is no data


class Shipment(NamedTuple):
    """An object, the names it needs, and the submodules that their code reaches through packages."""

    data: bytes
    parcels: dict[str, Parcel]
    modules: tuple[str, ...]


_applied: dict[str, bytes] = {}  # digests of the names that came from elsewhere
_sent: WeakSet[type] = WeakSet()


# -- packing -----------------------------------------------------------------------------------------------------------


def packed(obj: Any) -> Shipment:
    """The shipment of an object of a cell. Raises what pickling the object itself raises; of the names it uses, one
    that cannot be sent is told of when it is used."""
    names = vars(sys.modules["__main__"])
    packer = _Packer(names)
    data = packer.pickled(obj)
    parcels: dict[str, Parcel] = {}
    while packer.needed:
        name = packer.needed.pop()
        if name not in parcels and name not in _OURS and name in names:
            parcels[name] = packer.parcel(names[name])
    return Shipment(data, parcels, tuple(sorted(packer.modules)))


class _Packer:
    """Collects, while it pickles, the names that are needed besides."""

    def __init__(self, names: dict[str, Any]) -> None:
        self.names = names
        self.needed: set[str] = set()
        self.modules: set[str] = set()

    def pickled(self, obj: Any, whole: bool = False) -> bytes:
        """`whole`: the object itself, although it has a name that would do."""
        buffer = io.BytesIO()
        _Pickler(buffer, self, obj if whole else _MISSING).dump(obj)
        return buffer.getvalue()

    def parcel(self, value: Any) -> Parcel:
        definition = is_of_main(value)
        try:
            data, why = self.pickled(value, whole=True), ""
        except Exception as error:
            data, why = b"", f"{type(error).__name__}: {error}"
        digest = hashlib.blake2b(data or why.encode(errors="replace"), digest_size=16).digest()
        return Parcel(digest, id(value), definition, data, why)


class _Pickler(cloudpickle.Pickler):  # type: ignore[misc]
    """cloudpickle, but functions keep `__main__` as their globals, and what has a name there goes by its name."""

    def __init__(self, file: io.BytesIO, packer: _Packer, whole: Any) -> None:
        self._packer = packer
        self._whole = whole
        # connections, sockets and shared arrays as multiprocessing sends them; the pickler looks once, while it is made
        own: Any = ForkingPickler._extra_reducers  # type: ignore[attr-defined]
        usual: Any = cloudpickle.Pickler.dispatch_table
        self.dispatch_table = ChainMap(own, usual)
        super().__init__(file)

    def reducer_override(self, obj: Any) -> Any:
        if isinstance(obj, CellType):
            return _reduced_cell(obj)
        if not is_of_main(obj):
            return super().reducer_override(obj)
        path = obj.__qualname__
        root = path.partition(".")[0]
        if named(path) is obj and self._packer.names.get(root) is not self._whole:
            self._packer.needed.add(root)
            return _named, (path,)
        if isinstance(obj, CACHED):
            about = obj.cache_parameters()
            return _cached, (obj.__wrapped__, about["maxsize"], about["typed"])
        if isinstance(obj, type):
            return self._reduced_class(obj)
        return self._reduced_function(obj)

    def _reduced_class(self, cls: type) -> Any:
        reduced = super().reducer_override(cls)
        _sent.add(cls)
        if not isinstance(reduced, tuple) or len(reduced) != 6:
            return reduced
        make, arguments, state, _, _, fill = reduced
        name = cls.__qualname__ if cls is self._whole else ""
        return _new_class, (name, make, arguments), (fill, state), None, None, _fill_class

    def _reduced_function(self, function: FunctionType) -> Any:
        scope = function.__globals__
        home = "__main__" if scope is self._packer.names else scope.get("__name__")
        if home != "__main__" and vars(sys.modules.get(str(home), _Nothing)) is not scope:
            return super().reducer_override(function)  # of a program that was run, or of an exec
        if home == "__main__":
            self._packer.needed.update(_names_read(function.__code__))
            self._note_modules(function.__code__)
        name = function.__qualname__ if function is self._whole else ""
        state = {
            "__defaults__": function.__defaults__,
            "__kwdefaults__": function.__kwdefaults__,
            "__qualname__": function.__qualname__,
            "__module__": function.__module__,
            "__doc__": function.__doc__,
            "__annotations__": function.__annotations__,
        }
        if hasattr(function, "__type_params__"):
            state["__type_params__"] = function.__type_params__
        arguments = (name, home, function.__code__, function.__name__, function.__closure__, _text(function.__code__))
        return _new_function, arguments, (state, function.__dict__), None, None, _fill_function

    def _note_modules(self, code: CodeType) -> None:
        """`concurrent.futures` in a function reads `concurrent` only, and needs the submodule."""
        for each in _with_nested(code):
            reached = [
                value.__name__
                for name in each.co_names
                if isinstance(value := self._packer.names.get(name), ModuleType) and hasattr(value, "__path__")
            ]
            while reached:
                package = reached.pop()
                inside = [full for name in each.co_names if (full := f"{package}.{name}") in sys.modules]
                self._packer.modules.update(inside)
                reached += inside


class _Nothing:
    """A module that is not there."""


def _with_nested(code: CodeType) -> Iterator[CodeType]:
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _with_nested(constant)


@functools.lru_cache(512)
def _names_read(code: CodeType) -> frozenset[str]:
    """The global names that a code object, or one inside it, reads or sets."""
    return frozenset(
        step.argval
        for each in _with_nested(code)
        for step in dis.get_instructions(each)
        if step.opname in ("LOAD_GLOBAL", "LOAD_NAME", "STORE_GLOBAL", "LOAD_FROM_DICT_OR_GLOBALS")
        and not (step.argval.startswith("__") and step.argval.endswith("__"))
    )


def _text(code: CodeType) -> tuple[str, list[str]] | None:
    """File name and lines of the cell, for the worker's tracebacks."""
    linecache = sys.modules.get("linecache")
    entry = None if linecache is None else linecache.cache.get(code.co_filename)
    if entry is None or len(entry) != 4 or entry[1] is not None or entry[0] > _TEXT_LIMIT:
        return None
    return code.co_filename, entry[2]


def _reduced_cell(cell: CellType) -> Any:
    try:
        return _new_cell, (id(cell),), (cell.cell_contents,), None, None, _fill_cell
    except ValueError:  # empty
        return _new_cell, (id(cell),)


# -- unpacking ---------------------------------------------------------------------------------------------------------


def received(shipment: Shipment) -> Any:
    """Unpack an object, and bind the names it needs."""
    main = sys.modules["__main__"]
    arrival = _Arrival(shipment, vars(main))
    stack: list[_Arrival] = _here.__dict__.setdefault("arriving", [])
    stack.append(arrival)
    try:
        if not is_origin():
            install()
            for module in shipment.modules:
                importlib.import_module(module)
            arrival.bind_all()
        return cloudpickle.loads(shipment.data)
    finally:
        stack.pop()


class _Arrival:
    """One shipment while it is being unpacked: its names are bound in the order in which they ask for each other."""

    def __init__(self, shipment: Shipment, names: dict[str, Any]) -> None:
        self.cells: dict[int, CellType] = {}
        self._pending = dict(shipment.parcels)
        self._names = names

    def bind_all(self) -> None:
        while self._pending:
            self._bind(next(iter(self._pending)))

    def named(self, name: str) -> Any:
        """The value of a name of `__main__`."""
        if not is_origin() and name in self._pending:
            self._bind(name)
        if name not in self._names and name in self._pending:  # the kernel's own, deleted meanwhile
            return cloudpickle.loads(self._pending.pop(name).data)
        return self._names[name]

    def _bind(self, name: str) -> None:
        parcel = self._pending.pop(name)
        if self._is_wanted(name, parcel):
            value = Unsendable(name, parcel.unsendable) if parcel.unsendable else cloudpickle.loads(parcel.data)
            self._names[name] = value
        _applied[name] = parcel.digest

    def _is_wanted(self, name: str, parcel: Parcel) -> bool:
        if parcel.unsendable and name in self._names:
            return False  # it came when the process was started, as locks do
        if name in _applied:
            return _applied[name] != parcel.digest
        own = self._names.get(name, _MISSING)
        if own is _MISSING:
            return True
        # It has the name already: inherited by a fork, or made here. Definitions follow the kernel's, data stays.
        return parcel.definition and id(own) != parcel.identity


class Unsendable:
    """Stands for a global that could not be sent to this process; whoever uses it is told why."""

    def __init__(self, name: str, why: str) -> None:
        self.__dict__["_told"] = f"the global name {name!r} could not be sent to this process: {why}"

    def __repr__(self) -> str:
        return f"<{self.__dict__['_told']}>"

    def _tell(self, *_: Any, **__: Any) -> Any:
        raise RuntimeError(self.__dict__["_told"])

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") and name.endswith("__"):
            raise AttributeError(name)
        return self._tell()

    __call__ = __getitem__ = __setitem__ = __iter__ = __len__ = __enter__ = __exit__ = __contains__ = _tell
    __bool__ = __add__ = __radd__ = __mul__ = __rmul__ = __sub__ = __rsub__ = __lt__ = __gt__ = __setattr__ = _tell


def _named(path: str) -> Any:
    root, *rest = path.split(".")
    arriving: list[_Arrival] = _here.arriving
    return functools.reduce(getattr, rest, arriving[-1].named(root))


def _bound(name: str, value: Any) -> Any:
    """Bind a definition before it is filled, so that what it refers to may refer to it."""
    if name and not is_origin():
        vars(sys.modules["__main__"])[name] = value
    return value


def _cached(function: Callable[..., Any], maxsize: int | None, typed: bool) -> Any:
    return functools.lru_cache(maxsize, typed)(function)


def _new_class(name: str, make: Callable[..., type], arguments: tuple[Any, ...]) -> type:
    return _bound(name, make(*arguments))  # type: ignore[no-any-return]


def _fill_class(cls: type, filling: tuple[Callable[[type, Any], None], Any]) -> None:
    if is_origin() and cls in _sent:
        return  # it comes back, and is what it was
    fill, state = filling
    fill(cls, state)


def _new_function(
    name: str,
    home: str,
    code: CodeType,
    own_name: str,
    closure: tuple[CellType, ...] | None,
    text: tuple[str, list[str]] | None,
) -> FunctionType:
    module = sys.modules["__main__"] if home == "__main__" else importlib.import_module(home)
    if text is not None and not is_origin():
        import linecache

        filename, lines = text
        linecache.cache[filename] = (sum(map(len, lines)), None, lines, filename)
    return _bound(name, FunctionType(code, vars(module), own_name, None, closure))  # type: ignore[no-any-return]


def _fill_function(function: FunctionType, filling: tuple[dict[str, Any], dict[str, Any]]) -> None:
    state, attributes = filling
    for name, value in state.items():
        setattr(function, name, value)
    function.__dict__.update(attributes)


def _new_cell(identity: int) -> CellType:
    """The cell that two functions of one shipment shared is one here, too."""
    arrival: _Arrival = _here.arriving[-1]
    return arrival.cells.setdefault(identity, CellType())


def _fill_cell(cell: CellType, contents: tuple[Any]) -> None:
    (cell.cell_contents,) = contents
