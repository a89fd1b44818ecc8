"""One talk with the debugger: pdb whose questions go to the outlet of the running cell and whose words go to stdout.

It therefore works in a kernel, at a terminal and in a test alike. What is here is how one talks: questions, commands,
and how places are shown; where it stops is `stepping.py`.
"""

from __future__ import annotations

import bdb
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from types import FrameType
from typing import Any, NamedTuple

from .builtin_magics import inspecting
from .frames import chain_of
from .highlighter import highlight
from .inspector import Inspector
from .outputs import current_outlet
from .settings import LiveSettings
from .short_reprs import short_repr
from .stepping import Stepper

PROMPT = "ipdb> "  # what tools that read along wait for

_YES = {"true": True, "yes": True, "on": True, "1": True, "false": False, "no": False, "off": False, "0": False}


class Surroundings(NamedTuple):
    """What a session knows of the interpreter it belongs to."""

    settings: LiveSettings
    numbers: Mapping[str, int]  # file name -> number of the cell
    magics: Any = None
    compiler: Any = None


_surroundings = Surroundings(LiveSettings(), {})


def use_surroundings(surroundings: Surroundings) -> Surroundings:
    """Sessions that are made from now on belong there; the former surroundings return."""
    global _surroundings
    former, _surroundings = _surroundings, surroundings
    return former


class _FrameNames:
    """What an inspector needs of a namespace."""

    def __init__(self, frame: FrameType) -> None:
        self.user_ns = {**frame.f_globals, **frame.f_locals}


class _Answers:
    """A stdin for code that is typed at the prompt: what it reads is asked of the outlet."""

    def readline(self) -> str:
        try:
            return current_outlet().ask("") + "\n"
        except EOFError:
            return ""


class DebugSession(Stepper):
    """pdb over the outlet. With a `stdin` or `stdout` of its own it uses those, as pdb does."""

    def __init__(
        self,
        completekey: str = "tab",
        stdin: Any = None,
        stdout: Any = None,
        skip: Any = None,
        nosigint: bool = True,
        readrc: bool = True,
        *,
        context: int | None = None,
        surroundings: Surroundings | None = None,
    ) -> None:
        self._given_out = stdout
        self._asks = stdin is None or isinstance(stdin, _Answers)
        self.surroundings = _surroundings if surroundings is None else surroundings
        stdin = _Answers() if stdin is None else stdin
        super().__init__(completekey, stdin, stdout, skip, nosigint, readrc, numbers=self.surroundings.numbers)
        self.use_rawinput = False
        self.prompt = PROMPT
        self.context = self.surroundings.settings.current.context_lines if context is None else context
        self.chain: list[BaseException] = []
        self.error_at = 0
        if self.surroundings.compiler is not None:
            self.surroundings.compiler.flush()

    @property
    def stdout(self) -> Any:
        """Whatever is stdout when the debugger speaks: a kernel's stdout is another one in each cell."""
        return sys.stdout if self._given_out is None else self._given_out

    @stdout.setter
    def stdout(self, _: Any) -> None: ...

    # -- beginning and ending -----------------------------------------------------------------------------------

    def post_mortem(self, error: BaseException) -> None:
        """Look at the frames of an exception, and of those that led to it."""
        self.chain = [link for link, _ in chain_of(error) if link.__traceback__ is not None or link is error]
        self.error_at = len(self.chain) - 1
        self.reset()
        with suppress(bdb.BdbQuit):
            self.interaction(None, error.__traceback__)
        self.chain = []

    def cmdloop(self, intro: Any = None) -> None:
        """Ask and obey, until a command ends the talk."""
        if not self._asks:
            super().cmdloop(intro)
            return
        self.has_talked = True
        self.preloop()
        stop: Any = None
        while not stop:
            line = self.cmdqueue.pop(0) if self.cmdqueue else self._asked()
            stop = self.postcmd(self.onecmd(self.precmd(line)), line)
        self.postloop()

    def _asked(self) -> str:
        self.stdout.flush()
        try:
            return current_outlet().ask(self.prompt)
        except EOFError:
            return "EOF"
        except Exception as error:  # a frontend that takes no questions
            self.error(str(error))
            return "EOF"

    def _cmdloop(self) -> None:
        try:
            self.cmdloop()
        except KeyboardInterrupt:  # at the prompt: the debugger is left, and with it the cell
            self.message("--KeyboardInterrupt--")
            self.set_quit()

    # -- showing --------------------------------------------------------------------------------------------------

    @property
    def colour(self) -> bool:
        return bool(self.surroundings.settings.current.coloured())

    def _where(self, filename: str) -> str:
        number = self.numbers.get(filename)
        return filename if number is None else f"Cell In[{number}]"

    def _entry(self, frame: FrameType, lineno: int) -> str:
        prefix = "> " if frame is self.curframe else "  "
        call = frame.f_code.co_name
        where, line = self._where(frame.f_code.co_filename), f"({lineno})"
        if self.colour:
            where, line, call = f"\x1b[32m{where}\x1b[39m", f"\x1b[92m{line}\x1b[39m", f"\x1b[36m{call}\x1b[39m"
        returned = ""
        if frame is self.curframe and "__return__" in frame.f_locals:
            returned = "->" + self._short(frame.f_locals["__return__"])
        lines = self._lines_of(frame)
        first = max(min(lineno - 1 - self.context // 2, len(lines) - self.context), 0)
        shown = self._numbered(lines[first : first + self.context], first + 1, lineno)
        return f"{prefix}{where}{line}{call}(){returned}\n{shown}".rstrip("\n")

    def _short(self, value: Any) -> str:
        return short_repr(value)

    def _lines_of(self, frame: FrameType) -> list[str]:
        import linecache

        return linecache.getlines(frame.f_code.co_filename, frame.f_globals)

    def _numbered(self, lines: Sequence[str], start: int, current: int, breaks: Any = ()) -> str:
        out = []
        for number, line in enumerate(lines, start):
            text = line.rstrip()
            gutter = f"{'-' * (5 - len(str(number)))}> {number}" if number == current else f"{number:7d}"
            if number in breaks:
                gutter = "B" + gutter[1:]
            if self.colour:
                text, gutter = highlight(text), f"\x1b[92m{gutter}\x1b[39m"
            out.append(f"{gutter} {text}".rstrip() + "\n")
        return "".join(out)

    def print_stack_entry(self, frame_lineno: tuple[FrameType, int], prompt_prefix: str = "") -> None:
        """The place, and the lines around it."""
        self.message(self._entry(*frame_lineno) + "\n")

    def print_stack_trace(self, count: int | None = None) -> None:
        """The stack, oldest first: all of it, its last frames (or, below zero, its first); 0 is the current one."""
        if count == 0:
            self.print_stack_entry(self.stack[self.curindex])
            return
        hidden, skipped = self.hidden_frames(), 0
        chosen = range(len(self.stack))[slice(None) if count is None else slice(-count, None)]
        if count is not None and count < 0:
            chosen = range(min(-count, len(self.stack)))
        for at in chosen:
            if hidden[at]:
                skipped += 1
                continue
            if skipped:
                self.message(f"    [... skipping {skipped} hidden frame(s)]")
                skipped = 0
            self.message(self._entry(*self.stack[at]))
        if skipped:
            self.message(f"    [... skipping {skipped} hidden frame(s)]")
        self.message("")

    def _print_lines(self, lines: Sequence[str], start: int, breaks: Any = (), frame: FrameType | None = None) -> None:
        current = -1
        if frame is not None:
            current = self.tb_lineno.get(frame, frame.f_lineno)  # type: ignore[attr-defined]  # not in typeshed
        self.message(self._numbered(lines, start, current, breaks).rstrip("\n"))

    # -- commands -------------------------------------------------------------------------------------------------

    def onecmd(self, line: str) -> Any:
        """A command; `name?` and `name??` are questions about an object."""
        text = line.strip()
        if text != "?" and not self.commands_defining and (text.endswith("?") or text.startswith("?")):
            name = text.strip("?").strip()
            if name:
                (self.do_pinfo2 if "??" in text else self.do_pinfo)(name)
                return None
        return super().onecmd(line)

    def do_where(self, arg: str) -> None:
        """w(here) [count]
        The stack, oldest frame first, with the lines around each place; hidden frames are counted only.
        With a count: so many of the newest frames, or of the oldest if it is negative.
        """
        try:
            self.print_stack_trace(int(arg) if arg else None)
        except ValueError:
            self.error(f"Invalid count ({arg})")
        except KeyboardInterrupt:
            self.message("")

    do_w = do_where
    do_bt = do_where

    def do_up(self, arg: str) -> None:
        """u(p) [count]
        Go so many frames (one) towards the oldest; hidden frames are passed over. Below zero: to the oldest.
        """
        self._go(arg, -1, "Oldest frame", "above")

    def do_down(self, arg: str) -> None:
        """d(own) [count]
        Go so many frames (one) towards the newest; hidden frames are passed over. Below zero: to the newest.
        """
        self._go(arg, 1, "Newest frame", "below")

    do_u = do_up
    do_d = do_down

    def _go(self, arg: str, step: int, end: str, side: str) -> None:
        try:
            count = int(arg or 1)
        except ValueError:
            self.error(f"Invalid frame count ({arg})")
            return
        at = self.curindex + step
        if not 0 <= at < len(self.stack):
            self.error(end)
            return
        hidden, skipped, found = self.hidden_frames(), 0, None
        while 0 <= at < len(self.stack) and count != 0:
            if hidden[at]:
                skipped += 1
            else:
                found, count = at, count - 1
            at += step
        if found is None:
            self.error(
                f"all frames {side} skipped (hidden frames and ignored modules). "
                "Use `skip_hidden False` for hidden frames or unignore_module for ignored modules."
            )
            return
        if skipped:
            self.message(f"    [... skipped {skipped} hidden frame(s)]")
        self._select_frame(found)

    def do_context(self, arg: str) -> None:
        """context number
        How many lines of source are shown around a place.
        """
        if arg.strip().isdigit() and int(arg) > 0:
            self.context = int(arg)
        else:
            self.error(f"The 'context' command requires a positive integer argument (current value {self.context}).")

    def do_exceptions(self, arg: str) -> None:
        """exceptions [number]
        The exceptions that led here, oldest first; with a number, look at that one.
        """
        if not self.chain:
            self.message("Did not find chained exceptions. There must be an exception to look at (`%debug`).")
            return
        if not arg.strip():
            for number, link in enumerate(self.chain):
                mark = ">" if number == self.error_at else " " if link.__traceback__ is not None else "-"
                self.message(f"{mark} {number:>3} {self._short(link)}")
            return
        try:
            number = int(arg)
        except ValueError:
            self.error("Argument must be an integer")
            return
        if not 0 <= number < len(self.chain):
            self.error("No exception with that number")
        elif self.chain[number].__traceback__ is None:
            self.error("This exception has no traceback, cannot jump to it")
        else:
            self.error_at = number
            self.setup(None, self.chain[number].__traceback__)
            self.print_stack_entry(self.stack[self.curindex])

    def do_skip_hidden(self, arg: str) -> None:
        """skip_hidden [yes|no]
        Whether up, down, where and stepping pass over hidden frames.
        """
        if not arg.strip():
            self.message(f"skip_hidden = {self.skip_hidden}, use 'yes','no', 'true', or 'false' to change.")
        elif arg.strip().lower() in _YES:
            self.skip_hidden = _YES[arg.strip().lower()]
        else:
            self.error("skip_hidden takes yes, no, true or false")

    def do_skip_predicates(self, arg: str) -> None:
        """skip_predicates [name yes|no]
        What makes a frame hidden: `tbhide` (it has `__tracebackhide__`), `readonly` (its file cannot be written),
        `ipython_internal` (it is of the interpreter itself), `debuggerskip` (it has `__debuggerskip__`).
        """
        words = arg.split()
        if not words:
            self.message("current predicates:")
            for name, value in self.predicates.items():
                self.message(f"    {name} : {value}")
        elif len(words) != 2 or words[0] not in self.predicates or words[1].lower() not in _YES:
            self.error(f"Usage: skip_predicates <name> <yes|no>, with a name of {', '.join(sorted(self.predicates))}")
        else:
            self.predicates[words[0]] = _YES[words[1].lower()]

    def do_ignore_module(self, arg: str) -> None:
        """ignore_module [name]
        Pass over frames of a module and those below it; without a name: which ones are passed over.
        """
        if arg.strip():
            self.ignored.add(arg.strip())
        else:
            self._tell_ignored()

    def do_unignore_module(self, arg: str) -> None:
        """unignore_module [name]
        Take back ignore_module.
        """
        if not arg.strip():
            self._tell_ignored()
        elif arg.strip() in self.ignored:
            self.ignored.remove(arg.strip())
        else:
            self.error(f"Module {arg.strip()} is not currently ignored.")

    def _tell_ignored(self) -> None:
        names = sorted(self.ignored)
        self.message(f"Currently ignored modules: {names}" if names else "No modules are currently ignored.")

    def do_interact(self, arg: str) -> None:
        """interact
        A Python prompt with the names of the frame; end of input leaves it.
        """
        import code

        def leave(*_: Any) -> None:
            raise SystemExit

        frame = self.curframe
        assert frame is not None
        names = {**frame.f_globals, **frame.f_locals, "exit": leave, "quit": leave}
        shown_by, sys.displayhook = sys.displayhook, self._show_value  # it is no cell's result
        try:
            with suppress(SystemExit):
                code.interact("*interactive*", current_outlet().ask, names)
        finally:
            sys.displayhook = shown_by

    def _show_value(self, value: object) -> None:
        if value is not None:
            self.message(repr(value))

    def do_pinfo(self, arg: str) -> None:
        """pinfo object
        What an object is; the same as `object?`.
        """
        with self._asking() as (inspector, settings):
            inspecting.pinfo(arg, inspector, settings)

    def do_pinfo2(self, arg: str) -> None:
        """pinfo2 object
        What an object is, with its source; the same as `object??`.
        """
        with self._asking() as (inspector, settings):
            inspecting.pinfo2(arg, inspector, settings)

    def do_pdoc(self, arg: str) -> None:
        """pdoc object
        The docstring of an object.
        """
        with self._asking() as (inspector, _):
            inspecting.pdoc(arg, inspector)

    def do_pdef(self, arg: str) -> None:
        """pdef object
        How an object is called.
        """
        with self._asking() as (inspector, _):
            inspecting.pdef(arg, inspector)

    def do_psource(self, arg: str) -> None:
        """psource object
        The source of an object.
        """
        with self._asking() as (inspector, settings):
            inspecting.psource(arg, inspector, settings)

    def do_pfile(self, arg: str) -> None:
        """pfile object
        The file in which an object is defined.
        """
        with self._asking() as (inspector, _):
            inspecting.pfile(arg, inspector)

    @contextmanager
    def _asking(self) -> Iterator[tuple[Inspector, LiveSettings]]:
        """An inspector that knows the names of the frame one looks at."""
        frame = self.curframe
        assert frame is not None
        yield (
            Inspector(_FrameNames(frame), self.surroundings.magics, self.surroundings.compiler),
            self.surroundings.settings,
        )
