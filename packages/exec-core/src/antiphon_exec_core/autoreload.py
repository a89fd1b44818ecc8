"""`%load_ext autoreload`: modules whose files change are executed anew before the next cell, in place.

Functions and classes keep their identity: their code and attributes are exchanged, so what was imported by name, what
subclasses them and what is an instance of them follows. What cannot be exchanged (an enum, other slots) is replaced
wherever a module or the user has it by name. A module that cannot be executed stays as it was, and is told in a line.
"""

from __future__ import annotations

import enum
import importlib
import os
import sys
import sysconfig
from collections.abc import Callable, Iterator, Mapping
from types import CellType, FunctionType, MemberDescriptorType, ModuleType
from typing import Any

from .errors import UsageError
from .magic_options import read_options_anywhere

MODES = {"0": 0, "off": 0, "1": 1, "explicit": 1, "2": 2, "all": 2, "3": 3, "complete": 3}
_NAMES = {0: "off", 1: "explicit", 2: "all", 3: "complete"}
_NOT_COPIED = frozenset({"__dict__", "__weakref__", "__slots__", "__static_attributes__", "__firstlineno__"})


def load_extension(magics: Any, hooks: Any, namespace: Any) -> None:
    """Set the magics and the hook."""
    reloader = Reloader(namespace)
    magics.register(reloader.autoreload, "line", "autoreload")
    magics.register(reloader.aimport, "line", "aimport")
    hooks.register("pre_run_cell", reloader.before_cell)
    hooks.register("post_run_cell", reloader.after_cell)


def unload_extension(magics: Any, hooks: Any) -> None:
    """Take them away; modules stay as they are."""
    magics.unregister("autoreload")
    magics.unregister("aimport")
    for moment in ("pre_run_cell", "post_run_cell"):
        for hook in list(hooks.of(moment)):
            if isinstance(getattr(hook, "__self__", None), Reloader):
                hooks.unregister(moment, hook)


class Reloader:
    """`mode` 0 reloads nothing, 1 what `%aimport` names, 2 all but what it excludes, 3 also brings new names."""

    def __init__(self, namespace: Any, say: Callable[[str], Any] | None = None) -> None:
        self.mode = 0
        self.wanted: dict[str, None] = {}
        self.excluded: dict[str, None] = {}
        self._namespace = namespace
        self._say = say or (lambda line: print(line, file=sys.stderr))
        self._report: Callable[[str], Any] | None = None
        self._hide_errors = False
        self._seen: dict[str, float] = {}
        self._library = _library_folders()

    # -- magics ----------------------------------------------------------------------------------------------------

    def autoreload(self, line: str) -> None:
        """`%autoreload [now|off|explicit|all|complete] [-p] [-l] [--hide-errors]`: which modules are reloaded when.

        Without a word (or `now`) reload what has changed, at once. 0 or off: never; 1 or explicit: what `%aimport`
        names; 2 or all: all that it does not exclude; 3 or complete: new names of a module are brought too.
        -p prints what is reloaded, -l logs it.
        """
        options, words = read_options_anywhere(line, "pl", ("print", "log", "hide-errors", "full"))
        word = words[0].lower().rstrip("-") if words else "now"
        if word != "now" and word not in MODES:
            raise UsageError(f"Unrecognized autoreload mode {words[0]!r}: one of now, {', '.join(MODES)}")
        self._hide_errors = "hide-errors" in options
        if "p" in options or "print" in options:
            self._report = print
        elif "l" in options or "log" in options:
            import logging

            self._report = logging.getLogger("autoreload").info
        elif words:
            self._report = None
        if word == "now":
            self.check(every=True)
            return
        self.mode = MODES[word]
        self._remember_all()

    def aimport(self, line: str) -> None:
        """`%aimport [name, -name ...]`: import modules and reload them when they change; `-name` is never reloaded.

        Without a name, the lists are printed.
        """
        words = line.replace(",", " ").split()
        if not words:
            shown = " ".join(self.wanted) if self.mode < 2 else "all-except-skipped"
            print(f"Modules to reload:\n{shown}\n\nModules to skip:\n{' '.join(self.excluded)}")
            return
        for word in words:
            if word.startswith("-"):
                self.excluded[word[1:]] = None
                self.wanted.pop(word[1:], None)
                continue
            importlib.import_module(word)
            self.excluded.pop(word, None)
            self.wanted[word] = None
            top = word.partition(".")[0]
            self._namespace.push({top: sys.modules[top]})
            self._remember(word)

    def before_cell(self, info: Any = None) -> None:
        """The hook: reload what has changed."""
        if self.mode:
            self.check()

    def after_cell(self, outcome: Any = None) -> None:
        """The hook: what the cell has imported is as its file is now."""
        if self.mode:
            self._remember_all()

    # -- modules ---------------------------------------------------------------------------------------------------

    def _watched(self, every: bool) -> Iterator[tuple[str, ModuleType, str]]:
        """(name, module, file) of what may be reloaded. Files of libraries only where they are asked for."""
        for name, module in list(sys.modules.items()):
            if name in self.excluded or name == "__main__" or name.startswith("antiphon_"):
                continue
            if name not in self.wanted:
                if self.mode == 1 and not every:
                    continue
                file = getattr(module, "__file__", None)
                if not isinstance(file, str) or file.startswith(self._library):
                    continue
            file = getattr(module, "__file__", None)
            if isinstance(module, ModuleType) and isinstance(file, str) and file.endswith(".py"):
                yield name, module, file

    def _remember(self, name: str) -> None:
        file = getattr(sys.modules.get(name), "__file__", None)
        if isinstance(file, str):
            self._seen[name] = _changed_at(file)

    def _remember_all(self) -> None:
        for name, _, file in self._watched(every=False):
            self._seen.setdefault(name, _changed_at(file))

    def check(self, every: bool = False) -> None:
        """Reload what has changed since it was looked at last."""
        changed = []
        for name, module, file in self._watched(every):
            now = _changed_at(file)
            before = self._seen.get(name)
            self._seen[name] = now
            if before is not None and now != before:
                changed.append((name, module))
        for name, module in changed:
            self.reload(name, module)

    def reload(self, name: str, module: ModuleType) -> None:
        """Execute a module anew and exchange what it defines. One that fails is told, and stays as it was."""
        before = dict(module.__dict__)
        try:
            importlib.reload(module)
        except BaseException as error:
            module.__dict__.clear()
            module.__dict__.update(before)
            if isinstance(error, KeyboardInterrupt):
                raise
            if not self._hide_errors:
                self._say(f"[autoreload of {name} failed: {_told(error)}]")
            return
        replaced = exchange(module, before)
        if replaced:
            _replace_references(replaced, [self._namespace.user_ns, *_other_dictionaries(module)])
        if self.mode == 3:
            self._bring_new_names(module, before)
        if self._report is not None:
            self._report(f"Reloading {name!r}.")

    def _bring_new_names(self, module: ModuleType, before: Mapping[str, Any]) -> None:
        names = self._namespace.user_ns
        public = getattr(module, "__all__", None) or [name for name in module.__dict__ if not name.startswith("_")]
        if not any(name in names and names[name] is before.get(name) for name in before if not name.startswith("_")):
            return  # the user has nothing of it by name
        new = {name: module.__dict__[name] for name in public if name in module.__dict__}
        self._namespace.push({name: value for name, value in new.items() if name not in before or name in names})


def exchange(module: ModuleType, before: Mapping[str, Any]) -> dict[int, tuple[Any, Any]]:
    """Give the functions and classes of `before` what the reloaded module defines, and put them back into it.

    What could not be exchanged returns, by the id of the old one: (old, new).
    """
    replaced: dict[int, tuple[Any, Any]] = {}
    kept: dict[int, Any] = {}
    for name, old in before.items():
        new: Any = module.__dict__.get(name)
        if new is old or type(new) is not type(old) or getattr(old, "__module__", None) != module.__name__:
            continue
        if isinstance(old, FunctionType):
            if _exchange_function(old, new):
                module.__dict__[name] = kept[id(new)] = old
            else:
                replaced[id(old)] = old, new
        elif isinstance(old, type):
            if _exchange_class(old, new, kept):
                module.__dict__[name] = kept[id(new)] = old
            else:
                replaced[id(old)] = old, new
                if issubclass(old, enum.Enum):
                    members = new.__members__
                    for key, member in old.__members__.items():
                        if key in members:
                            replaced[id(member)] = member, members[key]
    return replaced


def _exchange_function(old: FunctionType, new: FunctionType) -> bool:
    if old.__code__.co_freevars != new.__code__.co_freevars:
        return False
    for old_cell, new_cell in zip(old.__closure__ or (), new.__closure__ or (), strict=True):
        _copy_cell(old_cell, new_cell)
    old.__code__ = new.__code__
    old.__defaults__ = new.__defaults__
    old.__kwdefaults__ = new.__kwdefaults__
    old.__doc__ = new.__doc__
    old.__annotations__ = new.__annotations__
    old.__dict__.clear()
    old.__dict__.update(new.__dict__)
    return True


def _copy_cell(old: CellType, new: CellType) -> None:
    try:
        old.cell_contents = new.cell_contents
    except ValueError:  # not filled
        return


def _exchange_class(old: type, new: type, kept: Mapping[int, Any]) -> bool:
    """Make `old` what `new` is. False where instances of the one cannot be those of the other."""
    if issubclass(old, enum.Enum) or _slots(old) != _slots(new):
        return False
    bases = tuple(kept.get(id(base), base) for base in new.__bases__)
    if old.__bases__ != bases:
        try:
            old.__bases__ = bases
        except TypeError:
            return False
    try:
        for name, value in list(vars(new).items()):
            if name in _NOT_COPIED or isinstance(value, MemberDescriptorType):
                continue
            former = vars(old).get(name)
            for function in _functions(value):
                _point_at(function, new, old)
            if isinstance(former, FunctionType) and isinstance(value, FunctionType):
                if _exchange_function(former, value):
                    _point_at(former, new, old)
                    continue
            elif isinstance(former, type) and isinstance(value, type) and _exchange_class(former, value, kept):
                continue
            if former is not value:
                setattr(old, name, value)
        for name in set(vars(old)) - set(vars(new)) - _NOT_COPIED:
            if not isinstance(vars(old)[name], MemberDescriptorType):
                delattr(old, name)
    except (AttributeError, TypeError):  # a metaclass that does not allow it
        return False
    return True


def _slots(class_: type) -> list[str]:
    return sorted(name for name, value in vars(class_).items() if isinstance(value, MemberDescriptorType))


def _functions(value: Any) -> Iterator[FunctionType]:
    """The functions in a method, property, class or static method, or cached property."""
    parts = [value]
    if isinstance(value, (classmethod, staticmethod)):
        parts = [value.__func__]
    elif isinstance(value, property):
        parts = [value.fget, value.fset, value.fdel]
    elif hasattr(value, "func"):
        parts = [value.func]
    for part in parts:
        if isinstance(part, FunctionType):
            yield part


def _point_at(function: FunctionType, new: type, old: type) -> None:
    """`super()` and `__class__` in a method mean the class it stands in now."""
    for cell in function.__closure__ or ():
        try:
            if cell.cell_contents is new:
                cell.cell_contents = old
        except ValueError:
            continue


def _other_dictionaries(module: ModuleType) -> list[dict[str, Any]]:
    return [
        other.__dict__ for other in list(sys.modules.values()) if isinstance(other, ModuleType) and other is not module
    ]


def _replace_references(replaced: Mapping[int, tuple[Any, Any]], dictionaries: list[dict[str, Any]]) -> None:
    for names in dictionaries:
        for name, value in list(names.items()):
            found = replaced.get(id(value))
            if found is not None and found[0] is value:
                names[name] = found[1]


def _library_folders() -> tuple[str, ...]:
    """Where the standard library and installed packages are: they do not change while one works."""
    folders = {sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib")}
    return tuple(folder + os.sep for folder in folders if folder)


def _changed_at(file: str) -> float:
    try:
        return os.stat(file).st_mtime_ns
    except OSError:
        return 0.0


def _told(error: BaseException) -> str:
    if isinstance(error, SyntaxError):
        return f"{type(error).__name__}: {error.msg} ({os.path.basename(error.filename or '')}, line {error.lineno})"
    text = str(error).splitlines()
    return f"{type(error).__name__}: {text[0]}" if text else type(error).__name__
