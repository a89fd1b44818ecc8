"""`ip.display_formatter`: who turns objects into content, by MIME type."""

from __future__ import annotations

import abc
from collections.abc import Callable
from typing import Any

from IPython.core.getipython import get_ipython
from traitlets import Bool, Dict, ObjectName, Unicode
from traitlets.config.configurable import Configurable

from antiphon_exec_core.compat import DisplayFormatter as _Face
from antiphon_exec_core.displayer import Formatter


class FormatterABC(abc.ABC):  # noqa: B024  # libraries register with it
    """What counts as a formatter."""

    format_type = "text/plain"
    enabled = True


class DisplayFormatter(_Face):
    """The formatters of this session."""

    def __init__(self, shell: Any = None, **_: Any) -> None:
        shell = shell if shell is not None else get_ipython()
        super().__init__(shell._services)


class BaseFormatter(Formatter, Configurable):
    """A formatter of somebody's own, to be put under its MIME type into `display_formatter.formatters`."""

    format_type = Unicode("text/plain")
    enabled = Bool(True).tag(config=True)
    print_method = ObjectName("__repr__")
    singleton_printers = Dict().tag(config=True)
    type_printers = Dict().tag(config=True)
    deferred_printers = Dict().tag(config=True)
    _return_type: Any = str

    def __init__(self, **options: Any) -> None:
        Configurable.__init__(self, **options)


class PlainTextFormatter(BaseFormatter):
    format_type = Unicode("text/plain")
    print_method = ObjectName("_repr_pretty_")


def _formatter(name: str, mime: str, method: str, returns: Any = str) -> type[BaseFormatter]:
    body = {"format_type": Unicode(mime), "print_method": ObjectName(method), "_return_type": returns}
    return type(name, (BaseFormatter,), {"__module__": __name__, **body})


HTMLFormatter = _formatter("HTMLFormatter", "text/html", "_repr_html_")
MarkdownFormatter = _formatter("MarkdownFormatter", "text/markdown", "_repr_markdown_")
SVGFormatter = _formatter("SVGFormatter", "image/svg+xml", "_repr_svg_")
PNGFormatter = _formatter("PNGFormatter", "image/png", "_repr_png_", (bytes, str))
JPEGFormatter = _formatter("JPEGFormatter", "image/jpeg", "_repr_jpeg_", (bytes, str))
LatexFormatter = _formatter("LatexFormatter", "text/latex", "_repr_latex_")
JSONFormatter = _formatter("JSONFormatter", "application/json", "_repr_json_", (list, dict))
JavascriptFormatter = _formatter("JavascriptFormatter", "application/javascript", "_repr_javascript_")
PDFFormatter = _formatter("PDFFormatter", "application/pdf", "_repr_pdf_", (bytes, str))
IPythonDisplayFormatter = _formatter("IPythonDisplayFormatter", "", "_ipython_display_", (type(None), bool))
MimeBundleFormatter = _formatter("MimeBundleFormatter", "", "_repr_mimebundle_", dict)

FormatterABC.register(Formatter)


def format_display_data(obj: Any, include: Any = None, exclude: Any = None) -> tuple[dict[str, Any], dict[str, Any]]:
    """`(data, metadata)` of an object."""
    shell = get_ipython()
    found: tuple[dict[str, Any], dict[str, Any]] = shell.display_formatter.format(obj, include, exclude)
    return found


def catch_format_error(method: Callable[..., Any]) -> Callable[..., Any]:
    """A formatter's failure is shown, and gives nothing."""
    from functools import wraps

    @wraps(method)
    def guarded(self: Any, *args: Any, **kwargs: Any) -> Any:
        try:
            return method(self, *args, **kwargs)
        except NotImplementedError:
            return None
        except Exception:
            shell = get_ipython()
            if shell is None:
                raise
            shell.showtraceback()
            return None

    return guarded
