"""``antiphon kernel list|info|stop|interrupt|restart|clean``: the kernels that run, whoever started them."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sys
import time
from collections.abc import Awaitable, Callable, Sequence

from antiphon_wire_protocol.discovery.running import KernelFile, choose, files_elsewhere, kernel_files, leftovers
from antiphon_wire_protocol.errors import KernelDied, NoSuchKernel, ProtocolError
from antiphon_wire_protocol.manager.report import colour, description, fields, kernel_name, table
from antiphon_wire_protocol.manager.survey import TIME_TO_ANSWER, Seen, survey

COMMANDS = ("list", "info", "stop", "interrupt", "restart", "clean")

EXAMPLES = """examples:
  antiphon kernel list                what runs, since when, how much memory, who is attached
  antiphon kernel info latest         all that is known of the kernel started last
  antiphon kernel interrupt 1c9b      a name, its beginning, a pattern such as '1c*', or a file
  antiphon kernel stop --all          every kernel of yours
  antiphon kernel clean -y            take away what dead kernels have left

exit codes: 0 done, 1 something could not be done, 2 a command line that makes no sense"""


def main(argv: Sequence[str] | None = None, *, program: str = "antiphon kernel") -> int:
    """Run one command. Returns the exit code: 1 when something could not be done, with the reason on stderr."""
    options = _parser(program).parse_args(argv)
    run: Callable[[argparse.Namespace], int] = options.run
    try:
        code = run(options)
        sys.stdout.flush()
        return code
    except BrokenPipeError:  # `| head`: nobody reads on, and there is nothing to say
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        return 141
    except (NoSuchKernel, KernelDied, ProtocolError, TimeoutError, OSError) as error:
        print(f"{program}: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def _parser(program: str) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog=program,
        description="The kernels that run on this machine, and those with a connection file here.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def add(
        name: str, run: Callable[[argparse.Namespace], int], text: str, names: str | None
    ) -> argparse.ArgumentParser:
        one = commands.add_parser(name, help=text, description=text[0].upper() + text[1:] + ".")
        one.set_defaults(run=run, refuse=one.error)
        if names is not None:
            one.add_argument(
                "names", nargs=names, metavar="NAME", help="a name, its beginning, a pattern, a file, latest"
            )
        one.add_argument("--json", action="store_true", help="write JSON")
        one.add_argument(
            "--timeout", type=_seconds, metavar="SECONDS", default=None, help="how long to wait for a kernel"
        )
        return one

    listing = add("list", _list, "show what runs", "*")
    listing.add_argument("--dead", action="store_true", help="dead kernels with files left too")
    listing.add_argument(
        "--everywhere", action="store_true", help="also those of yours whose file is not in Jupyter's folder"
    )
    add("info", _info, "show all that is known of kernels (default: the latest)", "*")
    stop = add("stop", _stop, "end kernels: asked first, then by signals", "*")
    stop.add_argument("--all", action="store_true", help="every kernel that runs")
    stop.add_argument("--now", action="store_true", help="without asking the kernel")
    stop.add_argument("-y", "--yes", action="store_true", help="with --all: do not ask me")
    add("interrupt", _interrupt, "interrupt what kernels are running", "*").add_argument(
        "--all", action="store_true", help="every kernel that runs"
    )
    add("restart", _restart, "start kernels anew that outlive who started them", "+")
    clean = add("clean", _clean, "take away what dead kernels have left", "*")
    clean.add_argument("-y", "--yes", action="store_true", help="do not ask")
    return parser


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds < 86_400:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of seconds above 0")
    return seconds


def _look(options: argparse.Namespace, *, everything: bool) -> list[Seen]:
    """The kernels that are named; without names all (`everything`), or none."""
    files = kernel_files()
    if getattr(options, "everywhere", False):
        files += files_elsewhere(files)
    if options.names or not everything:
        files = choose(_without_dead(files) if "latest" in options.names else files, options.names)
    return asyncio.run(survey(files, timeout=options.timeout or TIME_TO_ANSWER))


def _without_dead(files: list[KernelFile]) -> list[KernelFile]:
    from antiphon_wire_protocol.discovery.running import gather, verdict

    return [file for file, found in zip(files, gather(files), strict=True) if verdict(found).life != "dead"]


# ── the commands ─────────────────────────────────────────────────────────────────────────────────────────────


def _list(options: argparse.Namespace) -> int:
    seen = _look(options, everything=True)
    shown = [one for one in seen if options.dead or options.names or one.state != "dead"]
    if options.json:
        print(json.dumps([fields(one) for one in shown], indent=2))
        return 0
    if shown:
        print(*table(shown, [one.file.name for one in seen], time.time(), colour=colour()), sep="\n")
    else:
        print("No kernels are running.")
    hidden = len(seen) - len(shown)
    if hidden:
        left = "dead kernel has left a file" if hidden == 1 else "dead kernels have left files"
        print(f"{hidden} {left}; to remove: antiphon kernel clean")
    return 0


def _info(options: argparse.Namespace) -> int:
    options.names = options.names or ["latest"]
    seen = _look(options, everything=False)
    if options.json:
        print(json.dumps([fields(one) for one in seen], indent=2))
    else:
        for number, one in enumerate(seen):
            print(*description(one, colour=colour()), sep="\n", end="\n" if number == len(seen) - 1 else "\n\n")
    return 0 if all(one.runs for one in seen) else 1


def _stop(options: argparse.Namespace) -> int:
    from antiphon_wire_protocol.manager.strangers import stop

    seen = _chosen(options)
    if options.all and seen and not options.yes:
        for one in seen:
            print(f"{one.file.name}  {kernel_name(one)}  {one.state}")
        if not _agreed(f"Stop {'this kernel' if len(seen) == 1 else f'these {len(seen)} kernels'}?"):
            return 1

    async def work(one: Seen) -> str:
        how = await stop(one, timeout=options.timeout or 5.0, now=options.now)
        return how + (f"; {one.started_by} had started it, and may start it again" if one.started_by else "")

    return _each(seen, work, "stopped", options)


def _interrupt(options: argparse.Namespace) -> int:
    from antiphon_wire_protocol.manager.strangers import interrupt

    async def work(one: Seen) -> str:
        return f"by {await interrupt(one, timeout=options.timeout or 2.0)}"

    return _each(_chosen(options), work, "interrupted", options)


def _restart(options: argparse.Namespace) -> int:
    from antiphon_wire_protocol.manager.manager import KernelManager

    async def work(one: Seen) -> str:
        try:
            manager = await KernelManager.adopt(one.file.path)
        except NoSuchKernel as error:
            who = one.started_by or "the program that started it"
            raise NoSuchKernel(f"{error}; only {who} can start it again") from None
        try:
            await manager.restart()
            await manager.ready(options.timeout or 60.0)
            return f"process {manager.process.pid}"
        finally:
            manager.let_go()

    return _each(_chosen(options), work, "restarted", options)


def _clean(options: argparse.Namespace) -> int:
    seen = _look(options, everything=True)
    dead = [one for one in seen if one.state == "dead"]
    if options.names and len(dead) < len(seen):
        for one in seen:
            if one.state != "dead":
                print(f"{one.file.name}: not proven dead: {one.reason or one.state}", file=sys.stderr)
        return 1
    paths = {one.file.name: leftovers(one.file) for one in dead}
    if not options.json:
        for one in dead:
            print(f"{one.file.path}  ({one.reason})")
    if not dead and not options.json:
        print("No dead kernels have left anything.")
    if dead and not options.yes and not _agreed(f"Remove {'it' if len(dead) == 1 else f'these {len(dead)}'}?"):
        return 1
    removed, failed = [], []
    # Looked at again just before: since the question, a kernel may have been started at the same place.
    again = {one.file.path for one in asyncio.run(survey([one.file for one in dead])) if one.state == "dead"}
    for one in dead:
        for path in paths[one.file.name] if one.file.path in again else []:
            try:
                os.unlink(path)
                removed.append(path)
            except FileNotFoundError:
                continue
            except OSError as error:
                failed.append(path)
                print(f"{path}: {error.strerror}", file=sys.stderr)
    if options.json:
        print(json.dumps({"removed": removed, "failed": failed}, indent=2))
    elif removed:
        print(f"Removed {len(removed)} file{'s' * (len(removed) != 1)}.")
    return 1 if failed else 0


def _chosen(options: argparse.Namespace) -> list[Seen]:
    """The kernels that a command is to change: those named, or with ``--all`` those that run."""
    everything = getattr(options, "all", False)
    if bool(options.names) == everything:
        options.refuse("either names or --all" if everything else "name the kernels, or say --all")
    seen = _look(options, everything=everything)
    return [one for one in seen if one.runs] if everything else seen


def _each(seen: Sequence[Seen], work: Callable[[Seen], Awaitable[str]], done: str, options: argparse.Namespace) -> int:
    """Do `work` with all kernels at once; one line for each, in order."""

    async def guarded(one: Seen) -> tuple[bool, str]:
        try:
            return True, await work(one)
        except (NoSuchKernel, KernelDied, ProtocolError, TimeoutError, OSError) as error:
            return False, str(error) or type(error).__name__

    async def all_of_them() -> list[tuple[bool, str]]:
        return await asyncio.gather(*map(guarded, seen))

    results = asyncio.run(all_of_them())
    if options.json:
        listed = [
            {"name": one.file.name, done: ok, "detail": text} for one, (ok, text) in zip(seen, results, strict=True)
        ]
        print(json.dumps(listed, indent=2))
    else:
        for one, (ok, text) in zip(seen, results, strict=True):
            print(f"{one.file.name}: {done if ok else f'not {done}'}: {text}", file=sys.stdout if ok else sys.stderr)
        if not seen:
            print("No kernels are running.")
    return 0 if all(ok for ok, _ in results) else 1


def _agreed(question: str) -> bool:
    try:
        answer = input(f"{question} [y/N] ")
    except EOFError:
        answer = ""
    if answer.strip().lower() in {"y", "yes"}:
        return True
    print("Nothing was done.")
    return False


if __name__ == "__main__":
    sys.exit(main())
