"""Objects to MIME bundles, through one formatter per type of content.

A formatter looks for a function registered for the object's class (or a base of it), then for the object's own
method (`_repr_html_` and its like). A formatter that raises is reported and gives nothing; the cell goes on.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping
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
_TEXTS = ("application/javascript", "application/pdf")
_BINARY = ("image/png", "image/jpeg", "application/pdf")
_MISSING: Any = object()
_BUILTIN = (int, str, float, bool, type(None), bytes, complex, list, tuple, dict, set, frozenset)


class _Printers(dict[Any, Function]):
    """Functions by what they show; the displayer is told of every change, since it takes short cuts where none is."""

    def __init__(self, changed: Callable[[], None]) -> None:
        super().__init__()
        self._changed = changed

    def __setitem__(self, key: Any, function: Function) -> None:
        super().__setitem__(key, function)
        self._changed()

    def __delitem__(self, key: Any) -> None:
        super().__delitem__(key)
        self._changed()

    def pop(self, key: Any, *default: Any) -> Any:
        found = super().pop(key, *default)
        self._changed()
        return found

    def update(self, *others: Any, **_: Any) -> None:
        super().update(*others)
        self._changed()

    def clear(self) -> None:
        super().clear()
        self._changed()


class _Formatters(dict[str, "Formatter"]):
    """Formatters by MIME type; one may be put in another's place, of which the displayer is told."""

    def __init__(self, made: Mapping[str, Formatter], changed: Callable[[], None]) -> None:
        super().__init__(made)
        self._changed = changed

    def __setitem__(self, mime: str, formatter: Formatter) -> None:
        super().__setitem__(mime, formatter)
        self._changed()


class Formatter:
    """The formatter of one MIME type: registered functions first, then the object's method.

    `singleton_printers` are by `id`, `type_printers` by class, `deferred_printers` by the module and name of a class
    that need not be imported yet.
    """

    def __init__(self, format_type: str, print_method: str, changed: Callable[[], None]) -> None:
        self.format_type = format_type
        self.print_method = print_method
        self.enabled = True
        self.singleton_printers: dict[int, Function] = _Printers(changed)
        self.type_printers: dict[type, Function] = _Printers(changed)
        self.deferred_printers: dict[tuple[str, str], Function] = _Printers(changed)

    def for_type(self, type_: type | str, function: Function | None = None) -> Function | None:
        """Register a function for a type (or `"module.name"` of one); the former one returns. Without one: look.

        Raises ValueError for a name without a module.
        """
        if isinstance(type_, str):
            return self.for_type_by_name(*_module_and_name(type_), function)
        key = type_.__module__, type_.__name__
        former = self.type_printers.get(type_) or self.deferred_printers.get(key)
        if function is not None:
            self.deferred_printers.pop(key, None)
            self.type_printers[type_] = function
        return former

    def for_type_by_name(self, module: str, name: str, function: Function | None = None) -> Function | None:
        """The same for a type whose module need not be imported yet."""
        former = self.deferred_printers.get((module, name)) or next(
            (
                found
                for type_, found in self.type_printers.items()
                if (type_.__module__, type_.__name__) == (module, name)
            ),
            None,
        )
        if function is not None:
            self.deferred_printers[module, name] = function
        return former

    def pop(self, type_: type | str, default: Any = _MISSING) -> Any:
        """Forget a registration. Raises KeyError where there is none, unless there is a `default`."""
        key = _module_and_name(type_) if isinstance(type_, str) else (type_.__module__, type_.__name__)
        for registered in list(self.type_printers):
            if registered is type_ or (isinstance(type_, str) and (registered.__module__, registered.__name__) == key):
                return self.type_printers.pop(registered)
        found = self.deferred_printers.pop(key, default)
        if found is _MISSING:
            raise KeyError(f"No registered value for {type_!r}")
        return found

    def lookup_by_type(self, type_: type | str) -> Function:
        """The function registered for a class or the nearest of its bases. Raises KeyError where there is none."""
        found = self.for_type(type_) if isinstance(type_, str) else self.find(type_)
        if found is None:
            raise KeyError(f"No registered printer for {type_!r}")
        return found

    def lookup(self, obj: Any) -> Function:
        """The function registered for this object or its class. Raises KeyError where there is none."""
        found = self.function_of(obj)
        if found is None:
            raise KeyError(f"No registered printer for {type(obj)!r}")
        return found

    def __contains__(self, type_: type | str) -> bool:
        return (self.for_type(type_) if isinstance(type_, str) else self.find(type_)) is not None

    def find(self, type_: type) -> Function | None:
        """`lookup_by_type`, or None."""
        if not self.type_printers and not self.deferred_printers:
            return None
        for class_ in type_.__mro__:
            function = self.type_printers.get(class_)
            if function is not None:
                return function
            if self.deferred_printers:
                function = self.deferred_printers.pop((class_.__module__, class_.__name__), None)
                if function is not None:
                    self.type_printers[class_] = function
                    return function
        return None

    def function_of(self, obj: Any) -> Function | None:
        """`lookup`, or None."""
        if self.singleton_printers:
            function = self.singleton_printers.get(id(obj))
            if function is not None:
                return function
        return self.find(type(obj))

    def __call__(self, obj: Any) -> Any:
        """The content, or `(content, metadata)`, or None. Raises what the function or method raises."""
        function = self.function_of(obj)
        if function is not None:
            return function(obj)
        method = real_method(obj, self.print_method)
        return None if method is None else method()


class PlainFormatter(Formatter):
    """The formatter of plain text, which every object has; how long and wide it may be are the displayer's."""

    def __init__(self, displayer: Displayer) -> None:
        super().__init__("text/plain", "_repr_pretty_", displayer._changed)
        self._displayer = displayer

    @property
    def pprint(self) -> bool:
        return self._displayer.pretty_print

    @pprint.setter
    def pprint(self, wanted: bool) -> None:
        self._displayer.pretty_print = wanted

    @property
    def max_width(self) -> int:
        return self._displayer.max_width

    @max_width.setter
    def max_width(self, characters: int) -> None:
        self._displayer.max_width = characters

    @property
    def max_seq_length(self) -> int:
        return self._displayer.max_seq_length

    @max_seq_length.setter
    def max_seq_length(self, elements: int) -> None:
        self._displayer.max_seq_length = elements

    @property
    def float_format(self) -> str:
        return self._displayer.float_format or "%r"

    @property
    def float_precision(self) -> str:
        """The format of floats, as `%.3f`; a number of digits may be given instead, nothing is Python's own."""
        return self._displayer.float_format

    @float_precision.setter
    def float_precision(self, wanted: str | int) -> None:
        text = str(wanted)
        if text and "%" not in text:
            text = f"%.{int(text)}f"
        if text:
            _ = text % 3.141592653589793  # raises ValueError or TypeError for what is no format of a float
        self._displayer.float_format = text

    def __call__(self, obj: Any) -> str:
        return self._displayer.text(obj)


def _module_and_name(name: str) -> tuple[str, str]:
    module, dot, last = name.rpartition(".")
    if not dot:
        raise ValueError(f"the name of a type is module.name, not {name!r}")
    return module, last


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
        self.pretty_print = True
        self.max_width = 79
        self.max_seq_length = 1000
        self.float_format = ""
        self._plain: frozenset[type] = frozenset(_BUILTIN)
        self.formatters: dict[str, Formatter] = _Formatters(
            {
                mime: PlainFormatter(self) if mime == "text/plain" else Formatter(mime, method, self._changed)
                for mime, method in METHODS.items()
            },
            self._changed,
        )
        self.mimebundle = Formatter("", "_repr_mimebundle_", self._changed)
        self.own_display = Formatter("", "_ipython_display_", self._changed)

    def _changed(self) -> None:
        everything = (*self.formatters.values(), self.mimebundle, self.own_display)
        is_own = isinstance(self.formatters["text/plain"], PlainFormatter)
        if not is_own or any(formatter.singleton_printers for formatter in everything):
            self._plain = frozenset()  # any object may be one of them
            return
        self._plain = frozenset(
            type_
            for type_ in _BUILTIN
            if not any(
                base in formatter.type_printers or (base.__module__, base.__name__) in formatter.deferred_printers
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
            if mime in data and formatter.function_of(obj) is None:
                continue
            if isinstance(formatter, PlainFormatter):
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
            if content is not None and _fits(mime, content, obj):
                data[mime] = _encoded(mime, content)
        return data, metadata

    @property
    def active_types(self) -> list[str]:
        """The MIME types whose formatters are enabled. Setting it disables all others."""
        return [mime for mime, formatter in self.formatters.items() if formatter.enabled]

    @active_types.setter
    def active_types(self, mimes: Container[str]) -> None:
        for mime, formatter in self.formatters.items():
            formatter.enabled = mime in mimes

    def _shows_itself(self, obj: Any) -> bool:
        """Let the object show itself, if it can."""
        function = self.own_display.function_of(obj)
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
        registered = self.mimebundle.function_of(obj)
        method = real_method(obj, "_repr_mimebundle_") if registered is None else None
        try:
            if registered is not None:
                found = registered(obj, include=include, exclude=exclude)
            elif method is not None:
                found = method(include=include, exclude=exclude)
            else:
                return
        except NotImplementedError:
            return
        except Exception as error:
            self._report(error)
            return
        about: Any = None
        if isinstance(found, tuple) and len(found) == 2:
            found, about = found
        if found is not None and not isinstance(found, Mapping):
            _complain(f"_repr_mimebundle_ of {type(obj).__name__} gave {type(found).__name__}, not a dict")
            return
        for mime, content in (found or {}).items():
            if (
                (include is None or mime in include)
                and not (exclude and mime in exclude)
                and content is not None
                and _fits(mime, content, obj)
            ):
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
                if len(text) <= self.max_width and (not self.max_seq_length or len(obj) <= self.max_seq_length):
                    return text
        if not self.pretty_print:
            return repr(obj)
        from .pretty import pretty

        lookup = self.formatters["text/plain"].function_of
        try:
            return pretty(obj, lookup, self.max_width, self.max_seq_length, self.float_format)
        except RecursionError:  # nested too deep to lay out
            return repr(obj)

    def _report(self, error: BaseException) -> None:
        if self.report is not None:
            self.report(error)


_SIMPLE = frozenset([int, str, float, bool, type(None), bytes, complex])


def _is_flat(obj: Any) -> bool:
    values = obj if type(obj) is not dict else [*obj, *obj.values()]
    return all(type(value) in _SIMPLE for value in values)


def _fits(mime: str, content: Any, obj: Any) -> bool:
    """Can a frontend show this content? What a text is told by must be text; one complaint, and it is passed over."""
    if isinstance(content, (str, bytes)) or not (mime.startswith(("text/", "image/")) or mime in _TEXTS):
        return True
    _complain(f"the {mime} of {type(obj).__name__} is {type(content).__name__}, not text: passed over")
    return False


def _complain(text: str) -> None:
    import warnings

    warnings.warn(text, RuntimeWarning, stacklevel=2)


def _encoded(mime: str, content: Any) -> Any:
    if isinstance(content, bytes):
        if mime in _BINARY or not mime.startswith("text/"):
            from binascii import b2a_base64

            return b2a_base64(content, newline=False).decode("ascii")
        return content.decode("utf-8", "replace")
    return content
