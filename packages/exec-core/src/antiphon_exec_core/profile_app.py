"""``antiphon-profile``: make a profile, list those there are, say where one is."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Sequence
from typing import Any

from . import profile

EXAMPLES = """examples:
  antiphon profile create work           its folder, with one for startup files
  antiphon profile list                  every profile, and where its files are
  antiphon profile list --json           the same for programs
  antiphon profile locate work           its folder, the one that counts most
  antiphon --profile work                a session with it

exit codes: 0 done, 1 could not be done, 2 a command line that makes no sense"""


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; returns the exit code."""
    parser = argparse.ArgumentParser(
        prog="antiphon-profile",
        description="Profiles: folders with config files, startup files and a history of their own.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    create = commands.add_parser("create", help="make a profile, or what is missing of it")
    create.add_argument("name", nargs="?", default=profile.DEFAULT, metavar="NAME", help="default: %(default)s")
    create.set_defaults(run=_create)
    listing = commands.add_parser("list", help="show the profiles there are")
    listing.set_defaults(run=_list)
    locate = commands.add_parser("locate", help="print the folder of a profile")
    locate.add_argument("name", nargs="?", default=profile.DEFAULT, metavar="NAME", help="default: %(default)s")
    locate.set_defaults(run=_locate)
    for each in (create, listing, locate):
        each.add_argument("--json", action="store_true", help="write JSON")
        each.epilog, each.formatter_class = EXAMPLES, argparse.RawDescriptionHelpFormatter
    options = parser.parse_args(argv)
    try:
        options.run(options)
    except (LookupError, ValueError, OSError) as error:
        print(f"antiphon-profile: {error.args[0] if isinstance(error, LookupError) else error}", file=sys.stderr)
        return 1
    return 0


def _create(options: Any) -> None:
    existed = options.name in profile.names()
    folder = profile.create(options.name)
    if options.json:
        print(json.dumps({"name": options.name, "folder": folder, "created": not existed}))
        return
    print(f"{'profile' if existed else 'made profile'} {options.name}: {folder}")
    print(f"settings go into {os.path.join(folder, 'antiphon_config.py')}, *.py and *.ipy to run into startup/")


def _list(options: Any) -> None:
    found = {name: profile.folders(name) for name in profile.names()}
    if options.json:
        print(json.dumps({"profiles": [{"name": name, "folders": folders} for name, folders in found.items()]}))
        return
    if not found:
        print("No profiles yet; `antiphon-profile create` makes the default one.")
    width = max(map(len, found), default=0)
    for name, folders in found.items():
        print(f"{name:<{width}}  {'  '.join(reversed(folders))}")


def _locate(options: Any) -> None:
    folders = profile.folders(options.name)
    if not folders:
        raise LookupError(f"there is no profile {options.name!r} yet; `antiphon-profile create` makes it")
    print(json.dumps({"name": options.name, "folder": folders[-1]}) if options.json else folders[-1])
