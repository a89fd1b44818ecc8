"""The kernel's settings as traitlets, and ``antiphon-kernel``: its command line beyond the ``-f FILE`` of frontends."""

from __future__ import annotations

import sys
from difflib import get_close_matches
from typing import Any

from traitlets import Bool, Dict, TraitError, Unicode, observe, validate
from traitlets import List as ListOf
from traitlets.config import Configurable

from antiphon_kernel_base.app import main as base_main
from antiphon_python_kernel.figures import FORMATS, InlineFigures
from antiphon_python_kernel.kernelspec_app import main as kernelspec_main
from antiphon_python_kernel.launch import VERBS, serve


class InlineBackend(Configurable):
    """How figures are drawn in a cell; the names that people's configuration already uses."""

    figure_format = Unicode("png", help="The one format of figures: " + ", ".join(FORMATS)).tag(config=True)
    figure_formats = ListOf(Unicode(), ["png"], help="All formats that figures are drawn in.").tag(config=True)
    close_figures = Bool(True, help="Close the figures that a cell has shown.").tag(config=True)
    print_figure_kwargs = Dict({"bbox_inches": "tight"}, help="Passed on to matplotlib's print_figure.").tag(
        config=True
    )

    def __init__(self, figures: InlineFigures) -> None:
        self._figures = figures
        super().__init__()

    @validate("figure_format", "figure_formats")
    def _known(self, proposal: Any) -> Any:
        names = [proposal["value"]] if isinstance(proposal["value"], str) else proposal["value"]
        for name in names:
            if name not in FORMATS:
                raise TraitError(f"figure format {name!r}: expected one of {', '.join(FORMATS)}")
        return proposal["value"]

    @observe("figure_format")
    def _format_changed(self, change: Any) -> None:
        self.figure_formats = [change["new"]]

    @observe("figure_formats", "close_figures", "print_figure_kwargs")
    def _changed(self, change: Any) -> None:
        self._figures.set_formats(*self.figure_formats)
        self._figures.close_figures = self.close_figures
        self._figures.options = dict(self.print_figure_kwargs)


def main(words: list[str]) -> int:
    """Run a command line. Returns the exit code."""
    word = words[0] if words else "-"
    if not word.startswith("-") and word != "install":
        known = [*sorted(VERBS), "install"]
        near = get_close_matches(word, known, 1)
        meant = f"did you mean {near[0]}?" if near else f"there are {', '.join(known)}"
        print(f"antiphon kernel: no command {word!r}; {meant}", file=sys.stderr)
        return 2
    return base_main(
        words,
        serve,
        lambda options, program: kernelspec_main(["install", *options]),
        also="{program} list          what runs; likewise: info, stop, interrupt, restart, clean",
    )
