"""Options of a magic's line: `-n 10 --out name rest`. What follows them stays exactly as typed, it may be code."""

from __future__ import annotations

import re

from .errors import UsageError

_WORD = re.compile(r"""\s*((?:[^\s"']|"[^"]*"|'[^']*')+)""")


class Options(dict[str, str]):
    """Option name -> its value; a flag's value is the empty string. A name is without its dashes."""

    def number(self, name: str, default: int) -> int:
        """The value of a numeric option. Raises UsageError when it is no number."""
        try:
            return int(self.get(name, default))
        except ValueError:
            raise UsageError(f"-{name} expects a number, not {self[name]!r}") from None


def read_options(line: str, short: str = "", long: tuple[str, ...] = ()) -> tuple[Options, str]:
    """Split leading options from `line`; returns them and the untouched rest.

    `short` is as getopt has it ("n:r:q": n and r take a value); a long name ending in `=` takes a value.
    Raises UsageError for an unknown option or a missing value.
    """
    options = Options()
    at = 0
    while True:
        match = _WORD.match(line, at)
        if match is None:
            return options, ""
        word = match[1]
        if not word.startswith("-") or word == "-":
            return options, line[match.start(1) :]
        at = match.end()
        if word == "--":
            return options, line[at:].lstrip()
        if word.startswith("--"):
            at = _long(word[2:], long, line, at, options)
        else:
            at = _short(word[1:], short, line, at, options)


def _long(word: str, long: tuple[str, ...], line: str, at: int, options: Options) -> int:
    name, equals, value = word.partition("=")
    if name in long and not equals:
        options[name] = ""
    elif name + "=" in long:
        if not equals:
            value, at = _value("--" + name, line, at)
        options[name] = unquote(value)
    else:
        raise UsageError(f"option --{name} not recognized")
    return at


def _short(letters: str, short: str, line: str, at: int, options: Options) -> int:
    while letters:
        letter, letters = letters[0], letters[1:]
        where = short.find(letter)
        if where < 0 or letter == ":":
            raise UsageError(f"option -{letter} not recognized")
        if short[where + 1 : where + 2] != ":":
            options[letter] = ""
            continue
        value = letters
        if not value:
            value, at = _value("-" + letter, line, at)
        options[letter] = unquote(value)
        break
    return at


def _value(option: str, line: str, at: int) -> tuple[str, int]:
    match = _WORD.match(line, at)
    if match is None:
        raise UsageError(f"option {option} requires argument")
    return match[1], match.end()


def read_options_anywhere(line: str, short: str = "", long: tuple[str, ...] = ()) -> tuple[Options, list[str]]:
    """As `read_options`, but options may stand between and after the plain words; returns the words unquoted."""
    options, rest = read_options(line, short, long)
    words: list[str] = []
    while rest:
        match = _WORD.match(rest)
        if match is None:
            break
        words.append(unquote(match[1]))
        more, rest = read_options(rest[match.end() :], short, long)
        options.update(more)
    return options, words


def unquote(word: str) -> str:
    """Without the quotes that held it together."""
    if len(word) > 1 and word[0] == word[-1] and word[0] in "\"'":
        return word[1:-1]
    return word
