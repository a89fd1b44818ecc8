"""Arguments of magics by argparse: `@magic_arguments()` above `@argument(...)`, and `parse_argstring`."""

from __future__ import annotations

import argparse
import shlex
from collections.abc import Callable, Sequence
from typing import Any, NoReturn

from antiphon_exec_core.errors import UsageError

__all__ = [
    "MagicArgumentParser",
    "argument",
    "argument_group",
    "construct_parser",
    "defaults",
    "kwds",
    "magic_arguments",
    "parse_argstring",
    "real_name",
]


class MagicHelpFormatter(argparse.RawDescriptionHelpFormatter):
    """Descriptions as they are written."""


class MagicArgumentParser(argparse.ArgumentParser):
    """Raises UsageError instead of ending the process."""

    def __init__(self, prog: str | None = None, **options: Any) -> None:
        options = {"add_help": False, "formatter_class": MagicHelpFormatter, "conflict_handler": "error", **options}
        super().__init__(prog=prog, **options)

    def error(self, message: str) -> NoReturn:
        raise UsageError(message)

    def parse_argstring(self, argstring: str, *, partial: bool = False) -> Any:
        """Arguments out of a line; with `partial` what is not known comes with them, as a pair."""
        try:
            words = shlex.split(argstring)
        except ValueError as error:
            raise UsageError(f"{error}: {argstring}") from None
        return self.parse_known_args(words) if partial else self.parse_args(words)


class ArgDecorator:
    """One thing to be added to the parser of a magic."""

    def __call__(self, func: Any) -> Any:
        if not getattr(func, "has_arguments", False):
            func.has_arguments = True
            func.decorators = []
        func.decorators.append(self)
        return func

    def add_to_parser(self, parser: Any, group: Any) -> Any:
        """Add it; the group that what follows belongs to, or None."""
        return None


class ArgMethodWrapper(ArgDecorator):
    """Arguments of `add_argument` and its like, kept until the parser is made."""

    method = ""

    def __init__(self, *args: Any, **options: Any) -> None:
        self.args = args
        self.kwds = options

    def add_to_parser(self, parser: Any, group: Any) -> Any:
        getattr(group or parser, self.method)(*self.args, **self.kwds)
        return None


class argument(ArgMethodWrapper):  # noqa: N801  # a decorator
    method = "add_argument"


class defaults(ArgMethodWrapper):  # noqa: N801
    method = "set_defaults"


class argument_group(ArgMethodWrapper):  # noqa: N801
    def add_to_parser(self, parser: Any, group: Any) -> Any:
        return parser.add_argument_group(*self.args, **self.kwds)


class kwds(ArgDecorator):  # noqa: N801
    """Options of the parser itself."""

    def __init__(self, **options: Any) -> None:
        self.kwds = options

    def __call__(self, func: Any) -> Any:
        func = super().__call__(func)
        func.argcmd_kwds = self.kwds
        return func


class magic_arguments(ArgDecorator):  # noqa: N801
    """Makes the parser; stands above all the others."""

    def __init__(self, name: str | None = None) -> None:
        self.name = name

    def __call__(self, func: Any) -> Any:
        if not getattr(func, "has_arguments", False):
            func.has_arguments = True
            func.decorators = []
        if self.name is not None:
            func.argcmd_name = self.name
        func.parser = construct_parser(func)
        func.__doc__ = func.parser.format_help()
        return func


def construct_parser(magic_func: Any) -> MagicArgumentParser:
    """The parser that the decorators of a function describe."""
    options = getattr(magic_func, "argcmd_kwds", {})
    if "description" not in options:
        options = {**options, "description": getattr(magic_func, "__doc__", None)}
    parser = MagicArgumentParser(real_name(magic_func), **options)
    group = None
    for decorator in reversed(magic_func.decorators):
        made = decorator.add_to_parser(parser, group)
        if made is not None:
            group = made
    parser.usage = "%%" + parser.format_usage().partition("usage: ")[2].strip().replace("%", "%%")
    return parser


def parse_argstring(magic_func: Any, argstring: str, *, partial: bool = False) -> Any:
    """The arguments of a magic out of its line. Raises UsageError."""
    return magic_func.parser.parse_argstring(argstring, partial=partial)


def real_name(magic_func: Callable[..., Any]) -> str:
    """What the magic is called at the prompt."""
    name: str = magic_func.__name__
    return getattr(magic_func, "argcmd_name", name.removeprefix("magic_"))


def _words(words: Sequence[str]) -> str:
    return shlex.join(words)
