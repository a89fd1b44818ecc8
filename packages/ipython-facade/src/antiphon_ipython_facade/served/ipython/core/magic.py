"""Magics of libraries: the class they derive from, the decorators that mark them, and their registry."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from IPython.core.getipython import get_ipython
from IPython.utils.ipstruct import Struct
from traitlets import Bool
from traitlets.config.configurable import Configurable
from traitlets.utils.bunch import Bunch

from antiphon_exec_core.errors import UsageError
from antiphon_exec_core.magic_options import read_options_anywhere

__all__ = [
    "Bunch",
    "MagicAlias",
    "Magics",
    "MagicsManager",
    "cell_magic",
    "compress_dhist",
    "line_cell_magic",
    "line_magic",
    "magic_escapes",
    "magic_kinds",
    "magic_spec",
    "magics_class",
    "needs_local_scope",
    "no_var_expand",
    "on_off",
    "output_can_be_silenced",
    "record_magic",
    "register_cell_magic",
    "register_line_cell_magic",
    "register_line_magic",
]

MAGIC_NO_VAR_EXPAND_ATTR = "_ipython_magic_no_var_expand"
MAGIC_OUTPUT_CAN_BE_SILENCED = "_ipython_magic_output_can_be_silenced"
ESC_MAGIC, ESC_MAGIC2 = "%", "%%"

magic_kinds = ("line", "cell")
magic_spec = ("line", "cell", "line_cell")
magic_escapes = {"line": ESC_MAGIC, "cell": ESC_MAGIC2}

_MARKED = "_antiphon_magic"


def _kinds(kind: str) -> tuple[str, ...]:
    if kind not in magic_spec:
        raise ValueError(f"magic_kind must be one of {magic_spec}, {kind!r} given")
    return magic_kinds if kind == "line_cell" else (kind,)


def record_magic(dct: dict[str, dict[str, Any]], magic_kind: str, magic_name: str, func: Any) -> None:
    """Note a magic under its kinds."""
    for kind in _kinds(magic_kind):
        dct[kind][magic_name] = func


def _marker(kind: str) -> Callable[..., Any]:
    """`@line_magic`, `@line_magic("name")`: marks a method; `magics_class` collects the marks."""

    def mark(arg: Any) -> Any:
        if callable(arg):
            setattr(arg, _MARKED, [*getattr(arg, _MARKED, ()), (kind, arg.__name__)])
            return arg
        if not isinstance(arg, str):
            raise TypeError("Decorator can only be called with string or function")

        def named(function: Any) -> Any:
            setattr(function, _MARKED, [*getattr(function, _MARKED, ()), (kind, arg)])
            return function

        return named

    return mark


def _registrar(kind: str) -> Callable[..., Any]:
    """`@register_line_magic`: makes a function a magic at once."""

    def register(function: Any, name: str) -> Any:
        shell = get_ipython()
        if shell is None:
            raise NameError("there is no interactive shell here that a magic could be registered with")
        shell.register_magic_function(function, kind, name)
        return function

    def decorate(arg: Any) -> Any:
        if callable(arg):
            return register(arg, arg.__name__)
        if not isinstance(arg, str):
            raise TypeError("Decorator can only be called with string or function")
        return lambda function: register(function, arg)

    return decorate


line_magic, cell_magic, line_cell_magic = _marker("line"), _marker("cell"), _marker("line_cell")
register_line_magic = _registrar("line")
register_cell_magic = _registrar("cell")
register_line_cell_magic = _registrar("line_cell")


def magics_class(cls: type) -> type:
    """Collect what the methods of a class were marked as."""
    found: dict[str, dict[str, Any]] = {"line": {}, "cell": {}}
    for name, value in vars(cls).items():
        for kind, magic_name in getattr(value, _MARKED, ()):
            record_magic(found, kind, magic_name, name)
    cls.registered = True  # type: ignore[attr-defined]
    cls.magics = found  # type: ignore[attr-defined]
    return cls


def needs_local_scope(func: Any) -> Any:
    """The magic is given the names where it is called, as `local_ns`."""
    func.needs_local_scope = True
    return func


def no_var_expand(func: Any) -> Any:
    """`$name` and `{expr}` in its line are left alone."""
    setattr(func, MAGIC_NO_VAR_EXPAND_ATTR, True)
    func.magic_verbatim = True
    return func


def output_can_be_silenced(func: Any) -> Any:
    """A `;` at the end throws its value away."""
    setattr(func, MAGIC_OUTPUT_CAN_BE_SILENCED, True)
    func.magic_silenced = True
    return func


def on_off(tag: Any) -> str:
    return "ON" if tag else "OFF"


def compress_dhist(dh: list[str]) -> list[str]:
    """The directories visited, each once, but for the last ten."""
    head, tail = dh[:-10], dh[-10:]
    return [*dict.fromkeys(head), *tail]


class Magics(Configurable):
    """Magics of a library. Instances are registered with the shell; `shell` is the one they belong to."""

    options_table: Any = None
    magics: Any = None
    registered = False

    def __init__(self, shell: Any = None, **options: Any) -> None:
        if not type(self).registered:
            raise ValueError(f"Magics subclass without registration: did you forget @magics_class on {type(self)}?")
        if shell is None:
            shell = get_ipython()
        if shell is not None:
            options.setdefault("parent", shell if isinstance(shell, Configurable) else None)
        super().__init__(**options)
        self.shell = shell
        self.options_table = {}
        found: dict[str, dict[str, Any]] = {"line": {}, "cell": {}}
        for kind, names in type(self).magics.items():
            for magic_name, method in names.items():
                found[kind][magic_name] = getattr(self, method) if isinstance(method, str) else method
        self.magics = found

    def arg_err(self, func: Any) -> None:
        print("Error in arguments:", func.__doc__ or "")

    def format_latex(self, strng: str) -> str:
        import re

        return re.sub(r"([\\%_$#&{}])", r"\\\1", strng)

    def parse_options(self, arg_str: str, opt_str: str, *long_opts: str, **kw: Any) -> tuple[Struct, Any]:
        """`(options, rest)`: options as attributes (None where they are not given), the rest as text or `list_all`."""
        mode = kw.get("mode", "string")
        if mode not in ("string", "list"):
            raise ValueError(f"incorrect mode given: {mode}")
        found, words = read_options_anywhere(arg_str, opt_str.replace("::", ":"), tuple(long_opts))
        repeated = kw.get("list_all", 0)
        options = {name: [value] if repeated else value for name, value in found.items()}
        if mode == "list":
            return Struct(options), words
        import shlex

        rest = " ".join(shlex.quote(word) if kw.get("preserve_non_opts") else word for word in words)
        return Struct(options), rest

    def default_option(self, fn: str, optstr: str) -> None:
        self.options_table[fn] = optstr


class MagicAlias:
    """A magic under another name, with parameters put before what is typed."""

    def __init__(self, shell: Any, magic_name: str, magic_kind: str, magic_params: str | None = None) -> None:
        self.shell, self.magic_name, self.magic_kind, self.magic_params = shell, magic_name, magic_kind, magic_params
        self.pretty_target = f"{magic_escapes[magic_kind]}{magic_name}"
        self.__doc__ = f"Alias for `{self.pretty_target}`."
        self._in_call = False

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        function = self.shell.find_magic(self.magic_name, self.magic_kind)
        if function is None:
            raise UsageError(f"Magic `{self.pretty_target}` not found.")
        if self._in_call:
            raise UsageError("Infinite recursion detected; magic aliases cannot call themselves.")
        self._in_call = True
        try:
            if self.magic_params:
                args = (f"{self.magic_params} {args[0]}", *args[1:])
            run = self.shell.run_cell_magic if self.magic_kind == "cell" else self.shell.run_line_magic
            return run(self.magic_name, *args)
        finally:
            self._in_call = False


class MagicsManager(Configurable):
    """`ip.magics_manager`: the registry, over the session's own."""

    auto_magic = Bool(True).tag(config=True)

    def __init__(self, shell: Any = None, **_: Any) -> None:
        super().__init__()
        self.shell = shell if shell is not None else get_ipython()
        self.registry: dict[str, Any] = {}
        self.user_magics = None

    @property
    def magics(self) -> dict[str, dict[str, Any]]:
        """All magics by kind and name; those that are built in are imported when they are looked at."""
        registry = self.shell._services["magics"]
        return {kind: _Lazy(partial(registry.find, kind=kind), registry.names(kind)) for kind in magic_kinds}

    def lsmagic(self) -> dict[str, dict[str, Any]]:
        return self.magics

    def lsmagic_docs(self, brief: bool = False, missing: str = "") -> dict[str, dict[str, str]]:
        docs: dict[str, dict[str, str]] = {}
        for kind, found in self.magics.items():
            docs[kind] = {}
            for name in found:
                text = getattr(found[name], "__doc__", None) or missing
                docs[kind][name] = text.split("\n", 1)[0] if brief else text.rstrip()
        return docs

    def register(self, *magic_objects: Any) -> None:
        """Register classes or instances of `Magics`."""
        for each in magic_objects:
            if not getattr(each, "registered", False):
                raise ValueError("Class of magics must have been decorated with @magics_class before being registered")
            instance = each(shell=self.shell) if isinstance(each, type) else each
            self.registry[type(instance).__name__] = instance
            for kind, found in instance.magics.items():
                for name, function in found.items():
                    self.shell._services["magics"].register(function, kind, name)

    def register_function(
        self, func: Callable[..., Any], magic_kind: str = "line", magic_name: str | None = None
    ) -> None:
        for kind in _kinds(magic_kind):
            self.shell._services["magics"].register(func, kind, magic_name)

    def register_alias(
        self, alias_name: str, magic_name: str, magic_kind: str = "line", magic_params: str | None = None
    ) -> None:
        alias = MagicAlias(self.shell, magic_name, magic_kind, magic_params)
        self.shell._services["magics"].register(alias, magic_kind, alias_name)

    def auto_status(self) -> str:
        return "Automagic is ON, % prefix IS NOT needed for line magics."


class _Lazy(dict[str, Any]):
    """A dictionary whose values are looked up when they are asked for."""

    def __init__(self, find: Callable[[str], Any], names: list[str]) -> None:
        super().__init__(dict.fromkeys(names))
        self._find = find

    def __getitem__(self, name: str) -> Any:
        if name not in self:
            raise KeyError(name)
        return self._find(name)

    def get(self, name: str, default: Any = None) -> Any:
        return self[name] if name in self else default  # noqa: SIM401  # dict.get would not look it up

    def items(self) -> Any:
        return [(name, self[name]) for name in self]

    def values(self) -> Any:
        return [self[name] for name in self]
