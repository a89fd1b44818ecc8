"""A program's text, in colours."""

from __future__ import annotations

from typing import Any

from .contents import TextDisplayObject


class Code(TextDisplayObject):
    """A program's text, coloured. `language` is a pygments lexer name; without it the file's name or the text tells."""

    def __init__(
        self, data: str | None = None, url: str | None = None, filename: str | None = None, language: str | None = None
    ) -> None:
        self.language = language
        super().__init__(data, url, filename)

    def _highlighted(self, formatter: Any) -> str:
        from pygments import highlight  # type: ignore[import-untyped, unused-ignore]
        from pygments.lexers import (  # type: ignore[import-untyped, unused-ignore]
            get_lexer_by_name,
            get_lexer_for_filename,
            guess_lexer,
        )

        name = self.filename or self.url
        lexer = (
            get_lexer_by_name(self.language)
            if self.language
            else get_lexer_for_filename(name)
            if name
            else guess_lexer(self.data)
        )
        return str(highlight(self.data, lexer, formatter))

    def _repr_html_(self) -> str:
        from pygments.formatters import HtmlFormatter  # type: ignore[import-untyped, unused-ignore]

        formatter = HtmlFormatter()
        styles: str = formatter.get_style_defs(".highlight")  # type: ignore[no-untyped-call, unused-ignore]
        return f"<style>{styles}</style>{self._highlighted(formatter)}"

    def _repr_latex_(self) -> str:
        from pygments.formatters import LatexFormatter

        return self._highlighted(LatexFormatter())

    def __repr__(self) -> str:
        return str(self.data)
