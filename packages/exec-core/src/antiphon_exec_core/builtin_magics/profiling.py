"""The magic that tells where time goes: prun."""

from __future__ import annotations

import cProfile
import io
import pstats
from collections.abc import Callable, Coroutine
from typing import Any

from ..errors import UsageError
from ..magic_options import Options, read_options
from ..magics import verbatim


@verbatim
def prun(
    line: str, compiler: Any, runner: Any, transformer: Any, page: Any = None, cell: str | None = None
) -> pstats.Stats | Coroutine[Any, Any, pstats.Stats | None] | None:
    """`%prun [-s key] [-l n|text] [-q] [-r] [-T file] [-D file] statement`, or `%%prun` over a cell: profile it.

    -s sorts (time, cumulative, calls, name ...), -l limits to n lines or to functions with that text in their name,
    -q prints nothing, -r returns the statistics, -T writes the text and -D the statistics to a file.
    """
    options, code = read_options(line, "l:rs:T:D:q")
    if cell is not None:
        code = f"{code}\n{cell}"
    program = compiler.compile(transformer.transform(code), 0, named=False)

    async def awaiting() -> pstats.Stats | None:
        profile = cProfile.Profile()
        with _Profiled(profile):
            await runner.awaiting(program, lambda value: None)
        return _told(profile, options, page)

    if program.awaits:
        return awaiting()
    return report(lambda: runner.run(program, lambda value: None), options, page)


def report(function: Callable[[], object], options: Options, page: Any = None) -> pstats.Stats | None:
    """Profile one call and say what the options of `%prun` ask for."""
    profile = cProfile.Profile()
    with _Profiled(profile):
        function()
    return _told(profile, options, page)


class _Profiled:
    """Profiles its block; that the code exits is said, and no reason to lose the profile."""

    def __init__(self, profile: cProfile.Profile) -> None:
        self._profile = profile

    def __enter__(self) -> None:
        self._profile.enable()

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> bool:
        self._profile.disable()
        if kind is None or not issubclass(kind, SystemExit):
            return False
        print("*** SystemExit exception caught in code being profiled.")
        return True


def _told(profile: cProfile.Profile, options: Options, page: Any) -> pstats.Stats | None:
    text = io.StringIO()
    stats = pstats.Stats(profile, stream=text).strip_dirs()
    try:
        stats.sort_stats(options.get("s", "time"))
    except KeyError:
        raise UsageError(f"cannot sort by {options['s']!r}: time, cumulative, calls, name ...") from None
    limit = options.get("l")
    stats.print_stats(*([int(limit) if limit.isdigit() else limit] if limit else []))
    shown = text.getvalue().strip("\n") + "\n"
    if "q" not in options:
        if page is not None:
            page({"text/plain": shown})
        else:
            print(shown)
    if "T" in options:
        with open(options["T"], "w", encoding="utf-8") as file:
            file.write(shown)
        print(f"\n*** Profile printout saved to text file {options['T']!r}.")
    if "D" in options:
        stats.dump_stats(options["D"])
        print(f"\n*** Profile stats marshalled to file {options['D']!r}.")
    return stats if "r" in options else None
