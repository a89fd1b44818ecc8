"""Tracebacks as text, as the session shows them."""

from __future__ import annotations

import sys
import traceback
from typing import Any

from antiphon_ipython_facade.session import current


class TBTools:
    """`text`, `structured_traceback` and a call that shows."""

    mode = "Context"

    def __init__(self, shell: Any = None, *_: Any, mode: str = "", ostream: Any = None, **__: Any) -> None:
        self.mode = mode or self.mode
        self.ostream = ostream

    def structured_traceback(
        self, etype: Any = None, evalue: Any = None, etb: Any = None, tb_offset: int | None = None, context: int = 5
    ) -> list[str]:
        error = evalue if isinstance(evalue, BaseException) else sys.exc_info()[1]
        if error is None:
            return []
        session = current()
        if session is None:
            return traceback.format_exception(error)
        return list(session.services["tracebacks"].report(error, keep=False).traceback)

    def text(self, etype: Any, evalue: Any, tb: Any, tb_offset: int | None = None, context: int = 5) -> str:
        return "\n".join(self.structured_traceback(etype, evalue, tb, tb_offset, context))

    def stb2text(self, stb: list[str]) -> str:
        return "\n".join(stb)

    def set_mode(self, mode: str | None = None) -> None:
        self.mode = mode or self.mode

    def __call__(self, etype: Any = None, evalue: Any = None, etb: Any = None, **_: Any) -> None:
        if etype is None:
            etype, evalue, etb = sys.exc_info()
        print(self.text(etype, evalue, etb), file=self.ostream or sys.stderr)


class FormattedTB(TBTools):
    pass


class VerboseTB(TBTools):
    mode = "Verbose"


class ListTB(TBTools):
    mode = "Plain"


class AutoFormattedTB(FormattedTB):
    pass


class ColorTB(FormattedTB):
    pass


class SyntaxTB(ListTB):
    pass
