"""Objects to MIME bundles, through one formatter per type of content.

A formatter looks for a function registered for the object's class (or a base of it), then for the object's own
method (`_repr_html_` and its like). A formatter that raises is reported and gives nothing; the cell goes on.
"""

from __future__ import annotations

from collections.abc import Callable, Container
from typing import Any

Function = Callable[..., Any]
Bundle = tuple[dict[str, Any], dict[str, Any]]

METHODS = {
    "text/plain": "_repr_pretty_",
    "text/html": "_repr_html_",
    "text/markdown": "_repr_markdown_",
    "image/svg+xml": "_repr_svg_",
    "image/png": "_repr_png_",
    "application/pdf": "_repr_pdf_",
    "image/jpeg": "_repr_jpeg_",
    "text/latex": "_repr_latex_",
    "application/json": "_repr_json_",
    "application/javascript": "_repr_javascript_",
}
_BINARY = ("image/png", "image/jpeg", "application/pdf")
_BUILTIN = (int, str, float, bool, type(None), bytes, complex, list, tuple, dict, set, frozenset)


class Formatter:
    """The formatter of one MIME type: registered functions first, then the object's method."""

    def __init__(self, mime: str, method: str, changed: Callable[[], None]) -> None:
        self.mime = mime
        self.method = method
        self.enabled = True
        self.types: dict[type, Function] = {}
        self.deferred: dict[tuple[str, str], Function] = {}
        self.singletons: dict[int, Function] = {}
        self._changed = changed

    def for_type(self, type_: type | str, function: Function | None = None) -> Function | None:
        """Register a function for a type (or `"module.name"` of one); the former one returns. Without one: look."""
        if isinstance(type_, str):
            module, _, name = type_.rpartition(".")
            return self.for_type_by_name(module, name, function)
        former = self.types.get(type_) or self.deferred.get((type_.__module__, type_.__name__))
        if function is not None:
            self.types[type_] = function
            self._changed()
        return former

    def for_type_by_name(self, module: str, name: str, function: Function | None = None) -> Function | None:
        """The same for a type whose module need not be imported yet."""
        former = self.deferred.get((module, name))
        if function is not None:
            self.deferred[module, name] = function
            self._changed()
        return former

    def pop(self, type_: type) -> Function | None:
        """Forget a registration."""
        self._changed()
        return self.types.pop(type_, None) or self.deferred.pop((type_.__module__, type_.__name__), None)

    def lookup_by_type(self, type_: type) -> Function | None:
        """The function registered for a class or the nearest of its bases."""
        if not self.types and not self.deferred:
            return None
        for class_ in type_.__mro__:
            function = self.types.get(class_)
            if function is not None:
                return function
            if self.deferred:
                function = self.deferred.pop((class_.__module__, class_.__name__), None)
                if function is not None:
                    self.types[class_] = function
                    return function
        return None

    def lookup(self, obj: Any) -> Function | None:
        """The function registered for this object or its class."""
        if self.singletons:
            function = self.singletons.get(id(obj))
            if function is not None:
                return function
        return self.lookup_by_type(type(obj))

    def __call__(self, obj: Any) -> Any:
        """The content, or `(content, metadata)`, or None. Raises what the function or method raises."""
        function = self.lookup(obj)
        if function is not None:
            return function(obj)
        method = real_method(obj, self.method)
        return None if method is None else method()


def real_method(obj: Any, name: str) -> Any:
    """A method the object really has: none if it is a class, nor one from a `__getattr__` that knows every name."""
    if isinstance(obj, type):
        return None
    try:
        method = getattr(obj, name, None)
        if method is None or not callable(method):
            return None
        if not hasattr(type(obj), name) and getattr(obj, "_ipython_canary_method_should_not_exist_", None) is not None:
            return None
    except Exception:
        return None
    return method


class Displayer:
    """Turns objects into MIME bundles. `report(error)` is told of a formatter that failed."""

    def __init__(self, report: Callable[[BaseException], None] | None = None) -> None:
        self.report = report
        self.formatters = {mime: Formatter(mime, method, self._changed) for mime, method in METHODS.items()}
        self.mimebundle = Formatter("", "_repr_mimebundle_", self._changed)
        self.own_display = Formatter("", "_ipython_display_", self._changed)
        self.pretty_print = True
        self.max_seq_length = 1000
        self.float_format = ""
        self._plain: frozenset[type] = frozenset(_BUILTIN)

    def _changed(self) -> None:
        everything = (*self.formatters.values(), self.mimebundle, self.own_display)
        if any(formatter.deferred or formatter.types for formatter in everything):
            self._plain = frozenset(
                type_
                for type_ in _BUILTIN
                if not any(
                    base in formatter.types or (base.__module__, base.__name__) in formatter.deferred
                    for formatter in everything
                    for base in type_.__mro__
                )
            )

    def for_type(
        self, type_: type | str, function: Function | None = None, mime: str = "text/plain"
    ) -> Function | None:
        """`formatters[mime].for_type`; a MIME type that is new gets a formatter, without a method of objects."""
        if mime not in self.formatters:
            self.formatters[mime] = Formatter(mime, "_repr_" + mime.replace("/", "_") + "_", self._changed)
        return self.formatters[mime].for_type(type_, function)

    def for_type_by_name(
        self, module: str, name: str, function: Function | None = None, mime: str = "text/plain"
    ) -> Function | None:
        """The same for a type whose module need not be imported yet."""
        return self.for_type(f"{module}.{name}", function, mime)

    def format(self, obj: Any, include: Container[str] | None = None, exclude: Container[str] | None = None) -> Bundle:
        """`(data, metadata)`: by MIME type, only those in `include` if given, none of `exclude`.

        Both are empty when the object showed itself (`_ipython_display_`). Binary content is base64 text.
        """
        if type(obj) in self._plain and include is None and not exclude:
            try:
                return {"text/plain": self.text(obj)}, {}
            except Exception as error:
                self._report(error)
                return {}, {}
        if self._shows_itself(obj):
            return {}, {}
        data: dict[str, Any] = {}
        metadata: dict[str, Any] = {}
        self._bundle(obj, include, exclude, data, metadata)
        for mime, formatter in self.formatters.items():
            if (include is not None and mime not in include) or (exclude and mime in exclude) or not formatter.enabled:
                continue
            if mime in data and formatter.lookup(obj) is None:
                continue
            if mime == "text/plain":
                try:
                    data[mime] = self.text(obj)
                except Exception as error:
                    if not isinstance(error, NotImplementedError):
                        self._report(error)
                continue
            content = self._try(formatter, obj)
            if content is None:
                continue
            if isinstance(content, tuple) and len(content) == 2:
                content, about = content
                if about:
                    metadata[mime] = about
            if content is not None:
                data[mime] = _encoded(mime, content)
        return data, metadata

    def _shows_itself(self, obj: Any) -> bool:
        """Let the object show itself, if it can."""
        function = self.own_display.lookup(obj)
        method = real_method(obj, "_ipython_display_") if function is None else None
        try:
            if function is not None:
                function(obj)
            elif method is not None:
                method()
            else:
                return False
        except NotImplementedError:
            return False
        except Exception as error:
            self._report(error)
            return False
        return True

    def _bundle(
        self,
        obj: Any,
        include: Container[str] | None,
        exclude: Container[str] | None,
        data: dict[str, Any],
        metadata: dict[str, Any],
    ) -> None:
        function = self.mimebundle.lookup(obj) or real_method(obj, "_repr_mimebundle_")
        if function is None:
            return
        try:
            if self.mimebundle.lookup(obj) is not None:
                found = function(obj, include=include, exclude=exclude)
            else:
                found = function(include=include, exclude=exclude)
        except NotImplementedError:
            return
        except Exception as error:
            self._report(error)
            return
        about: Any = None
        if isinstance(found, tuple):
            found, about = found
        for mime, content in (found or {}).items():
            if (include is None or mime in include) and not (exclude and mime in exclude) and content is not None:
                data[mime] = _encoded(mime, content)
        metadata.update(about or {})

    def _try(self, formatter: Formatter, obj: Any) -> Any:
        try:
            return formatter(obj)
        except NotImplementedError:
            return None
        except Exception as error:
            self._report(error)
            return None

    def text(self, obj: Any) -> str:
        """`text/plain` of an object. Raises what its `__repr__` raises."""
        type_ = type(obj)
        if type_ in self._plain and (type_ is not float or not self.float_format):
            if type_ in _SIMPLE:
                return repr(obj)
            if type_ in (list, tuple, dict) and len(obj) < 40 and _is_flat(obj) and not self.float_format:
                text = repr(obj)
                if len(text) < 80:
                    return text
        if not self.pretty_print:
            return repr(obj)
        from .pretty import pretty

        lookup = self.formatters["text/plain"].lookup
        try:
            return pretty(obj, lookup, max_seq_length=self.max_seq_length, float_format=self.float_format)
        except RecursionError:  # nested too deep to lay out
            return repr(obj)

    def _report(self, error: BaseException) -> None:
        if self.report is not None:
            self.report(error)


_SIMPLE = frozenset([int, str, float, bool, type(None), bytes, complex])


def _is_flat(obj: Any) -> bool:
    values = obj if type(obj) is not dict else [*obj, *obj.values()]
    return all(type(value) in _SIMPLE for value in values)


def _encoded(mime: str, content: Any) -> Any:
    if isinstance(content, bytes):
        if mime in _BINARY or not mime.startswith("text/"):
            from binascii import b2a_base64

            return b2a_base64(content, newline=False).decode("ascii")
        return content.decode("utf-8", "replace")
    return content
