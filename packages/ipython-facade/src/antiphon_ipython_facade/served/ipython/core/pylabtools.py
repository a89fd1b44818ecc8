"""Matplotlib's figures as content, and which backend draws them."""

from __future__ import annotations

import sys
from io import BytesIO
from typing import Any

from antiphon_ipython_facade.session import services

backends = {
    "tk": "TkAgg", "gtk": "GTKAgg", "gtk3": "GTK3Agg", "gtk4": "GTK4Agg", "wx": "WXAgg", "qt": "QtAgg",
    "qt5": "Qt5Agg", "qt6": "QtAgg", "osx": "MacOSX", "nbagg": "nbAgg", "webagg": "WebAgg", "notebook": "nbAgg",
    "agg": "agg", "svg": "svg", "pdf": "pdf", "ps": "ps", "ipympl": "module://ipympl.backend_nbagg",
    "widget": "module://ipympl.backend_nbagg", "inline": "module://antiphon_python_kernel.plotting",
}  # fmt: skip


def getfigs(*fig_nums: int) -> list[Any]:
    """The open figures, or those of these numbers."""
    from matplotlib._pylab_helpers import Gcf

    managers = [Gcf.figs.get(number) for number in fig_nums] if fig_nums else Gcf.get_all_fig_managers()
    return [manager.canvas.figure for manager in managers if manager is not None]


def figsize(sizex: float, sizey: float) -> None:
    """The default size of figures, in inches."""
    import matplotlib

    matplotlib.rcParams["figure.figsize"] = [sizex, sizey]


def print_figure(fig: Any, fmt: str = "png", bbox_inches: Any = "tight", base64: bool = False, **options: Any) -> Any:
    """A figure as bytes (SVG as text; with `base64` as such); None for one without content."""
    if not fig.axes and not fig.lines:
        return None
    if fmt == "retina":
        fmt, dpi = "png", fig.dpi * 2
    else:
        dpi = fig.dpi
    settings = {
        "format": fmt, "facecolor": fig.get_facecolor(), "edgecolor": fig.get_edgecolor(), "dpi": dpi,
        "bbox_inches": bbox_inches, **options,
    }  # fmt: skip
    file = BytesIO()
    if fig.canvas is None:
        from matplotlib.backend_bases import FigureCanvasBase

        FigureCanvasBase(fig)
    fig.canvas.print_figure(file, **settings)
    data = file.getvalue()
    if fmt == "svg":
        return data.decode("utf-8")
    if base64:
        import base64 as codec

        return codec.b64encode(data).decode("ascii")
    return data


def retina_figure(fig: Any, base64: bool = False, **options: Any) -> Any:
    """`(png, metadata)` at twice the resolution, to be shown at half the size."""
    png = print_figure(fig, fmt="retina", **options)
    if png is None:
        return None
    width, height = int.from_bytes(png[16:20], "big"), int.from_bytes(png[20:24], "big")
    if base64:
        import base64 as codec

        png = codec.b64encode(png).decode("ascii")
    return png, {"width": width // 2, "height": height // 2}


def select_figure_formats(shell: Any, formats: Any, **options: Any) -> None:
    """Draw figures in these formats from now on. Raises ValueError for one that is not known."""
    names = [formats] if isinstance(formats, str) else list(formats)
    names = ["retina" if name in ("png2x", "retina") else "jpeg" if name == "jpg" else name for name in names]
    known = ("png", "retina", "svg", "jpeg", "pdf")
    unknown = [name for name in names if name not in known]
    if unknown:
        raise ValueError(f"supported formats are: {', '.join(known)} not {', '.join(unknown)}")
    found = services()
    if "plotting" in found:
        figures = found["plotting"]
        figures.formats = tuple(names)
        figures.options = {**figures.options, **options}


def find_gui_and_backend(gui: str | None = None, gui_select: str | None = None) -> tuple[str | None, str]:
    """`(toolkit, backend)` for what `%matplotlib` was given."""
    import matplotlib

    if not gui or gui == "auto":
        backend = matplotlib.rcParamsOrig["backend"]
        return None, str(backend)
    if gui.startswith("module://"):
        return None, gui
    name = gui.lower()
    toolkit = name if name in ("tk", "gtk3", "gtk4", "wx", "qt", "qt5", "qt6", "osx") else None
    return toolkit, backends.get(name, gui)


def activate_matplotlib(backend: str) -> None:
    """Have matplotlib draw by this backend."""
    import matplotlib

    matplotlib.interactive(True)
    matplotlib.rcParams["backend"] = backend
    if "matplotlib.pyplot" in sys.modules:
        sys.modules["matplotlib.pyplot"].switch_backend(backend)


def import_pylab(user_ns: dict[str, Any], import_all: bool = True) -> None:
    """Put pyplot and numpy, and with `import_all` all of their names, among the user's."""
    import matplotlib.pyplot as plt
    import numpy as np

    user_ns.update(np=np, plt=plt, pyplot=plt, mlab=plt.mlab, numpy=np)
    if import_all:
        for module in (plt, np):
            user_ns.update({name: value for name, value in vars(module).items() if not name.startswith("_")})
