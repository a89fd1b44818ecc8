"""A bar that tells how far something is."""

from __future__ import annotations

from ..display import display, new_display_id
from .attributes import attributes


class ProgressBar:
    """A bar that fills as its `progress` is set, or as one iterates over it."""

    def __init__(self, total: int) -> None:
        self.total = total
        self._progress = 0
        self.html_width = "60ex"
        self.text_width = 60
        self._display_id = new_display_id()

    @property
    def progress(self) -> int:
        return self._progress

    @progress.setter
    def progress(self, value: int) -> None:
        self._progress = value
        self.update()

    def display(self) -> None:
        display(self, display_id=self._display_id)

    def update(self) -> None:
        display(self, display_id=self._display_id, update=True)

    def __iter__(self) -> ProgressBar:
        self.display()
        self._progress = -1  # the first step shows nothing done
        return self

    def __next__(self) -> int:
        self.progress += 1
        if self.progress < self.total:
            return self.progress
        raise StopIteration

    def __repr__(self) -> str:
        fraction = min(max(self._progress / self.total, 0), 1) if self.total > 0 else 0
        done = "=" * int(fraction * self.text_width)
        return f"[{done:<{self.text_width}}] {self._progress}/{self.total}"

    def _repr_html_(self) -> str:
        shown = attributes(style=f"width:{self.html_width}", max=self.total, value=self._progress)
        return f"<progress {shown}></progress>"
