"""Magics that change settings: config, xmode, automagic, autocall, autoawait, precision, colors."""

from __future__ import annotations

import sys
from typing import Any

from ..errors import UsageError
from ..magics import verbatim

THEMES = ("nocolor", "linux", "neutral", "neutral:nt", "neutral:posix", "lightbg", "pride", "pride:l", "gruvbox-dark")
_SWITCH = dict.fromkeys(("on", "true", "enabled", "1"), True) | dict.fromkeys(("off", "false", "disabled", "0"), False)
XMODES = ("Plain", "Context", "Verbose", "Minimal", "Docs", "Doctest")


@verbatim
def config(line: str, settings: Any, namespace: Any, configurables: Any = None) -> Any:
    """`%config [Class[.name [= value]]]`: what can be set, the settings of a class, one setting, or its new value."""
    from ..app import configure

    return configure(line, settings, namespace.user_ns, configurables or [])


def xmode(line: str, settings: Any) -> None:
    """`%xmode [mode]`: how errors are shown: Plain, Context, Verbose, Minimal, Docs, Doctest; else the next one."""
    word = line.strip().capitalize()
    if not word:
        current = settings.current.xmode
        word = XMODES[(XMODES.index(current) + 1) % len(XMODES)] if current in XMODES else "Context"
    if word not in XMODES:
        raise UsageError(f"Unrecognized mode <{word}>. Valid modes: {list(XMODES)}")
    settings.change(xmode=word)
    print("Exception reporting mode:", word)


def automagic(line: str, settings: Any) -> None:
    """`%automagic [on|off]`: whether magics may be called without `%`."""
    word = line.strip().lower()
    wanted = not settings.current.automagic if not word else word in ("on", "1", "true")
    settings.change(automagic=wanted)
    switch = "ON, % prefix IS NOT" if wanted else "OFF, % prefix IS"
    print(f"\nAutomagic is {switch} needed for line magics.")


def autocall(line: str, settings: Any) -> None:
    """`%autocall [0|1|2]`: whether `f x` means `f(x)`: off, smart (only with arguments), full."""
    word = line.strip()
    if word and word not in ("0", "1", "2"):
        raise UsageError("Valid modes: 0->Off, 1->Smart, 2->Full")
    mode = int(word) if word else (0 if settings.current.autocall else 1)
    settings.change(autocall=mode)
    print("Automatic calling is:", ("Off", "Smart", "Full")[mode])


def autoawait(line: str, settings: Any) -> None:
    """`%autoawait [on|off|asyncio|trio|sync|module.function]`: whether `await` may stand outside of functions.

    A name turns it on and says what runs such cells: our asyncio loop, trio, or a function that takes a coroutine.
    `sync` has no loop at all and turns it off; `%autoawait on` after it runs what waits for nothing.
    """
    from ..loop_runners import find

    word = line.strip()
    now = settings.current
    if not word:
        print(f"IPython autoawait is `{'on' if now.autoawait else 'off'}`, and set to use `{now.loop_runner}`")
    elif word.lower() in _SWITCH:
        settings.change(autoawait=_SWITCH[word.lower()])
    else:
        if word != "asyncio":
            find(word)
        settings.change(autoawait=word != "sync", loop_runner=word)


def precision(line: str, settings: Any) -> str:
    """`%precision [digits|format]`: how floats are shown; without a word as ever. numpy's are set along."""
    word = line.strip().strip("\"'")
    if word.isdigit():
        word, digits = f"%.{word}f", int(word)
    elif word:
        try:
            word % 3.14159
        except (TypeError, ValueError):
            raise UsageError("Precision must be int or format string, not " + repr(word)) from None
        digits = int("".join(filter(str.isdigit, word.partition(".")[2])) or 8)
    else:
        digits = 8
    settings.change(float_precision=word)
    if "numpy" in sys.modules:
        sys.modules["numpy"].set_printoptions(precision=digits)
    return word or "%r"


def colors(line: str, settings: Any) -> None:
    """`%colors theme`: `nocolor` takes the colours away, any other theme brings them.

    They are the sixteen of the terminal, so its own palette fits them to a light or a dark ground. With NO_COLOR in the
    environment there are none.
    """
    word = line.strip().lower()
    if word not in THEMES:
        known = f"Available themes: {list(THEMES)}"
        raise UsageError(
            f"%colors: there is no color theme {word!r}. {known}"
            if word
            else f"%colors: you must specify a color theme. See '%colors?'. {known}"
        )
    settings.change(colour=True, theme=word)
