"""`Exporter`: a format as data. What makes the text is the one function in it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple, TypeAlias

from ..conversion import Conversion
from ..settings import Options


class Notice(NamedTuple):
    """Something the reader of the result might miss: `cell` is counted from 1, 0 is the notebook as a whole."""

    text: str
    cell: int = 0


class Result(NamedTuple):
    """What an exporter made: `content` with its `extension` and MIME type, `files` that belong beside it."""

    content: str | bytes
    extension: str
    mimetype: str
    files: Mapping[str, bytes] = {}
    resources: Mapping[str, Any] = {}
    notices: Sequence[Notice] = ()

    @property
    def data(self) -> bytes:
        """The content as it is written."""
        return self.content.encode() if isinstance(self.content, str) else self.content


Make: TypeAlias = "Callable[[Conversion, Exporter, Options], Result]"


class Exporter(NamedTuple):
    """A format.

    `order`: the forms of a value, the one to be shown first. `steps`: the preprocessors on by default, by name.
    `raw_mimetypes`: raw cells that go in. `aliases` are further names for it.
    """

    name: str
    text: str
    extension: str
    mimetype: str
    make: Make
    template: str = ""
    template_extension: str = ""  # of the template's file, where it is another than that of the result
    order: Sequence[str] = ()
    steps: Sequence[str] = ()
    raw_mimetypes: Sequence[str] = ("",)
    aliases: Sequence[str] = ()
    extracts: Sequence[str] = ()  # the pictures that it can show from files; empty: all kinds
    needs: Sequence[str] = ()  # "Markdown": its template turns Markdown into another markup
