r"""What terminals understand, as runs of styled text: colours (SGR of ECMA-48 with 256 and 24-bit), links (OSC 8).

`\r` and `\b` are carried out as a terminal would; every other control sequence is dropped, so that none reaches a page.
A link is kept where its scheme is http, https, mailto or file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape
from typing import Final, NamedTuple

from .execution.streams import settled

NAMES: Final = ("black", "red", "green", "yellow", "blue", "magenta", "cyan", "white")
"""The eight colours, by their numbers; the intense ones have `-intense` behind."""

_TOKEN = re.compile(
    r"""
    \x1b\[ (?P<sgr>[0-9;:]*) m
    | \x1b\]8;[^;\x07\x1b]*; (?P<url>[^\x07\x1b]*) (?:\x07|\x1b\\)
    | \x1b\[ [0-?]* [ -/]* [@-~]                # any other control sequence
    | \x1b[\]PX^_] [^\x07\x1b]* (?:\x07|\x1b\\)?  # strings for the terminal: titles, the clipboard
    | \x1b [ -/]* [0-~]?                        # other escapes
    | [\x00-\x08\x0b-\x1f\x7f-\x9f]             # control characters that are left
    """,
    re.X,
)
_SCHEMES = ("http://", "https://", "mailto:", "file://")


class Style(NamedTuple):
    """How a run looks. A colour is a number of 0 to 15 (see `NAMES`), a ``#rrggbb``, or None."""

    foreground: int | str | None = None
    background: int | str | None = None
    bold: bool = False
    faint: bool = False
    italic: bool = False
    underline: bool = False
    inverse: bool = False
    strike: bool = False
    url: str = ""


class Run(NamedTuple):
    """Text in one style."""

    text: str
    style: Style


PLAIN: Final = Style()


def runs(text: str) -> Iterator[Run]:
    """The runs of a text, none of them empty."""
    if "\r" in text or "\b" in text:
        text = settled(text)
    if "\x1b" not in text and not _TOKEN.search(text):
        if text:
            yield Run(text, PLAIN)
        return
    style, at, parts = PLAIN, 0, []
    for match in _TOKEN.finditer(text):
        if match.start() > at:
            parts.append(text[at : match.start()])
        at = match.end()
        after = style
        if (sgr := match["sgr"]) is not None:
            after = _styled(style, sgr)
        elif (url := match["url"]) is not None:
            after = style._replace(url=url if url.lower().startswith(_SCHEMES) and url.isprintable() else "")
        if after != style:
            if parts:
                yield Run("".join(parts), style)
                parts = []
            style = after
    if at < len(text):
        parts.append(text[at:])
    if parts:
        yield Run("".join(parts), style)


def strip_ansi(text: str) -> str:
    """Only what is to be read."""
    return "".join(run.text for run in runs(text))


def ansi2html(text: str) -> str:
    """Spans with nbconvert's classes (`ansi-red-fg`, `ansi-bold` …), colours beyond the sixteen as styles."""
    return "".join(_html(run) for run in runs(text))


def ansi2latex(text: str) -> str:
    """LaTeX, escaped, with `textcolor` and the like; the sixteen colours by the names of `latex_colours`."""
    return "".join(_latex(run) for run in runs(text))


def ansi2typst(text: str) -> str:
    """Markup of Typst: every run a `raw`, which keeps its blanks and lines."""
    return "".join(typst_of(run) for run in runs(text))


def latex_colours() -> str:
    """The definitions that `ansi2latex` needs."""
    return "\n".join(
        f"\\definecolor{{ansi-{name}}}{{HTML}}{{{colour.upper()}}}"
        for name, colour in zip(_names(), _BASIC, strict=True)
    )


# -- SGR ---------------------------------------------------------------------------------------------------------------

_ON = {1: "bold", 2: "faint", 3: "italic", 4: "underline", 7: "inverse", 9: "strike"}
_OFF = {22: ("bold", "faint"), 23: ("italic",), 24: ("underline",), 27: ("inverse",), 29: ("strike",), 21: ("bold",)}
_BASIC = (
    "3e424d", "b3261e", "007427", "7c5a00", "0b57a4", "a03196", "066b6b", "6b6f76",
    "282c36", "8f1d17", "005c1f", "634800", "08427d", "7d2675", "045252", "43474e",
)  # fmt: skip


def _styled(style: Style, sgr: str) -> Style:
    codes = [int(code[:4] or 0) for code in re.split("[;:]", sgr)]
    at = 0
    while at < len(codes):
        code = codes[at]
        at += 1
        if code == 0:
            style = PLAIN._replace(url=style.url)
        elif code in _ON:
            style = style._replace(**{_ON[code]: True})  # type: ignore[arg-type]
        elif code in _OFF:
            style = style._replace(**dict.fromkeys(_OFF[code], False))  # type: ignore[arg-type]
        elif code in (38, 48):
            colour, at = _extended(codes, at)
            style = style._replace(foreground=colour) if code == 38 else style._replace(background=colour)
        elif code in (39, 49):
            style = style._replace(foreground=None) if code == 39 else style._replace(background=None)
        elif 30 <= code <= 37:
            style = style._replace(foreground=code - 30)
        elif 40 <= code <= 47:
            style = style._replace(background=code - 40)
        elif 90 <= code <= 97:
            style = style._replace(foreground=code - 82)
        elif 100 <= code <= 107:
            style = style._replace(background=code - 92)
    return style


def _extended(codes: list[int], at: int) -> tuple[int | str | None, int]:
    """The colour of `38;5;n` or `38;2;r;g;b`, and where the next code is. What is cut short is no colour."""
    kind = codes[at] if at < len(codes) else -1
    if kind == 5 and at + 1 < len(codes):
        return _of_256(codes[at + 1]), at + 2
    if kind == 2 and at + 3 < len(codes):
        red, green, blue = codes[at + 1 : at + 4]
        return (f"#{red:02x}{green:02x}{blue:02x}" if max(red, green, blue) < 256 else None), at + 4
    return None, len(codes)


def _of_256(number: int) -> int | str | None:
    if number < 16:
        return number
    if number < 232:
        cube = number - 16
        red, green, blue = (0 if step == 0 else 55 + 40 * step for step in (cube // 36, cube // 6 % 6, cube % 6))
        return f"#{red:02x}{green:02x}{blue:02x}"
    if number < 256:
        grey = 8 + 10 * (number - 232)
        return f"#{grey:02x}{grey:02x}{grey:02x}"
    return None


def _names() -> tuple[str, ...]:
    return (*NAMES, *(f"{name}-intense" for name in NAMES))


# -- writing -----------------------------------------------------------------------------------------------------------


def _html(run: Run) -> str:
    text, style = escape(run.text, quote=False), run.style
    if style is PLAIN or style == PLAIN:
        return text
    front, back = style.foreground, style.background
    classes = []
    styles = []
    if style.inverse:
        front, back = back, front
        if front is None or back is None:
            classes.append("ansi-inverse")
            front, back = back, front
    if style.bold and isinstance(front, int) and front < 8:
        front += 8  # as terminals show it, and nbconvert
    for colour, kind, prop in ((front, "fg", "color"), (back, "bg", "background-color")):
        if isinstance(colour, int):
            classes.append(f"ansi-{_names()[colour]}-{kind}")
        elif colour:
            styles.append(f"{prop}: {colour}")
    classes += [f"ansi-{name}" for name in ("bold", "faint", "italic", "underline", "strike") if getattr(style, name)]
    attributes = f' class="{" ".join(classes)}"' if classes else ""
    if styles:
        attributes += f' style="{"; ".join(styles)}"'
    if attributes:
        text = f"<span{attributes}>{text}</span>"
    return f'<a href="{escape(style.url)}">{text}</a>' if style.url else text


def _latex(run: Run) -> str:
    """Each line by itself: no command of LaTeX's reaches over the end of a line in a Verbatim, or over a blank one."""
    from .filters.text import escape_latex

    if run.style == PLAIN:
        return escape_latex(run.text)
    return "\n".join(_latex_line(escape_latex(line), run.style) if line else "" for line in run.text.split("\n"))


def _latex_line(text: str, style: Style) -> str:
    front, back = (style.background, style.foreground) if style.inverse else (style.foreground, style.background)
    for wanted, command in ((style.bold, "textbf"), (style.italic, "textit"), (style.underline, "underline")):
        if wanted:
            text = f"\\{command}{{{text}}}"
    if front is not None:
        text = f"\\textcolor{_latex_colour(front)}{{{text}}}"
    if back is not None:
        text = f"\\colorbox{_latex_colour(back)}{{{text}}}"
    return text


def typst_of(run: Run) -> str:
    """Markup of Typst for one run."""
    from .pdf.strings import quoted

    style = run.style
    made = f"#raw({quoted(run.text)});"
    if style == PLAIN:
        return made
    front, back = (style.background, style.foreground) if style.inverse else (style.foreground, style.background)
    arguments = []
    if front is not None:
        arguments.append(f"fill: {_typst_colour(front)}")
    if style.bold:
        arguments.append('weight: "bold"')
    if style.italic:
        arguments.append('style: "italic"')
    if arguments:
        made = f"#text({', '.join(arguments)})[{made}];"
    if back is not None:
        made = f"#highlight(fill: {_typst_colour(back)}.lighten(60%))[{made}];"
    for wanted, function in ((style.underline, "underline"), (style.strike, "strike")):
        if wanted:
            made = f"#{function}[{made}];"
    return f"#link({quoted(style.url)})[{made}];" if style.url else made


def _typst_colour(colour: int | str) -> str:
    return f'rgb("#{_BASIC[colour]}")' if isinstance(colour, int) else f'rgb("{colour}")'


def _latex_colour(colour: int | str) -> str:
    return f"{{ansi-{_names()[colour]}}}" if isinstance(colour, int) else f"[HTML]{{{colour[1:].upper()}}}"
