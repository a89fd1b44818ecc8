"""Values as literals of a notebook's language: None, booleans, numbers, text, lists and dictionaries of them.

The forms are papermill's where it has them. What a language cannot say is an error, never something else.
"""

from __future__ import annotations

import math
import re
import shlex
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from ..errors import ConversionError

Text = Callable[[str], str]


class UnsaidValue(ConversionError):
    """A value, or a name, that the language has no literal for."""


class Dialect(NamedTuple):
    """How one language writes things. `numbers` are nan, inf and -inf; `items` and `entries` open, join and close."""

    name: str
    comment: str
    assignment: str
    null: str
    booleans: tuple[str, str]
    numbers: tuple[str, str, str]
    text: Text
    integer: Callable[[int], str]
    items: Callable[[list[str], Sequence[Any]], str]
    entries: Callable[[list[tuple[str, str]]], str]
    identifier: str = r"[A-Za-z_]\w*"


def dialect(language: str) -> Dialect | None:
    """The dialect of a language, by any of its usual names; None for one that is not known."""
    folded = language.strip().lower()
    return _DIALECTS.get(_ALIASES.get(folded, folded))


def literal(value: Any, into: Dialect) -> str:
    """`value` as an expression. Raises `UnsaidValue`."""
    if value is None:
        return into.null
    if isinstance(value, bool):
        return into.booleans[not value]
    if isinstance(value, int):
        return into.integer(int(value))
    if isinstance(value, float):
        return _number(float(value), into)
    if isinstance(value, str):
        return into.text(str(value))
    if isinstance(value, Mapping):
        return into.entries([(into.text(str(key)), literal(item, into)) for key, item in value.items()])
    if isinstance(value, (list, tuple)):
        return into.items([literal(item, into) for item in value], value)
    if hasattr(value, "isoformat"):  # what YAML reads as a date
        return into.text(str(value.isoformat()))
    raise UnsaidValue(f"a {type(value).__name__} cannot be written in {into.name}")


def assignment(name: str, value: Any, into: Dialect) -> str:
    """A line that gives `name` this value. Raises `UnsaidValue`."""
    if into.name == "R":
        name = name.lstrip("_")  # where a name cannot begin so
    if not re.fullmatch(into.identifier, name):
        raise UnsaidValue(f"parameter {name!r}: not a name in {into.name}")
    try:
        written = literal(value, into)
    except UnsaidValue as error:
        raise UnsaidValue(f"parameter {name}: {error}") from None
    if into.name == "bash" and isinstance(value, Mapping):
        return f"declare -A {name}={written}"
    return into.assignment.format(name=name, value=written)


def _number(value: float, into: Dialect) -> str:
    nan, inf, minus = into.numbers
    if math.isnan(value):
        return nan
    if math.isinf(value):
        return inf if value > 0 else minus
    return repr(value)


# -- text --------------------------------------------------------------------------------------------------------------

_NAMED = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}


def _escaped(extra: str = "", code: str = "\\u{:04x}") -> Text:
    """Double quotes, escapes as in C. `extra` characters get a backslash too; `code` is for control characters."""

    def text(value: str) -> str:
        written = (
            _NAMED.get(character)
            or (
                f"\\{character}"
                if character in extra
                else code.format(ord(character))
                if ord(character) < 32 or ord(character) == 127
                else character
            )
            for character in value
        )
        return f'"{"".join(written)}"'

    return text


def _r_text(value: str) -> str:
    if "\0" in value:
        raise UnsaidValue("text with a NUL character cannot be written in R")
    return _escaped()(value)


def _matlab_text(value: str) -> str:
    """MATLAB knows no escapes in text: quotes are doubled, control characters are put between by their numbers."""
    parts = re.split(r"([\x00-\x1f\x7f])", value)
    written = [
        f"char({ord(part)})" if number % 2 else '"' + part.replace('"', '""') + '"' for number, part in enumerate(parts)
    ]
    return written[0] if len(written) == 1 else f"({' + '.join(written)})"


def _powershell_text(value: str) -> str:
    """Single quotes take everything as it stands but themselves, of which PowerShell knows five."""
    return "'" + re.sub("(['\u2018\u2019\u201a\u201b])", r"\1\1", value) + "'"


def _bash_text(value: str) -> str:
    if "\0" in value:
        raise UnsaidValue("text with a NUL character cannot be written in bash")
    return shlex.quote(value)


# -- whole numbers -----------------------------------------------------------------------------------------------------


def _sized(long: str, big: str) -> Callable[[int], str]:
    """As it is up to 32 bits, marked as long up to 64, else by the formula for big ones."""

    def integer(value: int) -> str:
        if -(2**31) <= value < 2**31:
            return str(value)
        return long.format(value) if -(2**63) <= value < 2**63 else big.format(value)

    return integer


# -- lists and dictionaries --------------------------------------------------------------------------------------------


def _listed(opening: str, joint: str, closing: str) -> Callable[[list[str], Sequence[Any]], str]:
    return lambda written, _: f"{opening}{joint.join(written)}{closing}"


def _mapped(opening: str, entry: str, joint: str, closing: str) -> Callable[[list[tuple[str, str]]], str]:
    return lambda entries: f"{opening}{joint.join(entry.format(*pair) for pair in entries)}{closing}"


def _is_one_kind(values: Sequence[Any]) -> bool:
    return len({type(value) for value in values}) == 1 and not isinstance(values[0], (list, tuple, Mapping, type(None)))


def _python_items(written: list[str], values: Sequence[Any]) -> str:
    if isinstance(values, tuple):
        return f"({', '.join(written)}{',' * (len(written) == 1)})"
    return f"[{', '.join(written)}]"


def _csharp_items(written: list[str], values: Sequence[Any]) -> str:
    kind = "" if _is_one_kind(values) else "object"
    return f"new {kind}[] {{ {', '.join(written)} }}".replace("{  }", "{ }")


def _fsharp_items(written: list[str], values: Sequence[Any]) -> str:
    return f"[ {'; '.join(written if _is_one_kind(values) else [f'box {item}' for item in written])} ]"


def _matlab_entries(entries: list[tuple[str, str]]) -> str:
    if not entries:
        return "containers.Map()"
    keys, values = zip(*entries, strict=True)
    return f"containers.Map({{{', '.join(keys)}}}, {{{', '.join(values)}}})"


def _bash_items(written: list[str], values: Sequence[Any]) -> str:
    if any(isinstance(value, (list, tuple, Mapping)) for value in values):
        raise UnsaidValue("a list within a list cannot be written in bash")
    return f"({' '.join(written)})"


def _bash_entries(entries: list[tuple[str, str]]) -> str:
    if any(value.startswith("(") for _, value in entries):
        raise UnsaidValue("a list within a dictionary cannot be written in bash")
    return f"({' '.join(f'[{key}]={value}' for key, value in entries)})"


_PYTHON = Dialect(
    "Python",
    "#",
    "{name} = {value}",
    "None",
    ("True", "False"),
    ("float('nan')", "float('inf')", "float('-inf')"),
    repr,
    str,
    _python_items,
    _mapped("{", "{}: {}", ", ", "}"),
    r"[^\W\d]\w*",
)
_DIALECTS = {
    "python": _PYTHON,
    "r": Dialect(
        "R",
        "#",
        "{name} = {value}",
        "NULL",
        ("TRUE", "FALSE"),
        ("NaN", "Inf", "-Inf"),
        _r_text,
        str,
        _listed("list(", ", ", ")"),
        _mapped("list(", "{} = {}", ", ", ")"),
        r"[A-Za-z.][\w.]*",
    ),
    "scala": Dialect(
        "Scala",
        "//",
        "val {name} = {value}",
        "None",
        ("true", "false"),
        ("Double.NaN", "Double.PositiveInfinity", "Double.NegativeInfinity"),
        _escaped(),
        _sized("{}L", 'BigInt("{}")'),
        _listed("Seq(", ", ", ")"),
        _mapped("Map(", "{} -> {}", ", ", ")"),
    ),
    "julia": Dialect(
        "Julia",
        "#",
        "{name} = {value}",
        "nothing",
        ("true", "false"),
        ("NaN", "Inf", "-Inf"),
        _escaped("$"),
        str,
        _listed("[", ", ", "]"),
        _mapped("Dict(", "{} => {}", ", ", ")"),
        r"[^\W\d][\w!]*",
    ),
    "matlab": Dialect(
        "MATLAB",
        "%",
        "{name} = {value};",
        "NaN",
        ("true", "false"),
        ("NaN", "Inf", "-Inf"),
        _matlab_text,
        str,
        _listed("{", ", ", "}"),
        _matlab_entries,
        r"[A-Za-z]\w*",
    ),
    "octave": Dialect(
        "Octave",
        "%",
        "{name} = {value};",
        "NaN",
        ("true", "false"),
        ("NaN", "Inf", "-Inf"),
        _escaped(code="\\{:03o}"),
        str,
        _listed("{", ", ", "}"),
        _matlab_entries,
        r"[A-Za-z_]\w*",
    ),
    "c#": Dialect(
        "C#",
        "//",
        "var {name} = {value};",
        "null",
        ("true", "false"),
        ("double.NaN", "double.PositiveInfinity", "double.NegativeInfinity"),
        _escaped(),
        _sized("{}L", 'System.Numerics.BigInteger.Parse("{}")'),
        _csharp_items,
        _mapped("new Dictionary<string,Object>{ ", "{{ {} , {} }}", ", ", " }"),
    ),
    "f#": Dialect(
        "F#",
        "//",
        "let {name} = {value}",
        "None",
        ("true", "false"),
        ("nan", "infinity", "-infinity"),
        _escaped(),
        _sized("{}L", "{}I"),
        _fsharp_items,
        _mapped("[ ", "({}, box {})", "; ", " ] |> Map.ofList"),
    ),
    "powershell": Dialect(
        "PowerShell",
        "#",
        "${name} = {value}",
        "$Null",
        ("$True", "$False"),
        ("[double]::NaN", "[double]::PositiveInfinity", "[double]::NegativeInfinity"),
        _powershell_text,
        _sized("{}", "[bigint]'{}'"),
        _listed("@(", ", ", ")"),
        _mapped("@{", "{} = {}", "; ", "}"),
    ),
    "bash": Dialect(
        "bash",
        "#",
        "{name}={value}",
        "''",
        ("true", "false"),
        ("nan", "inf", "-inf"),
        _bash_text,
        str,
        _bash_items,
        _bash_entries,
        r"[A-Za-z_][A-Za-z0-9_]*",
    ),
}
_ALIASES = {
    "python3": "python",
    "python2": "python",
    "ipython": "python",
    "pysparkkernel": "python",
    "pyspark3kernel": "python",
    "sparkkernel": "scala",
    "spark": "scala",
    "sparkrkernel": "r",
    "ir": "r",
    "csharp": "c#",
    ".net-csharp": "c#",
    "fsharp": "f#",
    ".net-fsharp": "f#",
    "pwsh": "powershell",
    ".net-powershell": "powershell",
    "sh": "bash",
}
