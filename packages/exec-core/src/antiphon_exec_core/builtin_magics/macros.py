"""`%macro`: earlier cells under a name; the name alone runs them."""

from __future__ import annotations

from typing import Any

from ..errors import UsageError
from ..magic_options import read_options


class Macro:
    """Text of cells. At the prompt its name runs it (`autocall`); `+` joins two."""

    def __init__(self, code: str) -> None:
        self.value = code if code.endswith("\n") else code + "\n"

    def __str__(self) -> str:
        return self.value

    def __repr__(self) -> str:
        return f"IPython.macro.Macro({self.value!r})"

    def __add__(self, other: Any) -> Macro:
        if isinstance(other, (Macro, str)):
            return Macro(self.value + str(other))
        return NotImplemented

    def __getstate__(self) -> dict[str, str]:
        return {"value": self.value}


def macro(line: str, history: Any, namespace: Any, displayer: Any, run_code: Any) -> Any:
    """`%macro [-q] [-r] name ranges|names|files`: give earlier cells a name; typed alone, it runs them.

    Without arguments, list the macros. -q says nothing, -r takes the cells as they were typed.
    """
    from .sources import find_code

    options, rest = read_options(line, "rq")
    words = rest.split()
    if not words:
        return sorted(name for name, value in namespace.visible().items() if isinstance(value, Macro))
    if len(words) == 1:
        raise UsageError("%macro insufficient args; usage '%macro name n1-n2 n3-4...'")
    name, what = words[0], " ".join(words[1:])
    try:
        text = find_code(what, history, namespace, raw="r" in options or "%" in what)
    except (ValueError, OSError) as error:
        raise UsageError(str(error)) from None
    made = Macro(text)
    namespace.push({name: made})
    displayer.own_display.for_type(Macro, lambda one: run_code(one.value))
    if "q" not in options:
        print(f"Macro `{name}` created. To execute, type its name (without quotes).\n=== Macro contents: ===")
        print(made, end="")
    return None
