"""Code in colours, by Pygments: as HTML with classes, as LaTeX, as Typst.

Lexers and formatters are made once; the same code in the same language is coloured once. What comes out is our own
writing and safe in every page: it goes through no sanitiser.
"""

from __future__ import annotations

from functools import cache, lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pygments.formatter import Formatter
    from pygments.lexer import Lexer

_ALIASES = {
    "ipython": "ipython3",
    "ipython2": "ipython3",
    "python": "ipython3",
    "python3": "ipython3",
    "py": "ipython3",
}
_REMEMBERED = 4096  # blocks of code


def highlight(code: str, language: str = "") -> str:
    """A block of HTML: `<div class="highlight hl-LANGUAGE"><pre tabindex="0"><code>…`; without colours if unknown."""
    name = _ALIASES.get(language.lower(), language.lower())
    return (
        f'<div class="highlight hl-{_class(name)}"><pre tabindex="0"><code>{_spans(code.rstrip(chr(10)), name)}'
        "</code></pre></div>"
    )


def highlight_latex(code: str, language: str = "") -> str:
    """A `Verbatim` environment of fancyvrb, with the macros of `latex_definitions`."""
    return _formatted(code.rstrip("\n"), _ALIASES.get(language.lower(), language.lower()), "latex")


def css(theme: str = "") -> str:
    """The colours of `highlight`: those of `light` or `dark`; empty: as the reader's system has it."""
    if theme in ("light", "dark"):
        return _css(theme)
    return f"{_css('light')}\n@media (prefers-color-scheme: dark) {{\n{_css('dark')}\n}}"


def latex_definitions() -> str:
    """What a LaTeX document needs before the first `highlight_latex`."""
    from pygments.formatters.latex import LatexFormatter

    made: str = LatexFormatter(style="default").get_style_defs()
    return made


@cache
def _css(theme: str) -> str:
    # Both keep a contrast of 4.5 to 1 and more on our grounds.
    from pygments.formatters.html import HtmlFormatter

    style = "github-dark" if theme == "dark" else "xcode"
    rules: str = HtmlFormatter(style=style, nobackground=True).get_style_defs(".highlight")
    return "\n".join(
        line.partition(" /*")[0] for line in rules.splitlines() if line.startswith(".highlight .") and "{" in line
    )


@lru_cache(maxsize=_REMEMBERED)
def _spans(code: str, name: str) -> str:
    return _formatted(code, name, "html")


def _formatted(code: str, name: str, kind: str) -> str:
    import pygments

    made: str = pygments.highlight(code, _lexer(name), _formatter(kind))
    return made.rstrip("\n") if kind == "html" else made


@cache
def _formatter(kind: str) -> Formatter[str]:
    if kind == "latex":
        from pygments.formatters.latex import LatexFormatter

        return LatexFormatter()
    from pygments.formatters.html import HtmlFormatter

    return HtmlFormatter(nowrap=True)


@cache
def _lexer(name: str) -> Lexer:
    from pygments.lexers.special import TextLexer

    if name == "ipython3":
        return _interactive_python()
    if not name or name == "text":
        return TextLexer(stripnl=False)
    from pygments.lexers import find_lexer_class_by_name
    from pygments.util import ClassNotFound

    try:
        return find_lexer_class_by_name(name)(stripnl=False)
    except ClassNotFound:
        return TextLexer(stripnl=False)


def _interactive_python() -> Lexer:
    """Python with magics, commands for the shell, and questions."""
    from pygments.lexer import bygroups, inherit, using
    from pygments.lexers.python import PythonLexer
    from pygments.lexers.shell import BashLexer
    from pygments.token import Keyword, Name, Operator, Text

    class InteractivePythonLexer(PythonLexer):
        name = "Interactive Python"
        aliases = ["ipython3"]  # noqa: RUF012  # as Pygments has it
        tokens = {  # noqa: RUF012  # as Pygments has it
            "root": [
                (
                    r"(?s)(\A\s*)(%%(?:bash|sh|script bash)\b)([^\n]*\n)(.*)",
                    bygroups(Text, Operator, Text, using(BashLexer)),
                ),
                (r"(\A\s*)(%%)(\w+)([^\n]*\n)", bygroups(Text, Operator, Keyword, Text)),
                (r"(?m)^(\s*)(%%?)(\w+)(\?\??)?", bygroups(Text, Operator, Keyword, Operator)),
                (r"(?m)(=\s*)(%)(\w+)", bygroups(Operator, Operator, Keyword)),
                (r"(?m)^(\s*)(!!?)([^\n]+)", bygroups(Text, Operator, using(BashLexer))),
                (r"(=\s*)(!)([^\n]+)", bygroups(Operator, Operator, using(BashLexer))),
                (r"(?m)^(\s*)(\?\??)([\w.*%]+)", bygroups(Text, Operator, Name)),
                (r"(?m)([\w.*]+)(\?\??)(?=\s*$)", bygroups(Name, Operator)),
                inherit,
            ]
        }

    return InteractivePythonLexer(stripnl=False)


def _class(name: str) -> str:
    return "".join(sign if sign.isalnum() or sign in "-_" else "-" for sign in name) or "text"
