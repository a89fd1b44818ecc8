"""`name=` of the parameters of the function being called."""

from __future__ import annotations

import re
import sys
from types import FunctionType, MethodType
from typing import Any

from ..expressions import Cursor, callee_before
from ..static_lookup import InstanceOf, in_class
from . import Candidates, Lookup


def arguments(cursor: Cursor, lookup: Lookup) -> Candidates | None:
    """Keyword arguments not yet given, when the cursor stands where an argument may begin."""
    if cursor.text[cursor.brackets[-1]] != "(":
        return None
    before = cursor.before[: cursor.word_start].rstrip()
    if not before.endswith(("(", ",")):
        return None
    callee = callee_before(cursor)
    if callee is None or callee[1] != cursor.brackets[-1]:
        return None
    try:
        function = lookup(callee[0])
    except Exception:
        return None
    given = set(re.findall(r"\b(\w+)\s*=(?!=)", cursor.before[callee[1] :]))
    found = [name for name in parameter_names(function) if name.startswith(cursor.word) and name not in given]
    return Candidates(cursor.word_start, [(name + "=", "param", "") for name in found])


def parameter_names(function: Any) -> list[str]:
    """Parameters that can be passed by name."""
    if "functools" in sys.modules and type(function) is sys.modules["functools"].partial:
        given = len(function.args)
        names = parameter_names(function.func)
        code = getattr(function.func, "__code__", None)
        positional = code.co_argcount - code.co_posonlyargcount if code is not None else 0
        return names[min(given, positional) :]
    skip = 0
    if isinstance(function, type):
        for name in ("__init__", "__new__"):
            found = in_class(function, name)
            if isinstance(found, (FunctionType, staticmethod)):
                function, skip = getattr(found, "__func__", found), 1
                break
    elif isinstance(function, MethodType):
        function, skip = function.__func__, 1
    elif not isinstance(function, FunctionType):  # an object that can be called
        try:
            call = in_class(function.type if type(function) is InstanceOf else type(function), "__call__")
        except AttributeError:
            return []
        if isinstance(call, FunctionType):
            function, skip = call, 1
    while isinstance(wrapped := getattr(function, "__dict__", {}).get("__wrapped__"), FunctionType):
        function = wrapped
    if isinstance(function, FunctionType):
        code = function.__code__
        end = code.co_argcount + code.co_kwonlyargcount
        return list(code.co_varnames[max(skip, code.co_posonlyargcount) : end])
    text = getattr(function, "__text_signature__", None) if type(function).__module__ == "builtins" else None
    if isinstance(text, str):  # what C functions state: "($module, /, obj, *, skipkeys=False)"
        text = text.rpartition("/,")[2] if "/," in text else text
        return re.findall(r"(?:^|[(,])\s*([A-Za-z_]\w*)", text)
    return []
