"""Matplotlib's backend for inline figures (``module://antiphon_python_kernel.plotting``), and how one is drawn."""

from __future__ import annotations

import io
from typing import Any

from matplotlib import pyplot  # type: ignore[import-not-found, unused-ignore]
from matplotlib._pylab_helpers import Gcf  # type: ignore[import-not-found, unused-ignore]
from matplotlib.backend_bases import FigureManagerBase  # type: ignore[import-not-found, unused-ignore]
from matplotlib.backends.backend_agg import FigureCanvasAgg  # type: ignore[import-not-found, unused-ignore]

from antiphon_exec_core.display import display


class FigureManager(FigureManagerBase):  # type: ignore[misc, unused-ignore]
    """A figure without a window: showing it displays it in its cell."""

    def show(self) -> None:
        display(self.canvas.figure)

    @classmethod
    def pyplot_show(cls, *, block: bool | None = None) -> None:
        show_all(close=True)


class FigureCanvas(FigureCanvasAgg):  # type: ignore[misc, unused-ignore]
    manager_class = FigureManager


def show_all(close: bool) -> None:
    """Display every open figure; with `close`, none is open afterwards."""
    managers = Gcf.get_all_fig_managers()
    try:
        for manager in managers:
            display(manager.canvas.figure)
    finally:
        if close and managers:
            pyplot.close("all")


def drawn(figure: Any, kind: str, options: dict[str, Any]) -> Any:
    """A figure as png, retina, svg, jpeg or pdf: bytes, or text for svg; retina adds metadata with the shown size."""
    dpi = figure.dpi * (2 if kind == "retina" else 1)
    file = io.BytesIO()
    if figure.canvas is None or not hasattr(figure.canvas, "print_figure"):
        FigureCanvasAgg(figure)
    form = "png" if kind == "retina" else kind
    figure.canvas.print_figure(
        file, format=form, dpi=dpi, facecolor=figure.get_facecolor(), edgecolor=figure.get_edgecolor(), **options
    )
    data = file.getvalue()
    if kind == "svg":
        return data.decode()
    if kind == "retina":
        width, height = int.from_bytes(data[16:20]), int.from_bytes(data[20:24])
        return data, {"width": width // 2, "height": height // 2}
    return data
