"""Code with its colours: Pygments' lexers, written here as HTML with classes, as LaTeX and as Typst.

Lexers are made once per language, results are remembered by source. What is written is text of ours around escaped
code: it needs no sanitiser. Of unknown languages, and of code beyond `MAX_LENGTH`, the plain text is shown.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from pygments.formatters.latex import LatexFormatter
    from pygments.lexer import Lexer

MAX_LENGTH: Final = 200_000
"""Characters of one cell; lexers of some languages take long over long hostile lines."""

IPYTHON: Final = frozenset(("ipython", "ipython2", "ipython3", "python", "python2", "python3", "py", "py3", "ipy"))
"""Languages of cells in which %magics, !commands and questions may stand."""

MAGIC_LANGUAGES: Final = {
    "R": "r", "bash": "bash", "cmd": "batch", "cython": "cython", "html": "html", "HTML": "html",
    "javascript": "javascript", "js": "javascript", "julia": "julia", "latex": "latex", "markdown": "markdown",
    "octave": "octave", "perl": "perl", "ruby": "ruby", "script": "bash", "sh": "bash", "sql": "sql", "svg": "xml",
    "SVG": "xml", "system": "bash", "sx": "bash", "!": "bash",
}  # fmt: skip
"""Cell magics whose cell is in another language. Of all others it is Python."""


def highlight(code: str, language: str = "") -> str:
    """A block of HTML: `div.highlight.hl-LANGUAGE > pre > code`, in it `span`s with Pygments' short classes.

    The `pre` can be reached by the keyboard, for it may have to be scrolled.
    """
    name = _name(language)
    inside = spans(code.rstrip("\n"), language)
    return f'<div class="highlight hl-{name or "text"}"><pre tabindex="0"><code>{inside}</code></pre></div>'


def spans(code: str, language: str = "") -> str:
    """What stands in that `code`: the code, escaped, in `span`s."""
    return _spans(code, language) if len(code) <= MAX_LENGTH else _escape(code)


def highlight_latex(code: str, language: str = "") -> str:
    r"""A `Verbatim` environment (of fancyvrb) with `\PY` commands; see `latex_definitions`."""
    from pygments import format as written

    made: str = written(_tokens(code.rstrip("\n") + "\n", language), _latex_formatter())
    return made


def latex_definitions(theme: str = "light") -> str:
    r"""What the preamble needs for `latex`: the `\PY` commands in the colours of a theme."""
    from pygments.formatters.latex import LatexFormatter

    definitions: str = LatexFormatter(style=_style(theme)).get_style_defs()
    return definitions


def highlight_typst(code: str, language: str = "") -> str:
    """A raw block for Typst, which has a highlighter of its own."""
    text = code.rstrip("\n").replace("\r", "").replace("\\", "\\\\").replace('"', '\\"')
    text = text.replace("\n", "\\n").replace("\t", "\\t")
    name = "python" if language.lower() in IPYTHON else _name(language)
    lang = f'lang: "{name}", ' if name else ""
    return f'#raw(block: true, {lang}"{text}")'


def css(theme: str = "", scope: str = ".highlight") -> str:
    """The colours of the classes: `light`, `dark`, those of a style of Pygments; empty: as the reader's system has it.

    Raises ValueError for a name that is none of them.
    """
    if not theme or theme == "auto":
        dark = "\n".join(f"  {line}" for line in css("dark", scope).splitlines())
        return f"{css('light', scope)}\n@media (prefers-color-scheme: dark) {{\n{dark}\n}}"
    if theme in _THEMES:
        rules = []
        for classes, style in _THEMES[theme].items():
            rules.append(f"{', '.join(f'{scope} .{name}' for name in classes.split())} {{ {style} }}")
        return "\n".join(rules)
    from pygments.formatters.html import HtmlFormatter

    rules = HtmlFormatter(style=_style(theme)).get_style_defs(scope).splitlines()
    return "\n".join(rule.partition(" /*")[0] for rule in rules if rule.startswith(scope) and "{" in rule)


# -- lexing ------------------------------------------------------------------------------------------------------------


@cache
def lexer(language: str) -> Lexer:
    """The lexer of a language, by any of its names; of plain text for what is unknown."""
    if language.lower() in IPYTHON:
        return _ipython_lexer()
    from pygments.lexers import get_lexer_by_name
    from pygments.util import ClassNotFound

    for name in (language, language.lower()):
        try:
            return get_lexer_by_name(name, stripnl=False, ensurenl=False) if name else _text_lexer()
        except ClassNotFound:
            continue
    return _text_lexer()


def _text_lexer() -> Lexer:
    from pygments.lexers.special import TextLexer

    return TextLexer(stripnl=False, ensurenl=False)


@cache
def _ipython_lexer() -> Lexer:
    """Python's, with magics, commands and questions at the beginning of lines."""
    from pygments.lexer import bygroups, inherit
    from pygments.lexers.python import PythonLexer
    from pygments.token import Keyword, Name, Operator, Text

    def rest(name: str) -> Callable[..., Iterator[tuple[int, Any, str]]]:
        """The rest of a line, or of the cell, in the language of that name; of a magic, where it is empty."""

        def lexed(_lexer: Lexer, m: re.Match[str], _context: object = None) -> Iterator[tuple[int, Any, str]]:
            yield from _offset(m.start(), lexer(name).get_tokens_unprocessed(m.group()))

        return lexed

    def cell_magic(_lexer: Lexer, m: re.Match[str], _context: object = None) -> Iterator[tuple[int, Any, str]]:
        yield m.start(1), Text, m[1]
        yield m.start(2), Operator, m[2]
        yield m.start(3), Keyword, m[3]
        yield m.start(4), Text, m[4]
        body = lexer(MAGIC_LANGUAGES.get(m[3], "python")) if m[3] not in _PLAIN_MAGICS else _text_lexer()
        yield from _offset(m.start(5), body.get_tokens_unprocessed(m[5]))

    class IPythonLexer(PythonLexer):
        name = "IPython"
        aliases = ["ipython3"]  # noqa: RUF012  # as Pygments has it
        tokens = {  # noqa: RUF012  # as Pygments has it
            "root": [
                (r"\A(\s*)(%%)(!|\w+)([^\n]*(?:\n|\Z))([\s\S]*)", cell_magic),
                (r"^([ \t]*)(!!?)([^\n]*)", bygroups(Text, Operator, rest("bash"))),
                (r"(?<==)([ \t]*)(!)(?!=)([^\n]*)", bygroups(Text, Operator, rest("bash"))),
                (r"^([ \t]*)(%)([A-Za-z_]\w*)([^\n]*)", bygroups(Text, Operator, Keyword, Text)),
                (r"(?<==)([ \t]*)(%)([A-Za-z_]\w*)([^\n]*)", bygroups(Text, Operator, Keyword, Text)),
                (r"^([ \t]*)(\?\??)([ \t]*[\w.*%]+)", bygroups(Text, Operator, Name)),
                (r"^([ \t]*)([%\w.*\[\]]+)(\?\??)([ \t]*)$", bygroups(Text, Name, Operator, Text)),
                inherit,
            ]
        }

    return IPythonLexer(stripnl=False, ensurenl=False)


_PLAIN_MAGICS: Final = frozenset(("writefile", "file", "mermaid", "sparql", "script", "cypher"))


def _offset(start: int, tokens: Iterable[tuple[int, Any, str]]) -> Iterator[tuple[int, Any, str]]:
    for position, kind, text in tokens:
        yield start + position, kind, text


def _tokens(code: str, language: str) -> Iterable[tuple[Any, str]]:
    if len(code) > MAX_LENGTH:
        return _text_lexer().get_tokens(code)
    return lexer(language).get_tokens(code)


# -- writing -----------------------------------------------------------------------------------------------------------


def _escape(text: str) -> str:
    if "&" in text:
        text = text.replace("&", "&amp;")
    if "<" in text:
        text = text.replace("<", "&lt;")
    if ">" in text:
        text = text.replace(">", "&gt;")
    return text


@lru_cache(maxsize=1024)
def _spans(code: str, language: str) -> str:
    parts: list[str] = []
    _write(_runs(code, language), parts)
    return "".join(parts)


def _write(runs: Iterable[tuple[str, str]], parts: list[str]) -> None:
    """Runs of one class in one span, the blanks between them too."""
    last = ""  # the class that is open
    for name, text in runs:
        if name != last and not (name == "" and text.isspace()):
            if last:
                parts.append("</span>")
            if name:
                parts.append(f'<span class="{name}">')
            last = name
        if "&" in text or "<" in text or ">" in text:
            text = _escape(text)
        parts.append(text)
    if last:
        parts.append("</span>")


def _runs(code: str, language: str) -> Iterator[tuple[str, str]]:
    """(class, text): Python by ourselves, all others by Pygments."""
    if language.lower() not in IPYTHON:
        for kind, text in lexer(language).get_tokens(code):
            yield _class(kind), text
        return
    from .python_code import runs

    for name, text in runs(code):
        if ":" not in name:
            yield name, text
            continue
        other = name.partition(":")[2] if name.startswith("lang:") else MAGIC_LANGUAGES.get(name[5:], "")
        for kind, part in lexer(other).get_tokens(text):
            yield _class(kind), part


@cache
def _class(kind: Any) -> str:
    """Pygments' short name of a kind of token; of one without a name, that of what it is a kind of."""
    from pygments.token import STANDARD_TYPES

    while kind not in STANDARD_TYPES:
        kind = kind.parent
    name = STANDARD_TYPES[kind]
    return "" if name in _WITHOUT_COLOUR else name


_WITHOUT_COLOUR: Final = frozenset(("w", "n", "p", "x", "nx"))
"""Names and punctuation are the most frequent by far, and written as the text around them."""


def _name(language: str) -> str:
    """What a language is called in classes; Python is that of notebooks."""
    name = language.lower()
    return "ipython3" if name in IPYTHON else "".join(sign if sign.isalnum() or sign in "_-" else "-" for sign in name)


@cache
def _latex_formatter() -> LatexFormatter[str]:
    from pygments.formatters.latex import LatexFormatter

    return LatexFormatter()


@cache
def _style(theme: str) -> Any:
    """A style class of Pygments, of its own or made of our colours. Raises ValueError for an unknown name."""
    from pygments.style import Style
    from pygments.styles import get_style_by_name
    from pygments.token import STANDARD_TYPES
    from pygments.util import ClassNotFound

    if theme not in _THEMES:
        try:
            return get_style_by_name(theme)
        except ClassNotFound:
            from pygments.styles import get_all_styles

            known = ", ".join([*_THEMES, *sorted(get_all_styles())])
            raise ValueError(f"there is no theme {theme!r}; there are {known}") from None
    kinds = {name: kind for kind, name in STANDARD_TYPES.items()}
    styles = {}
    for classes, declared in _THEMES[theme].items():
        words = [color] if (color := _COLOR.search(declared)) is None else [color[1]]
        words += [word for word in ("bold", "italic", "underline") if word in declared]
        for name in classes.split():
            styles[kinds[name]] = " ".join(word for word in words if word)
    return type("AntiphonStyle", (Style,), {"styles": styles})


_COLOR: Final = re.compile(r"(?:\A|[ ;])color: (#[0-9a-f]{6})")
_THEMES: Final[dict[str, dict[str, str]]] = {
    # on grounds of #f7f7f7 or lighter, of #1c2128 or darker: a contrast of at least 4.5 to 1 (WCAG 2, AA)
    "light": {
        "c ch cm cp cpf c1 cs": "color: #57606a; font-style: italic",
        "k kc kd kn kp kr kt ow": "color: #0550ae; font-weight: bold",
        "o": "color: #7c3aad",
        "s sa sb sc dl sd s2 se sh si sx sr s1 ss": "color: #0a5c2e",
        "m mb mf mh mi mo il": "color: #8a3b00",
        "nb bp nf fm": "color: #0b5a73",
        "nc nn ne": "color: #6f2da8; font-weight: bold",
        "nd nl ni nt": "color: #96207a",
        "na nv vc vg vi vm no": "color: #7a4100",
        "err": "color: #b3121d",
        "gd": "color: #b3121d",
        "gi": "color: #0a5c2e",
        "gh gu": "color: #0550ae; font-weight: bold",
        "gr gt": "color: #b3121d",
        "ge": "font-style: italic",
        "gs": "font-weight: bold",
    },
    "dark": {
        "c ch cm cp cpf c1 cs": "color: #9aa7b4; font-style: italic",
        "k kc kd kn kp kr kt ow": "color: #79b8ff; font-weight: bold",
        "o": "color: #d2a8ff",
        "s sa sb sc dl sd s2 se sh si sx sr s1 ss": "color: #8ddb8c",
        "m mb mf mh mi mo il": "color: #f0a875",
        "nb bp nf fm": "color: #7fd1e6",
        "nc nn ne": "color: #d9b3ff; font-weight: bold",
        "nd nl ni nt": "color: #f59ad6",
        "na nv vc vg vi vm no": "color: #f2c078",
        "err": "color: #ff8e88",
        "gd": "color: #ff8e88",
        "gi": "color: #8ddb8c",
        "gh gu": "color: #79b8ff; font-weight: bold",
        "gr gt": "color: #ff8e88",
        "ge": "font-style: italic",
        "gs": "font-weight: bold",
    },
}
