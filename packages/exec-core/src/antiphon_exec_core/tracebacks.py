"""Exceptions to frames (values), and frames to the text that is shown.

Frames of this package are left out, and those that hide themselves (`__tracebackhide__`); a cell is called by its
number. Nothing here raises: an exception that cannot be shown is shown by its name.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from types import BuiltinFunctionType, FunctionType, MethodType, ModuleType
from typing import Any

from .cell import ErrorReport
from .errors import UsageError
from .frames import (
    Frame,
    chain_of,
    clear_callers,
    extent,
    frames_of,
    own_frames_removed,
    source_lines,
    window,
    without_repeats,
)
from .outputs import ErrorOutput, Outlet, Stream, current_outlet
from .short_reprs import Reprs

MODES = ("Context", "Plain", "Verbose", "Minimal", "Docs", "Doctest")

Handler = Callable[[BaseException], Any]

_WIDTH = 75
_TOLD = (ModuleType, FunctionType, BuiltinFunctionType, MethodType, type)  # their names say it all
_NAME = re.compile(r"(?<![\w.])[^\W\d]\w*(?:\.[^\W\d]\w*)*")


class Tracebacks:
    """Reports exceptions in the chosen `mode`. `numbers` gives the number of a cell by its file name."""

    def __init__(
        self,
        numbers: Mapping[str, int] | None = None,
        mode: str = "Context",
        colour: bool = True,
        context_lines: int = 5,
        flush: Callable[[], None] | None = None,
    ) -> None:
        self.numbers = {} if numbers is None else numbers
        self.mode = mode
        self.use_colour(colour)
        self.context_lines = context_lines
        self.last: BaseException | None = None
        self._report: ErrorReport | None = None
        self.released: ErrorReport | None = None  # the last error, when only its text is left
        self.shown_by: Callable[[BaseException], Any] | None = None  # takes over the showing of errors
        self._custom: tuple[tuple[type[BaseException], ...], Handler] | None = None
        self._flush = flush
        self._home = os.path.expanduser("~")

    def use_colour(self, wanted: bool) -> None:
        """Colour, unless the environment says NO_COLOR (no-color.org)."""
        self.colour = wanted and not os.environ.get("NO_COLOR")

    # -- values ------------------------------------------------------------------------------------------------

    def report(self, error: BaseException, keep: bool = True) -> ErrorReport:
        """The report of an exception. `keep` makes it the last one, for `%tb`, `%debug` and `sys.last_value`."""
        error.__traceback__ = own_frames_removed(error.__traceback__)
        if keep:
            self.last, self.released = error, None
            sys.last_type, sys.last_value, sys.last_traceback = type(error), error, error.__traceback__
            if sys.version_info >= (3, 12):
                sys.last_exc = error
        report = ErrorReport(type(error).__name__, _text_of(error), tuple(self.lines(error)))
        if keep:
            self._report = report
        return report

    def release(self) -> None:
        """Let go of the last exception, and so of what its frames hold; its text is kept for `%tb`."""
        error, self.last = self.last, None
        if error is None:
            return
        self.released = self._report
        clear_callers(error.__traceback__)
        if getattr(sys, "last_value", None) is error:
            for name in ("last_type", "last_value", "last_traceback", "last_exc"):
                if hasattr(sys, name):
                    delattr(sys, name)

    def set_custom(self, types: tuple[type[BaseException], ...], handler: Handler | None) -> None:
        """Let `handler(error)` show errors of these types from now on; without one, show them as ever.

        What it returns, lines or None, is the traceback in the report. One that fails is taken off again.
        """
        self._custom = (types, handler) if handler is not None and types else None

    def show(self, error: BaseException) -> None:
        """Report an exception to the outlet of the running cell: a usage error as a line on stderr."""
        self._emit(error, current_outlet(), True)

    def emit(self, error: BaseException, outlet: Outlet, keep: bool = True) -> ErrorReport:
        """Report an exception to an outlet, or let the handler do it that was set for its type."""
        if self._custom is None or not isinstance(error, self._custom[0]):
            return self._emit(error, outlet, keep)
        report = self.report(error, keep)
        handler = self._custom[1]
        try:
            lines = handler(error)
            if lines is None:
                return report
            lines = [lines] if isinstance(lines, str) else lines
            if not isinstance(lines, list) or not all(isinstance(line, str) for line in lines):
                raise TypeError(f"a custom traceback must be a list of strings, not {lines!r}")
            return ErrorReport(report.ename, report.evalue, tuple(lines))
        except Exception as failure:
            self._custom = None
            outlet.emit(Stream("stderr", "Custom TB Handler failed, unregistering\n"))
            self._emit(failure, outlet, False)
            return self._emit(error, outlet, keep)

    def _emit(self, error: BaseException, outlet: Outlet, keep: bool) -> ErrorReport:
        report = self.report(error, keep)
        if self.shown_by is not None and not isinstance(error, UsageError):
            show, self.shown_by = self.shown_by, None
            try:
                show(error)
                return report
            except Exception as failure:  # the user's; the error itself is shown as ever
                outlet.emit(Stream("stderr", f"showing the error failed: {type(failure).__name__}: {failure}\n"))
            finally:
                self.shown_by = show
        if isinstance(error, UsageError):
            outlet.emit(Stream("stderr", "\n".join(report.traceback) + "\n"))
        else:
            outlet.emit(ErrorOutput(report))
        return report

    def lines(self, error: BaseException, mode: str | None = None) -> list[str]:
        """The text of an exception as a list; joined by newlines it is what one sees."""
        if self._flush is not None:
            self._flush()
        try:
            own = getattr(error, "_render_traceback_", None)
            if own is not None:
                rendered = own()
                if rendered is not None:
                    return [rendered] if isinstance(rendered, str) else [str(line) for line in rendered]
        except Exception:
            pass
        try:
            return self._lines(error, mode or self.mode)
        except Exception:  # a source or a name that cannot be read must not hide the error itself
            return [_title(error, self.colour)]

    def _lines(self, error: BaseException, mode: str) -> list[str]:
        if isinstance(error, UsageError):
            return [f"UsageError: {error}"]
        if "bdb" in sys.modules and isinstance(error, sys.modules["bdb"].BdbQuit):
            return [f"{_paint('BdbQuit', '91', self.colour)}: the debugger was left, and the cell with it"]
        if isinstance(error, SystemExit):
            return [
                "An exception has occurred, use %tb to see the full traceback.\n",
                _title(error, self.colour) + "\n",
            ]
        if isinstance(error, BaseExceptionGroup):
            return [self._group(error)]
        if mode == "Minimal":
            if isinstance(error, SyntaxError) and not frames_of(error.__traceback__):
                return [self._syntax(error)]
            return [_short_title(error, self.colour) + "\n"]
        chain = chain_of(error)
        out: list[str] = []
        brief = {"Plain": self._plain, "Docs": self._docs, "Doctest": self._doctest}.get(mode)
        if brief is not None:
            for link, why in chain:
                out += ["", why] if why else []
                out += brief(link)
            return [*out, ""] if len(out) > 1 and mode != "Docs" else out
        reprs = Reprs() if mode == "Verbose" else None
        for link, why in chain:
            if why:
                out.append(f"\n{why}\n")
            frames = frames_of(link.__traceback__)
            if not out and not (isinstance(link, SyntaxError) and not frames):
                out.append(_paint("-" * _WIDTH, "91", self.colour))
            out += self._context(link, frames, reprs)
        return out

    # -- context and verbose -----------------------------------------------------------------------------------

    def _context(self, error: BaseException, frames: list[Frame], reprs: Reprs | None) -> list[str]:
        out: list[str] = []
        if isinstance(error, SyntaxError) and not frames:
            return [self._syntax(error)]
        name = type(error).__name__
        long = "Traceback (most recent call last)"
        out.append(_paint(name, "91", self.colour) + long.rjust(_WIDTH - len(name)))
        skipped = 0
        shown, repeats = without_repeats(frames)
        for number, frame in enumerate(shown):
            last = number == len(shown) - 1
            if frame.hidden and not last:
                skipped += 1
                continue
            if skipped:
                out.append(f"    [... skipping hidden {skipped} frame]\n")
                skipped = 0
            out.append(self._frame(frame, reprs))
            if number in repeats:
                names, count = repeats[number]
                out.append(f"    [... skipping similar frames: {names} ({count} times)]\n")
        if isinstance(error, SyntaxError):
            out.append(self._syntax(error))
        else:
            out.append("\n".join([_title(error, self.colour), *_notes(error)]))
        return out

    def _frame(self, frame: Frame, reprs: Reprs | None) -> str:
        lines = source_lines(frame.filename)
        where = self._where(frame)
        call = ""
        if frame.name != "<module>":
            arguments = _arguments(frame, reprs)
            call = f", in {_paint(frame.name, '36', self.colour)}{_paint(arguments, '94', self.colour)}"
        head = where + call + "\n"
        if not lines:
            lost = "'Could not get source, probably due dynamically evaluated source code.'"
            return f"{head}{self._arrow(frame.lineno)} {lost}"
        return head + "".join(self._context_lines(frame, lines, reprs))

    def _where(self, frame: Frame) -> str:
        number = self.numbers.get(frame.filename)
        if number is not None:
            line = _paint(f"In[{number}], line {frame.lineno}", "32", self.colour)
            return f"{_paint('Cell', '96', self.colour)} {line}"
        name = frame.filename
        if name.startswith(self._home + os.sep):
            name = "~" + name[len(self._home) :]
        return _paint("File ", "96", self.colour) + _paint(f"{name}:{frame.lineno}", "32", self.colour)

    def _arrow(self, lineno: int) -> str:
        number = str(lineno)
        dashes = "-" * (5 - len(number)) + "> " if len(number) < 5 else "> "
        return _paint(dashes, "92", self.colour) + _paint(number, "92", self.colour)

    def _context_lines(self, frame: Frame, lines: list[str], reprs: Reprs | None) -> list[str]:
        first, last = extent(frame.code)
        if frame.name == "<module>":
            first, last = 1, len(lines)
        last = max(last, frame.end_lineno)
        numbers = window(lines, frame, first, min(last, len(lines)), self.context_lines)
        margin = min(
            (len(line) - len(line.lstrip()) for n in numbers if n and (line := lines[n - 1]).strip()), default=0
        )
        out = []
        for number in numbers:
            if number == 0:
                out.append(_paint("   (...)", "92", self.colour) + "\n")
                continue
            line = lines[number - 1].rstrip("\n")[margin:].replace("\t", "    ")
            if self.colour:
                line = self._coloured(line, number, frame, margin)
            gutter = self._arrow(number) if number == frame.lineno else _paint(f"{number:7d}", "92", self.colour)
            out.append(f"{gutter} {line}\n")
            if reprs is not None and number == max(frame.lineno, min(frame.end_lineno, numbers[-1])):
                text = "".join(lines[frame.lineno - 1 : frame.end_lineno])
                out += [f"        {name} = {reprs(value)}\n" for name, value in _values(frame, text)]
        return out

    def _coloured(self, line: str, number: int, frame: Frame, margin: int) -> str:
        from .highlighter import highlight, mark

        if frame.columns is None or not frame.lineno <= number <= frame.end_lineno:
            return highlight(line)
        start = max(frame.columns[0] - margin, 0) if number == frame.lineno else len(line) - len(line.lstrip())
        end = frame.columns[1] - margin if number == frame.end_lineno else len(line)
        return mark(line, start, end) if start or end < len(line.rstrip()) or not frame.lineno else highlight(line)

    # -- the brief modes, groups, and syntax errors --------------------------------------------------------------

    def _docs(self, error: BaseException) -> list[str]:
        """Where it began, and what came of it: for documentation, where the frames of a library change."""
        frames = frames_of(error.__traceback__)
        if isinstance(error, SyntaxError) and not frames:
            return [self._syntax(error)]
        out = []
        if frames:
            lines = source_lines(frames[0].filename)
            text = lines[frames[0].lineno - 1].strip() if frames[0].lineno <= len(lines) else ""
            out.append(f"Traceback (most recent call last): {self._where(frames[0])}\n\n->  {text}\n")
        if len(frames) > 1:
            out.append(f"    [... {len(frames) - 1} skipped frames]\n")
        return [*out, _short_title(error, self.colour), *_notes(error)]

    def _doctest(self, error: BaseException) -> list[str]:
        """What a doctest expects to see."""
        if isinstance(error, SyntaxError) and not frames_of(error.__traceback__):
            return [self._syntax(error)]
        return ["Traceback (most recent call last):", "    ...", _short_title(error, self.colour), *_notes(error)]

    def _group(self, error: BaseException) -> str:
        """A group with its members, as Python draws it; cells are called by their number."""
        import traceback

        def named(match: re.Match[str]) -> str:
            number = self.numbers.get(match[1])
            return match[0] if number is None else f"Cell In[{number}], line"

        text = "".join(traceback.format_exception(error)).rstrip("\n")
        return re.sub(r'File "([^"]*)", line', named, text)

    def _plain(self, error: BaseException) -> list[str]:
        frames = frames_of(error.__traceback__)
        if isinstance(error, SyntaxError) and not frames:
            return [self._syntax(error)]
        out = ["Traceback (most recent call last):"]
        shown, repeats = without_repeats(frames)
        for at, frame in enumerate(shown):
            number = self.numbers.get(frame.filename)
            where = f"File {frame.filename}:" if number is None else f"Cell In[{number}], line "
            out.append(f"  {where}{frame.lineno}" + ("" if frame.name == "<module>" else f" in {frame.code.co_name}"))
            lines = source_lines(frame.filename)
            if frame.lineno <= len(lines):
                out.append("    " + lines[frame.lineno - 1].strip())
            if at in repeats:
                names, count = repeats[at]
                out.append(f"    [... skipping similar frames: {names} ({count} times)]")
        if isinstance(error, SyntaxError):
            return [*out, self._syntax(error)]
        return [*out, _short_title(error, self.colour), *_notes(error)]

    def _syntax(self, error: SyntaxError) -> str:
        """Where the text stopped being Python, with a caret below."""
        out = ""
        if error.filename and error.lineno:
            number = self.numbers.get(error.filename)
            if number is not None:
                cell = _paint(f"In[{number}], line {error.lineno}", "32", self.colour)
                where = f"{_paint('Cell', '96', self.colour)} {cell}"
            else:
                where = f"File {error.filename}:{error.lineno}"
            out = f"  {where}\n"
        text = error.text
        if error.filename and error.lineno and error.filename in self.numbers:
            lines = source_lines(error.filename)
            text = lines[error.lineno - 1] if 0 < error.lineno <= len(lines) else text
        if text:
            bare = text.rstrip("\n")
            stripped = bare.lstrip(" \t\f")
            out += "    " + _paint(stripped.rstrip(), "33", self.colour) + "\n"
            if error.offset is not None and error.offset > 0:
                shift = len(bare) - len(stripped)
                start = max(min(error.offset, len(bare) + 1) - 1 - shift, 0)
                end = start + 1
                if error.end_offset is not None and error.end_lineno == error.lineno:
                    end = max(min(error.end_offset - 1, len(bare)) - shift, end)
                out += "    " + " " * start + "^" * (end - start) + "\n"
        return (
            out
            + f"{_paint(type(error).__name__, '91', self.colour)}: {error.msg}\n"
            + "".join(note + "\n" for note in _notes(error))
        )


def _values(frame: Frame, text: str) -> Iterator[tuple[str, Any]]:
    """The variables that a piece of source reads, and attributes that are in an object's own dictionary."""
    from .static_lookup import instance_dict

    code = frame.code
    seen = set(code.co_varnames[: code.co_argcount + code.co_kwonlyargcount + bool(code.co_flags & 4)])
    for match in _NAME.finditer(text):
        name, *attributes = match[0].split(".")
        value = frame.locals.get(name, _MISSING)
        if value is _MISSING:
            value = frame.globals.get(name, _MISSING)
        shown = name
        while value is not _MISSING:
            if shown not in seen and not isinstance(value, _TOLD):
                yield shown, value
            seen.add(shown)
            if not attributes or isinstance(value, _TOLD):
                break
            attribute, *attributes = attributes
            value, shown = instance_dict(value).get(attribute, _MISSING), f"{shown}.{attribute}"


def _arguments(frame: Frame, reprs: Reprs | None) -> str:
    code = frame.code
    count = code.co_argcount + code.co_kwonlyargcount
    names = list(code.co_varnames[:count])
    flags = code.co_flags
    if flags & 4:  # CO_VARARGS
        names.insert(code.co_argcount, "*" + code.co_varnames[count])
        count += 1
    if flags & 8:  # CO_VARKEYWORDS
        names.append("**" + code.co_varnames[count])
    if reprs is None:
        return f"({', '.join(names)})"
    shown = []
    for name in names:
        value = frame.locals.get(name.lstrip("*"), _MISSING)
        shown.append(name if value is _MISSING else f"{name}={reprs(value)}")
    return f"({', '.join(shown)})"


_MISSING = object()


def _text_of(error: BaseException) -> str:
    try:
        return str(error)
    except Exception:
        return "<exception str() failed>"


def _title(error: BaseException, colour: bool) -> str:
    return f"{_paint(type(error).__name__, '91', colour)}: {_text_of(error)}"


def _short_title(error: BaseException, colour: bool) -> str:
    """The title without a colon that nothing follows."""
    return _title(error, colour) if _text_of(error) else _paint(type(error).__name__, "91", colour)


def _notes(error: BaseException) -> list[str]:
    notes = getattr(error, "__notes__", None)
    return [str(note) for note in notes] if isinstance(notes, (list, tuple)) else []


def _paint(text: str, code: str, colour: bool) -> str:
    return f"\x1b[{code}m{text}\x1b[39m" if colour else text
