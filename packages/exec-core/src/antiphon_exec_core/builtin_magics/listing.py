"""The magic that lists the magics: lsmagic."""

from __future__ import annotations

from typing import Any

from ..errors import UsageError
from ..magic_options import read_options


class MagicsList:
    """The names of all magics; `str()` is the list for people, `_repr_json_` the one for programs."""

    def __init__(self, line: list[str], cell: list[str], automagic: bool) -> None:
        self.line, self.cell, self.automagic = line, cell, automagic

    def __str__(self) -> str:
        switch = "ON, % prefix IS NOT" if self.automagic else "OFF, % prefix IS"
        return (
            f"Available line magics:\n%{'  %'.join(self.line)}\n\n"
            f"Available cell magics:\n%%{'  %%'.join(self.cell)}\n\n"
            f"Automagic is {switch} needed for line magics."
        )

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        printer.text(str(self))

    __repr__ = __str__


def lsmagic(line: str, magics: Any, settings: Any) -> Any:
    """`%lsmagic [--json]`: the magics there are; --json gives a dictionary, name to theme, by kind."""
    options, rest = read_options(line, "", ("json",))
    if rest.strip():
        raise UsageError(f"unrecognized arguments: {rest.strip()}")
    if "json" in options:
        return {kind: {name: magics.theme(name, kind) for name in magics.names(kind)} for kind in ("line", "cell")}
    return MagicsList(magics.names("line"), magics.names("cell"), settings.current.automagic)
