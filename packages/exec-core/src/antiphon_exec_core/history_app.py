"""``antiphon-history``: make the file of what was typed shorter, or empty it.

Rows are deleted in one transaction, so sessions that run meanwhile go on writing to the same file.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Sequence
from contextlib import closing, suppress
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    import sqlite3

EXAMPLES = """examples:
  antiphon history trim                      keep the last 1000 cells
  antiphon history trim --keep 5000 --backup a copy of the file first
  antiphon history clear --profile work      everything, of that profile; asks
  antiphon history clear --yes --json        without asking; what was done, for programs

exit codes: 0 done, 1 could not be done, 2 a command line that makes no sense"""
_BUSY = 5.0  # seconds to wait for sessions that are writing


class Done(NamedTuple):
    """What was done to which file: numbers of cells, and where the copy of the former file is ("" for none)."""

    file: str
    kept: int
    removed: int
    backup: str = ""


class HistoryError(Exception):
    """The file cannot be worked on; the text says why, in a line."""


def trim(path: str, keep: int, backup: bool = False) -> Done:
    """Keep the newest `keep` cells of the file. Raises HistoryError where that cannot be done."""
    import sqlite3

    if not os.path.isfile(path):
        raise HistoryError(f"there is no history file {path}")
    try:
        with closing(sqlite3.connect(path, timeout=_BUSY)) as connection:
            copy = _backup(connection, path) if backup else ""
            with connection:
                connection.execute("BEGIN IMMEDIATE")
                ((before,),) = connection.execute("SELECT count(*) FROM history")
                newest = "SELECT session, line FROM history ORDER BY session DESC, line DESC LIMIT ?"
                connection.execute(f"DELETE FROM history WHERE (session, line) NOT IN ({newest})", (keep,))
                connection.execute(
                    "DELETE FROM output_history WHERE (session, line) NOT IN (SELECT session, line FROM history)"
                )
                # the numbers of sessions go on, and one that runs keeps its row
                connection.execute(
                    "DELETE FROM sessions WHERE end IS NOT NULL AND session NOT IN (SELECT session FROM history)"
                )
                ((after,),) = connection.execute("SELECT count(*) FROM history")
            with suppress(sqlite3.OperationalError):  # a session writes: the file stays as large as it was, for now
                connection.execute("VACUUM")
    except sqlite3.DatabaseError as error:
        reason = "a session is writing to it; try again" if "locked" in str(error) else str(error)
        raise HistoryError(f"{path}: {reason}") from None
    return Done(path, after, before - after, copy)


def _backup(connection: sqlite3.Connection, path: str) -> str:
    """A copy beside the file, as `history.sqlite.1`, or the next number that is free."""
    import sqlite3

    number = 1
    while os.path.exists(copy := f"{path}.{number}"):
        number += 1
    os.close(os.open(copy, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))  # what was typed is nobody else's to read
    with closing(sqlite3.connect(copy)) as target:
        connection.backup(target)
    return copy


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; returns the exit code."""
    parser = argparse.ArgumentParser(
        prog="antiphon-history",
        description="The file in which a profile keeps what was typed.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for name, text in (("trim", "keep the newest cells only"), ("clear", "remove all cells")):
        command = commands.add_parser(
            name, help=text, epilog=EXAMPLES, formatter_class=argparse.RawDescriptionHelpFormatter
        )
        where = command.add_mutually_exclusive_group()
        where.add_argument("--profile", default="default", metavar="NAME", help="whose file (default: %(default)s)")
        where.add_argument("--file", metavar="PATH", help="another file, IPython's for example")
        command.add_argument("--backup", action="store_true", help="copy the file first, to PATH.1, PATH.2 ...")
        command.add_argument("--json", action="store_true", help="say what was done as JSON")
        command.set_defaults(command=name, keep=0, yes=True)
        if name == "trim":
            command.add_argument(
                "--keep", type=_count, default=1000, metavar="N", help="so many (default: %(default)s)"
            )
        else:
            command.add_argument("-y", "-f", "--yes", action="store_true", default=False, help="do not ask")
    return _run(parser.parse_args(argv))


def _count(text: str) -> int:
    if not text.isdigit():
        raise argparse.ArgumentTypeError(f"a number of cells is expected, not {text!r}")
    return int(text)


def _run(options: Any) -> int:
    from .profile import history_file

    path = os.path.abspath(os.path.expanduser(options.file)) if options.file else history_file(options.profile)
    if not options.yes and os.path.isfile(path) and not _agreed(path):
        print("Nothing was removed.", file=sys.stderr)
        return 1
    try:
        done = trim(path, options.keep, options.backup)
    except (HistoryError, OSError) as error:
        print(f"antiphon-history: {error}", file=sys.stderr)
        return 1
    if options.json:
        print(json.dumps(done._asdict()))
        return 0
    copied = f"; the former file is {done.backup}" if done.backup else ""
    print(f"removed {done.removed} cells, kept {done.kept}, in {done.file}{copied}")
    return 0


def _agreed(path: str) -> bool:
    try:
        return input(f"Remove everything that was typed from {path}? [y/N] ").strip().lower() in ("y", "yes")
    except EOFError:
        return False
