"""What an expression stands for, found without running any of the user's code.

No property is read, no `__getattr__` and no descriptor called; where only running code could tell, the answer is the
declared return type, or nothing. Exceptions are the few data libraries of `TRUSTED`, whose accessors are known
harmless, and methods of built-in values that run nothing else (`_PURE`).
"""

from __future__ import annotations

import builtins
import sys
from collections.abc import Callable, Mapping
from types import (
    BuiltinFunctionType,
    FunctionType,
    GetSetDescriptorType,
    MemberDescriptorType,
    MethodType,
    ModuleType,
)
from typing import Any

from .deadlines import TooLate, call_within

TRUSTED = frozenset(
    [
        "numpy",
        "pandas",
        "polars",
        "pyarrow",
        "xarray",
        "geopandas",
        "networkx",
        "scipy",
        "sympy",
        "torch",
        "dask",
        "sklearn",
        "matplotlib",
    ]
)
_CLASS_DICT: Any = vars(type)["__dict__"]
_MODULE_DICT: Any = vars(ModuleType)["__dict__"]
_MRO: Any = vars(type)["__mro__"]
_TYPE_MODULE: Any = vars(type)["__module__"]  # types made in C keep theirs outside of their dictionary
_MISSING = object()
DIR_SECONDS = 0.3


class Unknown(LookupError):  # an answer, not an error
    """Only running the code would tell."""


class InstanceOf:
    """Some instance of a class, when the value itself is not at hand."""

    __slots__ = ("type",)

    def __init__(self, type_: type) -> None:
        self.type = type_


class Returning:
    """A function that is only text so far, and what it would return."""

    __slots__ = ("value",)

    def __init__(self, value: object) -> None:
        self.value = value


def type_of(value: Any) -> type:
    """The class of a value, or of what an `InstanceOf` stands for."""
    found: type = value.type if type(value) is InstanceOf else type(value)
    return found


def is_a(value: object, types: type | tuple[type, ...]) -> bool:
    """isinstance that goes by the real class; the built-in one also asks the object for its `__class__`."""
    return issubclass(type(value), types)


def class_dict(type_: Any) -> Mapping[str, Any]:
    """The `__dict__` of a class, past its metaclass."""
    return _CLASS_DICT.__get__(type_)  # type: ignore[no-any-return]


def in_class(type_: Any, name: str) -> Any:
    """The raw attribute of a class, unbound, from its bases too; raises AttributeError."""
    for base in _MRO.__get__(type_):
        value = class_dict(base).get(name, _MISSING)
        if value is not _MISSING:
            return value
    raise AttributeError(name)


def instance_dict(value: object) -> Mapping[str, Any]:
    """The instance's own `__dict__`, or an empty one."""
    if is_a(value, ModuleType):
        return _MODULE_DICT.__get__(value)  # type: ignore[no-any-return]
    try:
        descriptor = in_class(type(value), "__dict__")
    except AttributeError:
        return {}
    if type(descriptor) not in (GetSetDescriptorType, MemberDescriptorType):  # the latter in SimpleNamespace
        return {}
    found = descriptor.__get__(value)
    return found if isinstance(found, dict) else {}


def attribute(value: Any, name: str) -> Any:
    """`value.name` as far as it stands somewhere. Raises AttributeError, or Unknown where code would have to run.

    The result may be an `InstanceOf`.
    """
    if type(value) is InstanceOf:
        return _from_class(value.type, name, None)
    if is_a(value, ModuleType):
        return _from_module(value, name)
    if is_a(value, type):
        try:
            found = in_class(value, name)
        except AttributeError:
            return _from_class(type(value), name, value)
        if is_a(found, (staticmethod, classmethod)):
            return _unbound(found, value)
        return found
    own = instance_dict(value)
    if name in own:
        return own[name]
    return _from_class(type(value), name, value)


def _from_module(module: ModuleType, name: str) -> Any:
    names = instance_dict(module)
    if name in names:
        return names[name]
    submodule = sys.modules.get(f"{names.get('__name__')}.{name}")
    if submodule is not None:
        return submodule
    if name == "__class__" or name in class_dict(ModuleType):
        return class_dict(ModuleType).get(name)
    if "__getattr__" in names:
        raise Unknown(name)
    raise AttributeError(name)


def _from_class(type_: type, name: str, value: object | None) -> Any:
    """An attribute found in the class of `value`; `value` None when there is only the class."""
    try:
        found = in_class(type_, name)
    except AttributeError:
        if value is not None and top_module(type_) in TRUSTED:  # a column of a frame
            return getattr(value, name)
        for hook in ("__getattr__", "__getattribute__"):
            try:
                if in_class(type_, hook) not in (object.__getattribute__, type.__getattribute__):
                    raise Unknown(name) from None
            except AttributeError:
                continue
        raise
    if is_a(found, (staticmethod, classmethod)):
        return _unbound(found, type_)
    if is_a(found, FunctionType):
        return MethodType(found, value) if value is not None else found
    if type(found) is MemberDescriptorType and value is not None:
        return found.__get__(value)
    getter = getattr(found, "fget", None) if is_a(found, property) else None
    if getter is None and type(found).__name__ == "cached_property":
        getter = instance_dict(found).get("func")
    if getter is not None:
        return _returned(getter, lambda: _trusted_get(found, type_, value, name))
    if type(found) is GetSetDescriptorType:
        return _trusted_get(found, type_, value, name)
    try:
        in_class(type(found), "__get__")
    except AttributeError:
        return found
    if value is not None and type(found).__module__ == "builtins":  # methods of C types
        return found.__get__(value)
    return _trusted_get(found, type_, value, name)


def _unbound(found: Any, type_: type) -> Any:
    """What a static or class method gives when it is looked up."""
    function = found.__func__
    return MethodType(function, type_) if is_a(found, classmethod) and is_a(function, FunctionType) else function


def _trusted_get(found: object, type_: type, value: object | None, name: str) -> Any:
    module = top_module(type_)
    if value is None or not (module in TRUSTED or module in sys.stdlib_module_names):
        raise Unknown(name)
    if module not in TRUSTED and type(found) is not GetSetDescriptorType:
        raise Unknown(name)  # a Python property of the standard library may block: Future.result is not far away
    try:
        return getattr(value, name)
    except Exception:
        raise Unknown(name) from None


def top_module(type_: type) -> str:
    module = _TYPE_MODULE.__get__(type_)
    return module.partition(".")[0] if isinstance(module, str) else ""


def _returned(function: object, otherwise: Any) -> Any:
    """An instance of what a function says it returns."""
    annotations = getattr(function, "__annotations__", None) if isinstance(function, FunctionType) else None
    declared = annotations.get("return") if annotations else None
    if isinstance(declared, str) and isinstance(function, FunctionType):
        declared = function.__globals__.get(declared.strip("\"'"), getattr(builtins, declared, None))
    if isinstance(declared, type) and declared is not type(None):
        return InstanceOf(declared)
    return otherwise()


def _unknown() -> Any:
    raise Unknown


def item(value: Any, key: Any) -> Any:
    """`value[key]` of the built-in containers and of trusted libraries; raises Unknown or what the lookup raises."""
    if type(value) in (dict, list, tuple, str, bytes, range) or top_module(type(value)) in TRUSTED:
        return value[key]
    if is_a(value, dict) and type(value).__getitem__ is dict.__getitem__ and key in value:
        return dict.__getitem__(value, key)
    raise Unknown(repr(type(value)))


def called(function: Any) -> Any:
    """What calling `function` gives, without calling it."""
    if type(function) is Returning:
        return function.value
    if is_a(function, type):
        if type(function).__call__ is type.__call__ and function is not type:
            return InstanceOf(function)
        raise Unknown
    if isinstance(function, MethodType):
        function = function.__func__
    if isinstance(function, BuiltinFunctionType):
        raise Unknown
    return _returned(function, _unknown)


def evaluate(expression: str, names: Mapping[str, Any]) -> Any:
    """The value of a name, dotted name, subscript, call or literal; perhaps an `InstanceOf`.

    `names` are looked up before the builtins. Raises Unknown, NameError, AttributeError or what a subscript raises.
    """
    first, *path = expression.split(".")
    if first.isidentifier() and all(map(str.isidentifier, path)):
        value = _name(first, names)
        for name in path:
            value = attribute(value, name)
        return value
    return _evaluate_tree(expression, names)


def _name(name: str, names: Mapping[str, Any]) -> Any:
    if name in names:
        return names[name]
    try:
        return vars(builtins)[name]
    except KeyError:
        raise NameError(name) from None


def _evaluate_tree(expression: str, names: Mapping[str, Any]) -> Any:
    import ast

    def of(node: ast.expr) -> Any:
        if isinstance(node, ast.Name):
            return _name(node.id, names)
        if isinstance(node, ast.Attribute):
            return attribute(of(node.value), node.attr)
        if isinstance(node, ast.Constant):
            return node.value
        if isinstance(node, ast.Subscript):
            return item(of(node.value), of(node.slice))
        if isinstance(node, ast.Call):
            function = of(node.func)
            if is_a(function, BuiltinFunctionType):
                return _pure_call(function, lambda: None if node.keywords else [of(each) for each in node.args])
            return called(function)
        if isinstance(node, ast.BinOp):
            return InstanceOf(_combined(type_of(of(node.left)), type_of(of(node.right)), type(node.op).__name__))
        if isinstance(node, ast.Compare):
            operands = [type_of(of(operand)) for operand in (node.left, *node.comparators)]
            if all(operand in _PLAIN for operand in operands):
                return InstanceOf(bool)
        if isinstance(node, (ast.BoolOp, ast.IfExp)):
            return of(node.values[-1] if isinstance(node, ast.BoolOp) else node.body)
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
            return InstanceOf(bool)
        if isinstance(node, ast.Lambda):
            return InstanceOf(FunctionType)
        if isinstance(node, ast.Tuple):
            return tuple(of(element) for element in node.elts)
        if isinstance(node, ast.Slice):
            return slice(*(of(part) if part else None for part in (node.lower, node.upper, node.step)))
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
            operand = of(node.operand)
            if type(operand) in (int, float):
                return -operand
        if isinstance(node, (ast.List, ast.Dict, ast.Set)):
            try:
                return ast.literal_eval(node)
            except (ValueError, TypeError):  # it holds more than literals
                pass
        for kinds, type_ in (
            ((ast.List, ast.ListComp), list),
            ((ast.Dict, ast.DictComp), dict),
            ((ast.Set, ast.SetComp), set),
            ((ast.JoinedStr,), str),
        ):
            if isinstance(node, kinds):
                return InstanceOf(type_)
        raise Unknown(type(node).__name__)

    try:
        tree = ast.parse(expression.strip(), mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise Unknown(expression) from None
    return of(tree.body)


_NUMBERS = (bool, int, float, complex)
_PLAIN: frozenset[type] = frozenset([*_NUMBERS, str, bytes, list, tuple, dict, set, frozenset, type(None)])
_ASKING = ["count", "endswith", "find", "index", "isalnum", "isalpha", "isdigit", "startswith"]
_CHANGING = ["capitalize", "casefold", "lower", "lstrip", "rstrip", "strip", "swapcase", "title", "upper"]
_PARTING = ["partition", "removeprefix", "removesuffix", "rpartition", "rsplit", "split", "splitlines"]
_PURE: dict[type, frozenset[str]] = {
    str: frozenset([*_ASKING, *_CHANGING, *_PARTING, "encode"]),
    bytes: frozenset([*_PARTING, "decode", "hex", "lower", "strip", "upper"]),
    dict: frozenset(["copy", "get", "items", "keys", "values"]),
    list: frozenset(["copy", "count", "index"]),
    tuple: frozenset(["count", "index"]),
    int: frozenset(["bit_length", "conjugate"]),
    float: frozenset(["as_integer_ratio", "hex", "is_integer"]),
}
"""Methods of built-in types that may be called: they run nothing of the user's and make nothing large."""
_MAKES: dict[type, tuple[type, frozenset[str]]] = {
    str: (
        str,
        frozenset(["center", "expandtabs", "format", "join", "ljust", "replace", "rjust", "translate", "zfill"]),
    ),
    int: (bytes, frozenset(["to_bytes"])),
}
"""Those that might make something large, or ask the arguments: what they give is known without a call."""
_SIZE = 10_000  # elements of what such a method is called on


def _pure_call(function: Any, read_arguments: Callable[[], list[Any] | None]) -> Any:
    """The value of a call such as `"a b".split()`. Raises Unknown where that might run other code, or take long."""
    owner = function.__self__
    type_, names = _MAKES.get(type(owner), (type(None), frozenset()))
    if function.__name__ in names:
        return InstanceOf(type_)
    arguments = read_arguments() if function.__name__ in _PURE.get(type(owner), ()) else None
    if arguments is None:
        raise Unknown
    simple = all(type(argument) in (*_NUMBERS, str, bytes, type(None)) for argument in arguments)
    if not simple or (hasattr(owner, "__len__") and len(owner) > _SIZE):
        raise Unknown
    if type(owner) in (list, tuple):  # count and index compare with each element, whatever that is
        return InstanceOf(int) if function.__name__ in ("count", "index") else function(*arguments)
    return function(*arguments)


def _combined(left: type, right: type, operator: str) -> type:
    """The class of `left operator right`, of built-in types and arrays. Raises Unknown for any other."""
    for one in (left, right):
        if top_module(one) in ("numpy", "pandas") and one.__name__ in ("ndarray", "DataFrame", "Series"):
            return one
    if left in _NUMBERS and right in _NUMBERS:
        widest = _NUMBERS[max(_NUMBERS.index(left), _NUMBERS.index(right), 1)]
        return float if operator == "Div" and widest is int else widest
    if (left is right and left in _PLAIN and operator in ("Add", "Sub", "BitOr", "BitAnd", "BitXor")) or (
        operator == "Mult" and left in (str, bytes, list, tuple) and right is int
    ):
        return left
    if operator == "Mult" and left is int and right in (str, bytes, list, tuple):
        return right
    if operator == "Mod" and left in (str, bytes):
        return left
    raise Unknown(operator)


def attribute_names(value: Any) -> list[str]:
    """The names `dir(value)` would give, in no order; a foreign `__dir__` is called with a deadline."""
    if type(value) is InstanceOf:
        return list(_class_names(value.type))
    if is_a(value, ModuleType):
        names = instance_dict(value)
        if "__dir__" in names or type(value) is not ModuleType:
            return _foreign_dir(value, names)
        return list(names)
    if is_a(value, type):
        return list(_class_names(value))
    own = instance_dict(value)
    try:
        if in_class(type(value), "__dir__") is not class_dict(object)["__dir__"]:
            return _foreign_dir(value, {**_class_names(type(value)), **own})
    except AttributeError:
        pass
    return [name for name in {**_class_names(type(value)), **own} if isinstance(name, str)]


def _class_names(type_: Any) -> dict[str, None]:
    names: dict[str, None] = {}
    for base in _MRO.__get__(type_):
        names.update(dict.fromkeys(class_dict(base)))
    return names


def _foreign_dir(value: object, otherwise: Mapping[str, Any]) -> list[str]:
    try:
        # not dir(), which sorts and fails where names are not all text
        found = call_within(DIR_SECONDS, lambda: list(type(value).__dir__(value)))
    except (Exception, TooLate):
        return list(otherwise)
    return [name for name in found if isinstance(name, str)]


def kind_of(value: object) -> str:
    """The word frontends show beside a completion: function, class, module, instance, property ..."""
    if is_a(value, ModuleType):
        return "module"
    if is_a(value, type):
        return "class"
    if is_a(value, property):
        return "property"
    if is_a(value, (staticmethod, classmethod)):
        return "function"
    return "function" if type(value).__name__ in _FUNCTIONS else "instance"


_FUNCTIONS = frozenset(
    [
        "function",
        "builtin_function_or_method",
        "method",
        "method_descriptor",
        "wrapper_descriptor",
        "method-wrapper",
        "classmethod_descriptor",
        "ufunc",
        "cython_function_or_method",
        "_lru_cache_wrapper",
        "partial",
    ]
)


def attribute_kind(value: Any, name: str) -> str:
    """`kind_of` an attribute, from its raw entry; "" when it does not stand anywhere."""
    if type(value) is InstanceOf:
        value = value.type
    own = instance_dict(value) if not is_a(value, type) else {}
    found = own.get(name, _MISSING)
    if found is _MISSING:
        try:
            found = in_class(value if is_a(value, type) else type(value), name)
        except AttributeError:
            return ""
    return kind_of(found)


def brief_signature(function: object) -> str:
    """`(a, b=..., *rest)` of a Python function, without importing inspect; "" for anything else."""
    if isinstance(function, MethodType):
        return brief_signature(function.__func__).replace("(self, ", "(").replace("(self)", "()")
    if not isinstance(function, FunctionType):
        return ""
    code = function.__code__
    names = code.co_varnames
    count, keyword_only = code.co_argcount, code.co_kwonlyargcount
    optional = count - len(function.__defaults__ or ())
    parts = [name if at < optional else name + "=..." for at, name in enumerate(names[:count])]
    if code.co_flags & 0x04:
        parts.append("*" + names[count + keyword_only])
    elif keyword_only:
        parts.append("*")
    keyword_defaults = function.__kwdefaults__ or {}
    parts += [name + "=..." if name in keyword_defaults else name for name in names[count : count + keyword_only]]
    if code.co_flags & 0x08:
        parts.append("**" + names[count + keyword_only + bool(code.co_flags & 0x04)])
    return f"({', '.join(parts)})"
