"""Long text, shown by the frontend's pager."""

from __future__ import annotations

from typing import Any

from antiphon_ipython_facade.session import services

__all__ = ["display_page", "page", "page_dumb", "page_file"]


def page(data: Any, start: int = 0, screen_lines: int = 0, pager_cmd: str | None = None) -> None:
    """Show a text or MIME bundle."""
    services()["page"](data if isinstance(data, dict) else str(data), start)


def page_dumb(strng: Any, start: int = 0, screen_lines: int = 25) -> None:
    page(strng, start)


def page_file(fname: str, start: int = 0, pager_cmd: str | None = None) -> None:
    """Show a file. Raises OSError."""
    with open(fname, encoding="utf-8") as file:
        page(file.read(), start)


def display_page(strng: Any, start: int = 0, screen_lines: int = 25) -> None:
    """Show it among the outputs, not in a pager."""
    from antiphon_exec_core.display import display

    display(strng if isinstance(strng, dict) else {"text/plain": str(strng)}, raw=True)
