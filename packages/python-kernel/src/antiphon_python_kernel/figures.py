"""Matplotlib figures shown inline, without matplotlib: it is imported only by those who plot.

A deferred formatter draws a figure when one is displayed; figures left open by a cell are shown after it and closed.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from antiphon_exec_core.displayer import Displayer
    from antiphon_exec_core.hooks import Hooks

BACKEND = "module://antiphon_python_kernel.plotting"
FORMATS = {
    "png": "image/png",
    "retina": "image/png",
    "svg": "image/svg+xml",
    "jpeg": "image/jpeg",
    "pdf": "application/pdf",
}


class InlineFigures:
    """How figures are drawn. `formats` is any of png, retina, svg, jpeg, pdf."""

    def __init__(self) -> None:
        self.formats: tuple[str, ...] = ("png",)
        self.close_figures = True
        self.options: dict[str, Any] = {"bbox_inches": "tight"}

    def attach(self, displayer: Displayer, hooks: Hooks) -> None:
        """Draw figures that are displayed, and show those that a cell leaves open."""
        os.environ.setdefault("MPLBACKEND", BACKEND)
        for mime in sorted(set(FORMATS.values())):
            displayer.for_type_by_name("matplotlib.figure", "Figure", self._formatter(mime), mime=mime)
        hooks.register("post_execute", self.show_open)

    def set_formats(self, *formats: str) -> None:
        """Raises ValueError for a format that is none."""
        for one in formats:
            if one not in FORMATS:
                raise ValueError(f"figure format {one!r}: expected one of {', '.join(FORMATS)}")
        self.formats = formats

    def enable(self, gui: str | None = "inline") -> str:
        """Choose matplotlib's backend, ``inline`` or any it knows by name, and return that name.

        Raises ImportError without matplotlib, and what matplotlib raises for a name it does not know.
        """
        import matplotlib

        backend = BACKEND
        if gui not in (None, "", "auto", "inline"):
            from matplotlib.backends.registry import backend_registry

            backend, _ = backend_registry.resolve_gui_or_backend(gui)  # type: ignore[no-untyped-call, unused-ignore]
        matplotlib.use(backend, force=True)
        if "matplotlib.pyplot" in sys.modules:
            sys.modules["matplotlib.pyplot"].switch_backend(backend)
        return gui or "inline"

    def show_open(self) -> None:
        """After a cell: show the figures it left open."""
        if "matplotlib.pyplot" in sys.modules and "antiphon_python_kernel.plotting" in sys.modules:
            from antiphon_python_kernel.plotting import show_all

            show_all(close=self.close_figures)

    def _formatter(self, mime: str) -> Any:
        def draw(figure: Any) -> Any:
            for one in self.formats:
                if FORMATS[one] == mime and (figure.axes or figure.lines):
                    from antiphon_python_kernel.plotting import drawn

                    return drawn(figure, one, self.options)
            return None

        return draw
