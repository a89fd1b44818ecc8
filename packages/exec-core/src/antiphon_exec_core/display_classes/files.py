"""Links to files that the server serves: one, or all of a folder."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from html import escape
from typing import Any

from .attributes import attributes

Lines = Callable[[str, list[str], Any], list[str]]


class FileLink:
    """A link to a file. Raises ValueError for a folder."""

    def __init__(
        self,
        path: str | os.PathLike[str],
        url_prefix: str = "",
        result_html_prefix: str = "",
        result_html_suffix: str = "<br>",
    ) -> None:
        self.path = os.fspath(path)
        if os.path.isdir(self.path):
            raise ValueError(f"Cannot display a directory using FileLink. Use FileLinks to display '{self.path}'.")
        self.url_prefix = url_prefix
        self.result_html_prefix, self.result_html_suffix = result_html_prefix, result_html_suffix

    def _repr_html_(self) -> str:
        if not os.path.exists(self.path):
            return _missing(self.path)
        link = _link(self.url_prefix, self.path, self.path)
        return f"{self.result_html_prefix}{link}{self.result_html_suffix}"

    def __repr__(self) -> str:
        return os.path.abspath(self.path)


class FileLinks:
    """Links to the files of a folder and (`recursive`) those below it, perhaps only those with some suffixes.

    A `notebook_display_formatter(folder, names, included_suffixes)` gives the lines of one folder in its stead, a
    `terminal_display_formatter` those of the plain text. Raises ValueError for a file.
    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        url_prefix: str = "",
        included_suffixes: list[str] | None = None,
        result_html_prefix: str = "",
        result_html_suffix: str = "<br>",
        notebook_display_formatter: Lines | None = None,
        terminal_display_formatter: Lines | None = None,
        recursive: bool = True,
    ) -> None:
        self.path = os.fspath(path).rstrip("/") or "/"
        if os.path.isfile(self.path):
            raise ValueError(f"Cannot display a file using FileLinks. Use FileLink to display '{self.path}'.")
        self.url_prefix, self.included_suffixes, self.recursive = url_prefix, included_suffixes, recursive
        self.result_html_prefix, self.result_html_suffix = result_html_prefix, result_html_suffix
        self.notebook_display_formatter = notebook_display_formatter or self._html_lines
        self.terminal_display_formatter = terminal_display_formatter or self._text_lines

    def _folders(self) -> Iterator[tuple[str, list[str]]]:
        for folder, below, names in os.walk(self.path):
            below.sort()
            suffixes = None if self.included_suffixes is None else tuple(self.included_suffixes)
            chosen = sorted(name for name in names if suffixes is None or name.endswith(suffixes))
            if chosen:
                yield folder, chosen
            if not self.recursive:
                return

    def _html_lines(self, folder: str, names: list[str], included_suffixes: Any = None) -> list[str]:
        before, after = self.result_html_prefix, self.result_html_suffix
        links = [_link(self.url_prefix, f"{folder}/{name}", name) for name in names]
        return [f"{before}{escape(folder)}/{after}", *(f"{before}&nbsp;&nbsp;{link}{after}" for link in links)]

    def _text_lines(self, folder: str, names: list[str], included_suffixes: Any = None) -> list[str]:
        return [folder + "/", *("  " + name for name in names)]

    def _lines(self, formatter: Lines) -> str:
        return "\n".join(
            line for folder, names in self._folders() for line in formatter(folder, names, self.included_suffixes)
        )

    def _repr_html_(self) -> str:
        return self._lines(self.notebook_display_formatter) if os.path.exists(self.path) else _missing(self.path)

    def __repr__(self) -> str:
        return self._lines(self.terminal_display_formatter)


def _link(prefix: str, path: str, text: str) -> str:
    from urllib.parse import quote

    return f"<a {attributes(href=prefix + quote(path), target='_blank')}>{escape(text)}</a>"


def _missing(path: str) -> str:
    return (
        f"Path (<tt>{escape(path)}</tt>) doesn't exist. It may still be in the process of being generated, "
        "or you may have the incorrect path."
    )
