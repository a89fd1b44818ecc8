"""Notebooks as notebooks, of format 4 or an older one."""

from __future__ import annotations

from ..conversion import Conversion
from ..errors import ConversionError
from ..notebook import dumps
from ..settings import Options
from .exporter import Exporter, Result


def make_notebook(conversion: Conversion, exporter: Exporter, options: Options) -> Result:
    """JSON as Jupyter writes it. Raises `ConversionError` where an older format cannot hold it."""
    try:
        text = dumps(conversion.notebook, options.nbformat)
    except Exception as error:  # nbformat lets through whatever it stumbles over
        raise ConversionError(
            f"{conversion.name}: cannot be written in format {options.nbformat}: {type(error).__name__}: {error}"
        ) from None
    extension = exporter.extension if options.nbformat == 4 else f".v{options.nbformat}{exporter.extension}"
    return Result(text, extension, exporter.mimetype)
