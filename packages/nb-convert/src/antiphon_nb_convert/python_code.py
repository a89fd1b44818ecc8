"""Python of notebook cells as runs of text, each with Pygments' short class: one regular expression, one walk.

Most code of most notebooks is Python, and Pygments asks some forty patterns at each word of it: this is the same
colouring several times faster. Magics, commands for the shell and questions are known where IPython knows them: at the
beginning of a statement and behind an equals sign, not in strings or brackets.
"""

from __future__ import annotations

import builtins
import keyword
import re
from collections.abc import Iterator
from typing import Final

_TOKEN: Final = re.compile(
    r"""
      (?P<blank> [ \t\f]+ | \\\r?\n )
    | (?P<string>
        (?:[rR][bBfFtT]? | [bBfFtT][rR]? | [uU])?
        (?: "{3} [^"\\]* (?: (?: \\. | "(?!"") ) [^"\\]* )* (?:"{3} | \Z)
          | '{3} [^'\\]* (?: (?: \\. | '(?!'') ) [^'\\]* )* (?:'{3} | \Z)
          | " [^"\\\n]* (?: \\. [^"\\\n]* )* "?
          | ' [^'\\\n]* (?: \\. [^'\\\n]* )* '?
        )
      )
    | (?P<name> [^\W\d]\w* )
    | (?P<newline> \n )
    | (?P<mark> [()\[\]{},:;] | \.(?!\d) )
    | (?P<comment> \#[^\n]* )
    | (?P<number>
        0[xX][\da-fA-F_]+ | 0[oO][0-7_]+ | 0[bB][01_]+
      | (?: \d[\d_]* (?: \.[\d_]* )? | \.\d[\d_]* ) (?: [eE][+-]?\d[\d_]* )? [jJ]?
      )
    | (?P<operator> (?: \*\* | // | >> | << | [-+*/%@&|^=<>!] ) =? | -> | [~?$] )
    | (?P<other> . )
    """,
    re.X | re.S,
)
_STRING: Final = re.compile(r"([A-Za-z]*)(\"{3}|'{3}|[\"'])")
_IN_STRING: Final = re.compile(r"\\[^\n]|\{\{|\}\}|\{[^{}\n\"'\\]*\}|%(?:\(\w+\))?[-#0 +]*[\d*.]*[diouxXeEfFgGcrsa%]")
_LINE_MAGIC: Final = re.compile(r"(%)([A-Za-z_]\w*)([^\n]*)")
_COMMAND: Final = re.compile(r"(!!?)([^\n]*)")
_QUESTION: Final = re.compile(r"(\?\??)([ \t]*[\w.*%]+)")
_ASKED: Final = re.compile(r"([%\w.*\[\]]+)(\?\??)(?=[ \t]*(?:\n|\Z))")
_ASSIGNED: Final = re.compile(r"([ \t]*)(?:(!)(?!=)|(%)(?=[A-Za-z_]))([^\n]*)")
_CELL_MAGIC: Final = re.compile(r"(\s*)(%%)(!|\w+)([^\n]*\n?)")
_MAGIC_NAME: Final = re.compile(r"\w+")

_EXCEPTIONS: Final = frozenset(
    name for name, value in vars(builtins).items() if isinstance(value, type) and issubclass(value, BaseException)
)
_CLASSES: Final[dict[str, str]] = {
    **{name: "nb" for name in dir(builtins) if not name.startswith("_")},
    **dict.fromkeys(_EXCEPTIONS, "ne"),
    **dict.fromkeys(keyword.kwlist, "k"),
    **dict.fromkeys(("and", "or", "not", "in", "is"), "ow"),
    **dict.fromkeys(("True", "False", "None"), "kc"),
    **dict.fromkeys(("import", "from"), "kn"),
    **dict.fromkeys(("self", "cls", "Ellipsis", "NotImplemented"), "bp"),
}


def runs(code: str) -> Iterator[tuple[str, str]]:
    """(class, text) of each run, all of the text and nothing else; the class is empty for what has no colour.

    What is in another language has the class `lang:` and its name: `lang:bash` for commands, `cell:NAME` for what
    stands below a cell magic that is not Python's to know.
    """
    position = 0
    if "%%" in code and (magic := _CELL_MAGIC.match(code)):
        yield "", magic[1]
        yield "o", magic[2]
        yield "k", magic[3]
        yield "", magic[4]
        if magic[3] not in _OF_PYTHON:
            yield f"cell:{magic[3]}", code[magic.end() :]
            return
        position = magic.end()
    asks = "?" in code
    depth = 0
    begins = True  # a statement begins here
    awaited = ""  # the class of the next name: behind def, class
    dotted = decorated = False
    importing = ""
    while position < len(code):
        jump = -1
        for token in _TOKEN.finditer(code, position):
            kind, text = token.lastgroup, token[0]
            if begins and kind != "blank" and kind != "newline":
                begins = False
                first = text[0]
                at = token.start()
                special = (
                    (first == "%" and _LINE_MAGIC.match(code, at))
                    or (first == "!" and _COMMAND.match(code, at))
                    or (asks and ((first == "?" and _QUESTION.match(code, at)) or _ASKED.match(code, at)))
                )
                if special:
                    yield from _special(first, special)
                    jump = special.end()
                    break
                decorated = first == "@"
            if kind == "name":
                if dotted and not decorated:
                    yield ("nn" if importing else ""), text
                elif awaited:
                    yield awaited, text
                    awaited = ""
                elif decorated:
                    yield "nd", text
                else:
                    name = _CLASSES.get(text, "nn" if importing else "")
                    yield name, text
                    if name == "k":
                        if text == "def":
                            awaited = "nf"
                        elif text == "class":
                            awaited = "nc"
                    elif name == "kn":
                        importing = "" if importing == "from" else text
                dotted = False
            elif kind == "blank":
                yield "", text
            elif kind == "mark":
                if text == ".":
                    dotted = True
                else:
                    decorated = dotted = False
                    awaited = ""
                    if text in "([{":
                        depth += 1
                    elif text in ")]}":
                        depth = max(0, depth - 1)
                    elif text == ";" and depth == 0:
                        begins = True
                        importing = ""
                yield "", text
            elif kind == "newline":
                yield "", text
                if depth == 0:
                    begins = True
                    importing = awaited = ""
                    decorated = dotted = False
            elif kind == "operator":
                if decorated and text == "@":
                    yield "nd", text
                    continue
                yield "o", text
                dotted = decorated = False
                if text == "=" and depth == 0 and (assigned := _ASSIGNED.match(code, token.end())):
                    yield "", assigned[1]
                    yield "o", assigned[2] or assigned[3]
                    if assigned[2]:
                        yield "lang:bash", assigned[4]
                    else:
                        yield from _named(assigned[4])
                    jump = assigned.end()
                    break
            elif kind == "string":
                yield from _string(text)
                dotted = False
            elif kind == "comment":
                yield "c1", text
            elif kind == "number":
                yield ("mf" if not text.isdigit() and text[:2].lower() not in ("0x", "0o", "0b") else "mi"), text
            else:
                yield ("err" if text.isprintable() else ""), text
        if jump < 0:
            return
        position = jump


_OF_PYTHON: Final = frozenset(
    """time timeit capture prun debug python python3 python2 pypy memit mprun lprun snakeviz heat code_wrap px parallel
    autopx manim skip run_cached cache""".split()  # noqa: SIM905
)
"""Cell magics whose cell is Python."""


def _special(first: str, m: re.Match[str]) -> Iterator[tuple[str, str]]:
    if first == "%" and m.re is _LINE_MAGIC:
        yield "o", m[1]
        yield "k", m[2]
        yield "", m[3]
    elif m.re is _COMMAND:
        yield "o", m[1]
        yield "lang:bash", m[2]
    elif m.re is _QUESTION:
        yield "o", m[1]
        yield "", m[2]
    else:
        yield "", m[1]
        yield "o", m[2]


def _named(text: str) -> Iterator[tuple[str, str]]:
    """A magic's name and the rest of its line."""
    name = _MAGIC_NAME.match(text)
    end = name.end() if name else 0
    yield "k", text[:end]
    yield "", text[end:]


def _string(text: str) -> Iterator[tuple[str, str]]:
    """A literal: its prefix, its escapes, and what is put into it."""
    start = _STRING.match(text)
    assert start is not None  # the token was matched by these signs
    prefix, quote = start[1].lower(), start[2]
    if prefix:
        yield "sa", start[1]
    name = "sd" if len(quote) == 3 else "s2" if quote == '"' else "s1"
    formatted = "f" in prefix or "t" in prefix
    if not formatted and "\\" not in text and "%" not in text and "{" not in text:
        yield name, text[start.end(1) :]
        return
    position = start.end(1)
    for part in _IN_STRING.finditer(text, start.end()):
        inside = part[0]
        if inside[0] == "\\":
            if "r" in prefix:
                continue
            kind = "se"
        elif inside in ("{{", "}}"):
            if not formatted:
                continue
            kind = "se"
        else:
            kind = "si"
        if part.start() > position:
            yield name, text[position : part.start()]
        if kind == "si" and formatted and inside[0] == "{" and len(inside) > 2:
            yield "si", "{"
            yield from runs(inside[1:-1])
            yield "si", "}"
        else:
            yield kind, inside
        position = part.end()
    if position < len(text):
        yield name, text[position:]
