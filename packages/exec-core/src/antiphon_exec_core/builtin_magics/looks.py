"""How results look: pprint, doctest_mode."""

from __future__ import annotations

from typing import Any


def pprint(line: str, settings: Any) -> None:
    """`%pprint`: lay long values out on several lines, or do not."""
    now = not settings.current.pretty_print
    settings.change(pretty_print=now)
    print(f"Pretty printing has been turned {'ON' if now else 'OFF'}")


def doctest_mode(line: str, settings: Any) -> None:
    """`%doctest_mode`: results and errors as Python's own prompt shows them, to be copied into doctests; or back."""
    now = settings.current
    wanted = now.xmode != "Doctest"
    settings.change(xmode="Doctest" if wanted else "Context", pretty_print=not wanted)
    print(f"Doctest mode is: {'ON' if wanted else 'OFF'}")
