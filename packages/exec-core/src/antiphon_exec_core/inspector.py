"""What is known about an object: an `ObjectInfo`, and that as the text frontends show.

Objects are found by static lookup; of the user's code only `__str__` and `__len__` are called, once and with a
deadline, so that a question never hangs a kernel.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from types import BuiltinFunctionType, FunctionType, MethodType, ModuleType
from typing import TYPE_CHECKING, Any, NamedTuple

from .deadlines import TooLate, call_within
from .expressions import argument_begun, callee_before, name_at, read_cursor
from .static_lookup import InstanceOf, Unknown, class_dict, evaluate, in_class, instance_dict, is_a, top_module

if TYPE_CHECKING:
    from inspect import Signature

__all__ = ["CallHint", "Inspector", "ObjectInfo", "as_mime"]

_SECONDS = 0.3
_CUSTOM = "__custom_documentations__"
_LINE = 75  # a longer signature is put on several lines
_FORM = 200  # characters of a string form
_CALLABLES = (FunctionType, MethodType, BuiltinFunctionType, type(str.upper), type("".__len__), type(str.__len__))


class ObjectInfo(NamedTuple):
    """One object; texts are empty where there is nothing to say."""

    name: str
    kind: str
    """`class`, `function`, `magic` or `object`: which sections are shown, and in which order."""
    type_name: str
    signature: str = ""
    init_signature: str = ""
    string_form: str = ""
    namespace: str = ""
    length: int | None = None
    docstring: str = ""
    init_docstring: str = ""
    call_docstring: str = ""
    source: str = ""
    file: str = ""
    subclasses: tuple[str, ...] | None = None


class CallHint(NamedTuple):
    """The call that the cursor stands in."""

    name: str
    """What is called, as it was typed."""
    signature: str
    """`name(a, b=1) -> int`, in one line."""
    parameters: tuple[str, ...]
    """Each parameter as it is written in the signature, without the `/` and `*` that part their kinds."""
    argument: int | None
    """Which of `parameters` is being typed; None where there is none left, or no such keyword."""
    docstring: str


class Inspector:
    """Answers questions about names in `namespace.user_ns`, and about magics where there are any.

    `compiler` is who knows the text of the cells.
    """

    def __init__(self, namespace: Any, magics: Any = None, compiler: Any = None) -> None:
        self.namespace = namespace
        self.magics = magics
        self.compiler = compiler

    def inspect(self, code: str, cursor_pos: int | None = None, detail_level: int = 0) -> ObjectInfo | None:
        """What the expression at `cursor_pos` (code points) of `code` is; None when it is nothing known.

        `detail_level` 1 adds the source.
        """
        name = name_at(code, len(code) if cursor_pos is None else cursor_pos)
        return self.info(name, detail_level) if name else None

    def signature_at(self, code: str, cursor_pos: int | None = None) -> CallHint | None:
        """The call around `cursor_pos` (code points) of `code`; None outside of calls and where nothing is known."""
        cursor = read_cursor(code, len(code) if cursor_pos is None else cursor_pos)
        callee = None if cursor.in_comment else callee_before(cursor)
        if callee is None or _defines(code[: callee[1] - len(callee[0])]):
            return None
        found = self.find(callee[0])
        if found is None or found[1] == "Magic":
            return None
        value = found[0]
        if is_a(value, InstanceOf):
            try:
                value = MethodType(in_class(value.type, "__call__"), value)
            except AttributeError:
                return None
        elif is_a(value, FunctionType) and (owner := self.find(callee[0].rpartition(".")[0])) is not None:
            value = MethodType(value, owner) if is_a(owner[0], InstanceOf) else value  # bound to what is not made yet
        return _hint(value, callee[0], *argument_begun(cursor.before[callee[1] + 1 :]))

    def info(self, name: str, detail_level: int = 0) -> ObjectInfo | None:
        """What `name` (dotted, or any expression that static lookup understands, or `%magic`) is."""
        found = self.find(name)
        if found is None:
            return None
        value, namespace = found
        if detail_level > 0 and self.compiler is not None:
            self.compiler.flush()
        if namespace == "Magic":
            return _magic_info(name, value, detail_level)
        if is_a(value, InstanceOf):
            info = _class_info(name, value.type, detail_level)
        elif is_a(value, type):
            info = _class_info(name, value, detail_level)
        elif is_a(value, _CALLABLES):
            info = _function_info(name, value, detail_level)
        else:
            info = _object_info(name, value, namespace, detail_level)
        own = self._documentation(name)
        return info._replace(docstring=own) if own else info

    def _documentation(self, name: str) -> str:
        """What the owner of an attribute says of it in `__custom_documentations__`, a dictionary by name."""
        owner, _, last = name.rpartition(".")
        found = self.find(owner) if owner else None
        if found is None:
            return ""
        value = found[0].type if is_a(found[0], InstanceOf) else found[0]
        try:
            texts = instance_dict(value).get(_CUSTOM) or in_class(value if is_a(value, type) else type(value), _CUSTOM)
        except AttributeError:
            return ""
        text = texts.get(last) if type(texts) is dict else None
        return _clean(text) if isinstance(text, str) else ""

    def find(self, name: str) -> tuple[Any, str] | None:
        """The object called `name` and where it was found: "Interactive", "Python builtin" or "Magic"."""
        name = name.strip()
        names = self.namespace.user_ns
        if name.startswith("%"):
            return self._magic(name)
        try:
            value = evaluate(name, names)
        except Unknown:
            return self._unknown(name)
        except Exception:
            return self._magic(name)
        if type(value) is InstanceOf and (raw := self._unknown(name)) is not None:
            return raw
        first = name.partition(".")[0]
        return value, "Interactive" if first in names or first != name else "Python builtin"

    def _magic(self, name: str) -> tuple[Any, str] | None:
        bare = name.lstrip("%")
        if self.magics is None or not bare:
            return None
        for kind in ("cell",) if name.startswith("%%") else ("line", "cell"):
            if self.magics.has(bare, kind):
                return self.magics.find(bare, kind), "Magic"
        return None

    def _unknown(self, name: str) -> tuple[Any, str] | None:
        """A property is shown as such; a module's own `__getattr__` is how lazy modules work, so that one is asked."""
        before, _, last = name.rpartition(".")
        try:
            owner = evaluate(before, self.namespace.user_ns)
            if isinstance(owner, ModuleType):
                return call_within(1.0, getattr, owner, last), "Interactive"
            return in_class(owner.type if isinstance(owner, InstanceOf) else type(owner), last), "Interactive"
        except (Exception, TooLate):
            return None


# -- gathering --------------------------------------------------------------------------------------------------------


def _class_info(name: str, value: type, detail_level: int) -> ObjectInfo:
    docstring = _docstring(value)
    init = _in_class_doc(value, "__init__", object.__init__)
    metaclass = type(value)
    try:
        found: list[type] = metaclass.__subclasses__(value) if value is not type else []
        subclasses = tuple(sub.__name__ for sub in found)
    except TypeError:
        subclasses = ()
    return ObjectInfo(
        name,
        "class",
        metaclass.__name__,
        init_signature=_signature(value, name),
        docstring=docstring,
        init_docstring=init if init != docstring else "",
        source=_source(value) if detail_level > 0 else "",
        file=_file(value),
        subclasses=subclasses,
    )


def _function_info(name: str, value: object, detail_level: int) -> ObjectInfo:
    return ObjectInfo(
        name,
        "function",
        type(value).__name__,
        signature=_signature(value, name),
        docstring=_docstring(value),
        source=_source(value) if detail_level > 0 else "",
        file=_file(value),
    )


def _magic_info(name: str, value: object, detail_level: int) -> ObjectInfo:
    return ObjectInfo(
        name,
        "magic",
        "Magic function",
        docstring=_docstring(value),
        source=_source(value) if detail_level > 0 else "",
        file=_file(value),
    )


def _object_info(name: str, value: object, namespace: str, detail_level: int) -> ObjectInfo:
    type_ = type(value)
    callable_ = _has(type_, "__call__") and not is_a(value, ModuleType)
    docstring = _docstring(value)
    return ObjectInfo(
        name,
        "object",
        type_.__name__,
        signature=_signature(value, name) if callable_ else "",
        string_form=_string_form(value),
        namespace="" if namespace == "Interactive" else namespace,
        length=_length(value),
        docstring=docstring,
        init_docstring="" if _is_builtin(type_) else _in_class_doc(type_, "__init__", object.__init__),
        call_docstring=_in_class_doc(type_, "__call__", None) if callable_ and not _is_builtin(type_) else "",
        source=_source(value) if detail_level > 0 else "",
        file=_file(value) if is_a(value, ModuleType) else ("" if _is_builtin(type_) else _file(type_)),
    )


def _is_builtin(type_: type) -> bool:
    return top_module(type_) == "builtins"


def _has(type_: type, name: str) -> bool:
    try:
        in_class(type_, name)
    except AttributeError:
        return False
    return True


def _docstring(value: Any) -> str:
    """The docstring as `inspect.getdoc` has it, but never through a property."""
    if is_a(value, (type, ModuleType, property, *_CALLABLES)):
        text = getattr(value, "__doc__", None)
        if text is None and is_a(value, type):
            for base in type.mro(value)[1:-1]:
                text = class_dict(base).get("__doc__")
                if isinstance(text, str):
                    break
    else:
        text = instance_dict(value).get("__doc__")
        if text is None:
            return _docstring(type(value))
    return _clean(text) if isinstance(text, str) else ""


def _in_class_doc(type_: type, name: str, boring: object) -> str:
    try:
        function = in_class(type_, name)
    except AttributeError:
        return ""
    if function is boring:
        return ""
    text = getattr(function, "__doc__", None) if isinstance(function, _CALLABLES) else None
    if not isinstance(text, str) or text in _SAYS_NOTHING:
        return ""
    return _clean(text)


_SAYS_NOTHING = ("Initialize self.  See help(type(self)) for accurate signature.", "Call self as a function.")


def _clean(text: str) -> str:
    """Without the indentation that the docstring has for standing inside of code."""
    first, *rest = text.expandtabs().split("\n")
    margin = min((len(line) - len(line.lstrip()) for line in rest if line.strip()), default=0)
    return "\n".join([first.lstrip(), *(line[margin:] for line in rest)]).strip("\n")


def _signature(value: object, name: str) -> str:
    """`name(a, b=1) -> int`, on one line if it fits, else one parameter a line; "" when unknown."""
    import inspect

    try:
        signature = inspect.signature(value)  # type: ignore[arg-type]
        entries = _parameters(signature)
        returned = signature.return_annotation
        end = ")" if returned is signature.empty else f") -> {inspect.formatannotation(returned)}"
    except (ValueError, TypeError, AttributeError, NameError):
        return ""
    except Exception:  # a default value's repr, or a foreign __signature__
        return ""
    short = f"{name}({', '.join(entries)}{end}"
    if len(short) <= _LINE:
        return short
    return "\n".join([f"{name}(", *(f"    {entry}," for entry in entries), end])


def _defines(before: str) -> bool:
    """Whether a parenthesis behind this text begins a definition's parameters and is no call."""
    return before[before.rfind("\n") + 1 :].rstrip().endswith(("def", "class"))


def _hint(value: object, name: str, finished: int, keyword: str) -> CallHint | None:
    import inspect

    try:
        signature = inspect.signature(value)  # type: ignore[arg-type]
        parameters = list(signature.parameters.values())
        texts = tuple(map(str, parameters))
        returned = signature.return_annotation
        end = ")" if returned is signature.empty else f") -> {inspect.formatannotation(returned)}"
        line = f"{name}({', '.join(_parameters(signature))}{end}"
    except Exception:  # no signature, a default value's repr that fails, or a foreign __signature__
        return None
    argument: int | None = None
    for at, parameter in enumerate(parameters):
        kind = parameter.kind
        if keyword:
            if kind == kind.VAR_KEYWORD or (parameter.name == keyword and kind != kind.POSITIONAL_ONLY):
                argument = at
                break
        elif kind == kind.VAR_POSITIONAL or (at == finished and kind <= kind.POSITIONAL_OR_KEYWORD):
            argument = at
            break
        elif kind > kind.POSITIONAL_OR_KEYWORD:
            break
    return CallHint(name, line, texts, argument, _docstring(value))


def _parameters(signature: Signature) -> list[str]:
    """Each parameter as it is written, with the `/` and `*` that part their kinds."""
    entries: list[str] = []
    previous = None
    star = False
    for parameter in signature.parameters.values():
        kind = parameter.kind
        if previous == kind.POSITIONAL_ONLY and kind != kind.POSITIONAL_ONLY:
            entries.append("/")
        if kind == kind.VAR_POSITIONAL:
            star = True
        elif kind == kind.KEYWORD_ONLY and not star:
            entries.append("*")
            star = True
        entries.append(str(parameter))
        previous = kind
    if previous is not None and previous == previous.POSITIONAL_ONLY:
        entries.append("/")
    return entries


def _string_form(value: object) -> str:
    """`str(value)`, bounded: large containers are never written out, foreign code gets a deadline."""
    type_ = type(value)
    if type_ is str:
        text = value if len(value) <= _FORM else value[:_FORM] + " " + value[-_FORM:]  # type: ignore[index, arg-type]
    elif type_ in (list, tuple) and len(value) > 1000:  # type: ignore[arg-type]
        text = repr(value[:200])[:-1] + ", " + repr(value[-200:])[1:]  # type: ignore[index]
    elif type_ in (dict, set, frozenset) and len(value) > 1000:  # type: ignore[arg-type]
        from itertools import islice

        text = repr(type_(islice(value.items() if type_ is dict else value, 200)))  # type: ignore
        return text[:_FORM] + " <...>"
    elif type_ in (int, float, bool, complex, type(None)):
        text = object.__str__(value)
    else:
        try:
            text = call_within(_SECONDS, str, value)
        except (Exception, TooLate):
            text = object.__repr__(value)
    if len(text) > _FORM:  # type: ignore[arg-type]
        half = _FORM // 2 - 3
        text = f"{text[:half]} <...> {text[-half:]}"  # type: ignore[index]
    return str(text)


def _length(value: object) -> int | None:
    if not _has(type(value), "__len__"):
        return None
    try:
        return len(value) if _is_builtin(type(value)) else call_within(_SECONDS, len, value)  # type: ignore[arg-type]
    except (Exception, TooLate):
        return None


def _file(value: Any) -> str:
    """Where it was defined, the home folder as `~`; "" for what comes from C."""
    if is_a(value, MethodType):
        value = value.__func__
    value = _unwrapped(value)
    if is_a(value, FunctionType):
        path: Any = value.__code__.co_filename
        if path.startswith("<frozen "):  # part of the standard library; its module knows the file
            path = getattr(sys.modules.get(value.__module__), "__file__", path)
    elif is_a(value, ModuleType):
        path = instance_dict(value).get("__file__")
    elif is_a(value, type):
        functions = [found for found in class_dict(value).values() if is_a(found, FunctionType)]
        paths = [_unwrapped(function).__code__.co_filename for function in functions]
        module = sys.modules.get(str(class_dict(value).get("__module__")))
        path = getattr(module, "__file__", None)
        if path is None or getattr(module, "__name__", "") == "__main__":
            path = paths[0] if paths else None
        elif paths and path not in paths and os.path.isabs(paths[0]):
            path = paths[0]  # a class that says it lives elsewhere, as pandas.DataFrame does
    else:
        return ""
    if not isinstance(path, str) or not path:
        return ""
    home = os.path.expanduser("~")
    return "~" + path[len(home) :] if path.startswith(home + os.sep) else path


def _unwrapped(value: Any) -> Any:
    for _ in range(100):
        inner = getattr(value, "__dict__", {}).get("__wrapped__") if is_a(value, FunctionType) else None
        if inner is None:
            break
        value = inner
    return value


def _source(value: Any) -> str:
    """Source text, "" when there is none."""
    import inspect

    if is_a(value, property):
        value = value.fget
    if not is_a(value, (type, ModuleType, FunctionType, MethodType)):
        value = type(value)
    if is_a(value, type) and class_dict(value).get("__module__") == "__main__":
        # its module's file, where inspect would look, is not the cell it comes from
        return _cell_class_source(value).rstrip()
    try:
        return inspect.getsource(_unwrapped(value)).rstrip()
    except (OSError, TypeError, IndexError, SyntaxError):
        return ""


def _cell_class_source(type_: type) -> str:
    """A class made in a cell has no file; the file name of one of its functions leads to its cell."""
    import ast
    import linecache

    for function in class_dict(type_).values():
        lines = linecache.getlines(function.__code__.co_filename) if is_a(function, FunctionType) else []
        try:
            tree = ast.parse("".join(lines))
        except SyntaxError:
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.ClassDef) and node.name == type_.__name__:
                first = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
                return "".join(lines[first - 1 : node.end_lineno])
    return ""


# -- showing ----------------------------------------------------------------------------------------------------------


def sections(info: ObjectInfo, detail_level: int = 0) -> list[tuple[str, str]]:
    """(title, text) of what is shown of an object, in order."""
    docstring = ("Docstring", info.docstring or "<no docstring>")
    body = [("Source", info.source)] if detail_level > 0 and info.source else [docstring]
    if info.kind in ("function", "magic"):
        if detail_level > 0 and info.source and not info.docstring:
            body = [docstring, *body]
        shown = [("Signature", info.signature), *body, ("File", info.file), ("Type", info.type_name)]
    elif info.kind == "class":
        shown = [("Init signature", info.init_signature), *body]
        if not (detail_level > 0 and info.source):
            shown.append(("Init docstring", info.init_docstring))
        shown += [("File", info.file), ("Type", info.type_name)]
        if info.subclasses is not None:
            names = ", ".join(info.subclasses[:10]) + (", ..." if len(info.subclasses) > 10 else "")
            return [part for part in shown if part[1]] + [("Subclasses", names)]
    else:
        shown = [
            ("Signature", info.signature),
            ("Type", info.type_name),
            ("String form", info.string_form),
            ("Namespace", info.namespace),
            ("Length", "" if info.length is None else str(info.length)),
            ("File", info.file),
            *body,
            ("Init docstring", info.init_docstring),
            ("Call docstring", info.call_docstring),
        ]
    return [part for part in shown if part[1]]


def as_mime(
    info: ObjectInfo, detail_level: int = 0, omit_sections: Iterable[str] = (), *, colour: bool = True
) -> dict[str, str]:
    """`{"text/plain": ...}` with titled sections, as inspect_reply carries it.

    `omit_sections` names sections to leave out: "docstring", "source", "signature" ..., in any case.
    """
    omitted = {name.lower().replace("_", " ") for name in omit_sections}
    shown = [part for part in sections(info, detail_level) if part[0].lower() not in omitted]
    width = max((len(title) for title, _ in shown if title), default=0) + 1
    lines = []
    for title, text in shown:
        if title == "Source":
            text = "\n" + highlight(text) if colour else "\n" + text if "\n" in text else text
        elif "\n" in text:
            text = "\n" + text
        heading = f"\x1b[31m{title}:\x1b[39m" if colour else f"{title}:"
        # A signature of several lines stands by itself, so nothing is gained by padding its heading.
        space = "" if title.endswith("ignature") and text.startswith("\n") else " " * (width - len(title) - 1)
        lines.append(f"{heading}{space}{text}" if text.startswith("\n") else f"{heading}{space} {text}".rstrip())
    return {"text/plain": "\n".join(lines)}


def highlight(source: str) -> str:
    """Python source with ANSI colours."""
    from pygments import highlight as pygments_highlight
    from pygments.formatters.terminal256 import Terminal256Formatter
    from pygments.lexers.python import PythonLexer

    text: str = pygments_highlight(source, PythonLexer(stripnl=False), Terminal256Formatter(style="default"))
    return text.rstrip("\n")
