"""Exceptions to frames (values), and frames to the text that is shown.

Frames of this package are left out, and those that hide themselves (`__tracebackhide__`); a cell is called by its
number. Nothing here raises: an exception that cannot be shown is shown by its name.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping
from itertools import islice
from types import CodeType, FrameType, TracebackType
from typing import Any, NamedTuple

from .cell import ErrorReport
from .errors import UsageError
from .outputs import ErrorOutput, Outlet, Stream, current_outlet

MODES = ("Context", "Plain", "Verbose", "Minimal")

_OWN = os.path.dirname(__file__) + os.sep
_WIDTH = 75
_CAUSE = "The above exception was the direct cause of the following exception:"
_CONTEXT = "During handling of the above exception, another exception occurred:"
_REPR_LIMIT = 300
_LONG = 1000  # lines: a function longer than this is not parsed for its statements


class Frame(NamedTuple):
    """One call of a traceback. `columns` are where the failing expression begins and ends, when that is known."""

    filename: str
    lineno: int
    end_lineno: int
    columns: tuple[int, int] | None
    name: str
    code: CodeType
    locals: Mapping[str, Any]
    hidden: bool


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
            self.last = error
            sys.last_type, sys.last_value, sys.last_traceback = type(error), error, error.__traceback__
            if sys.version_info >= (3, 12):
                sys.last_exc = error
        return ErrorReport(type(error).__name__, _text_of(error), tuple(self.lines(error)))

    def show(self, error: BaseException) -> None:
        """Report an exception to the outlet of the running cell: a usage error as a line on stderr."""
        self.emit(error, current_outlet())

    def emit(self, error: BaseException, outlet: Outlet, keep: bool = True) -> ErrorReport:
        """Report an exception to an outlet."""
        report = self.report(error, keep)
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
        if mode == "Minimal" and not isinstance(error, SyntaxError):
            return [_title(error, self.colour) + "\n"]
        if isinstance(error, BaseExceptionGroup):
            import traceback

            return ["".join(traceback.format_exception(error)).rstrip("\n")]
        chain = chain_of(error)
        out: list[str] = []
        if mode == "Plain":
            for link, why in chain:
                out += ["", why] if why else []
                out += self._plain(link)
            return [*out, ""] if len(out) > 1 else out
        for link, why in chain:
            if why:
                out.append(f"\n{why}\n")
            frames = frames_of(link.__traceback__)
            if not out and not (isinstance(link, SyntaxError) and not frames):
                out.append(_paint("-" * _WIDTH, "91", self.colour))
            out += self._context(link, frames, mode == "Verbose")
        return out

    # -- context and verbose -----------------------------------------------------------------------------------

    def _context(self, error: BaseException, frames: list[Frame], verbose: bool) -> list[str]:
        out: list[str] = []
        if isinstance(error, SyntaxError) and not frames:
            return [self._syntax(error)]
        name = type(error).__name__
        long = "Traceback (most recent call last)"
        out.append(_paint(name, "91", self.colour) + long.rjust(_WIDTH - len(name)))
        skipped = 0
        shown, repeats = _without_repeats(frames)
        for number, frame in enumerate(shown):
            last = number == len(shown) - 1
            if frame.hidden and not last:
                skipped += 1
                continue
            if skipped:
                out.append(f"    [... skipping hidden {skipped} frame]\n")
                skipped = 0
            out.append(self._frame(frame, verbose))
            if number in repeats:
                names, count = repeats[number]
                out.append(f"    [... skipping similar frames: {names} ({count} times)]\n")
        if isinstance(error, SyntaxError):
            out.append(self._syntax(error))
        else:
            out.append("\n".join([_title(error, self.colour), *_notes(error)]))
        return out

    def _frame(self, frame: Frame, verbose: bool) -> str:
        lines = _source(frame.filename)
        where = self._where(frame)
        call = ""
        if frame.name != "<module>":
            arguments = _arguments(frame, verbose)
            call = f", in {_paint(frame.name, '36', self.colour)}{_paint(arguments, '94', self.colour)}"
        head = where + call + "\n"
        if not lines:
            lost = "'Could not get source, probably due dynamically evaluated source code.'"
            return f"{head}{self._arrow(frame.lineno)} {lost}"
        return head + "".join(self._context_lines(frame, lines))

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

    def _context_lines(self, frame: Frame, lines: list[str]) -> list[str]:
        first, last = _extent(frame.code)
        if frame.name == "<module>":
            first, last = 1, len(lines)
        last = max(last, frame.end_lineno)
        numbers = _window(lines, frame, first, min(last, len(lines)), self.context_lines)
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
        return out

    def _coloured(self, line: str, number: int, frame: Frame, margin: int) -> str:
        from .highlighter import highlight, mark

        if frame.columns is None or not frame.lineno <= number <= frame.end_lineno:
            return highlight(line)
        start = max(frame.columns[0] - margin, 0) if number == frame.lineno else len(line) - len(line.lstrip())
        end = frame.columns[1] - margin if number == frame.end_lineno else len(line)
        return mark(line, start, end) if start or end < len(line.rstrip()) or not frame.lineno else highlight(line)

    # -- plain, and syntax errors --------------------------------------------------------------------------------

    def _plain(self, error: BaseException) -> list[str]:
        frames = frames_of(error.__traceback__)
        if isinstance(error, SyntaxError) and not frames:
            return [self._syntax(error)]
        out = ["Traceback (most recent call last):"]
        for frame in frames:
            number = self.numbers.get(frame.filename)
            where = f'File "{frame.filename}"' if number is None else f"Cell In[{number}]"
            out.append(f"  {where}, line {frame.lineno}" + ("" if frame.name == "<module>" else f" in {frame.name}"))
            lines = _source(frame.filename)
            if frame.lineno <= len(lines):
                out.append("    " + lines[frame.lineno - 1].strip())
        return [*out, _title(error, self.colour), *_notes(error)]

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
            lines = _source(error.filename)
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


# -- frames ------------------------------------------------------------------------------------------------------------


def own_frames_removed(traceback: TracebackType | None) -> TracebackType | None:
    """A traceback that begins in the user's code, and ends before a signal handler of ours; None if all is ours."""
    found = traceback
    while found is not None and found.tb_frame.f_code.co_filename.startswith(_OWN):
        found = found.tb_next
    step = found
    while step is not None and step.tb_next is not None:
        if step.tb_next.tb_frame.f_locals.get("__tracebackhide__") == "__antiphon_end__":
            step.tb_next = None
        step = step.tb_next
    return found


def frames_of(traceback: TracebackType | None) -> list[Frame]:
    """The frames of a traceback, outermost first, without those of this package."""
    frames: list[Frame] = []
    while traceback is not None:
        frame: FrameType = traceback.tb_frame
        code = frame.f_code
        if not code.co_filename.startswith(_OWN):
            names = frame.f_locals
            hidden = names.get("__tracebackhide__", False)
            if hidden == "__antiphon_end__":
                break  # a signal handler: the user's code ended where the signal hit it
            if hidden == "__ipython_bottom__":
                frames.clear()
                hidden = False
            elif hidden == "__antiphon_end__":  # a signal handler: the error belongs to where the signal hit
                break
            lineno = traceback.tb_lineno
            frames.append(
                Frame(
                    code.co_filename, lineno, *_position(traceback, lineno), code.co_qualname, code, names, bool(hidden)
                )
            )
        traceback = traceback.tb_next
    return frames


def _position(traceback: TracebackType, lineno: int) -> tuple[int, tuple[int, int] | None]:
    """End line and columns (characters) of the expression that failed."""
    code = traceback.tb_frame.f_code
    if traceback.tb_lasti < 0:
        return lineno, None
    for start, end, column, end_column in islice(code.co_positions(), traceback.tb_lasti // 2, None):
        if start != lineno or end is None or column is None or end_column is None:
            return lineno, None
        lines = _source(code.co_filename)
        if end > len(lines):
            return lineno, None
        first, last = lines[start - 1].encode("utf-8"), lines[end - 1].encode("utf-8")
        columns = len(first[:column].decode("utf-8", "ignore")), len(last[:end_column].decode("utf-8", "ignore"))
        return end, columns
    return lineno, None


def _without_repeats(frames: list[Frame]) -> tuple[list[Frame], dict[int, tuple[str, int]]]:
    """Frames with long recursions cut short, and after which frame how many were left out."""
    if len(frames) < 12:
        return frames, {}
    out: list[Frame] = []
    repeats: dict[int, tuple[str, int]] = {}
    start = 0
    while start < len(frames):
        key = (frames[start].code, frames[start].lineno)
        end = start
        while end + 1 < len(frames) and (frames[end + 1].code, frames[end + 1].lineno) == key:
            end += 1
        run = end - start + 1
        if run > 5:
            out += frames[start : start + 2]
            repeats[len(out) - 1] = (f"{frames[start].name} at line {key[1]}", run - 3)
            out.append(frames[end])
        else:
            out += frames[start : end + 1]
        start = end + 1
    if len(out) > 40:  # mutual recursion: keep both ends
        left = len(out) - 40
        repeats = {number: told for number, told in repeats.items() if number < 19}
        repeats[19] = ("others", left)
        out = out[:20] + out[-20:]
    return out, repeats


def _source(filename: str) -> list[str]:
    import linecache

    try:
        if filename[:1] != "<":
            linecache.checkcache(filename)
        return linecache.getlines(filename)
    except Exception:
        return []


def _extent(code: CodeType) -> tuple[int, int]:
    """First and last line of a function, nested ones included."""
    last = code.co_firstlineno
    for _, _, line in code.co_lines():
        if line is not None and line > last:
            last = line
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            last = max(last, _extent(constant)[1])
    return code.co_firstlineno, last


def _window(lines: list[str], frame: Frame, first: int, last: int, context: int) -> list[int]:
    """The line numbers to show: statements before and after the failing one; blank lines are no statements.

    0 stands for lines left out of a long statement.
    """
    after = context // 2
    before = max(context - after - 1, 0)
    pieces = _statements(lines, first, last) if last - first < _LONG else None
    if pieces is None:
        around = range(max(first, frame.lineno - 4 * before), min(last, frame.end_lineno + 4 * after) + 1)
        full = [number for number in around if lines[number - 1].strip()]
        early = [number for number in full if number < frame.lineno][-before:] if before else []
        late = [number for number in full if number > frame.end_lineno][:after]
        return [*early, *range(frame.lineno, frame.end_lineno + 1), *late]
    at = next((n for n, (start, end) in enumerate(pieces) if start <= frame.lineno <= end), None)
    if at is None:
        return list(range(frame.lineno, frame.end_lineno + 1))
    chosen = pieces[max(at - before, 0) : at + after + 1]
    return [number for start, end in chosen for number in _cut(start, end, frame.lineno)]


def _cut(start: int, end: int, failing: int) -> list[int]:
    """The lines of a statement; of a long one, in which nothing failed, its two ends."""
    if end - start < 6 or start <= failing <= end:
        return list(range(start, end + 1))
    return [start, start + 1, start + 2, 0, end - 1, end]


def _statements(lines: list[str], first: int, last: int) -> list[tuple[int, int]] | None:
    """The line ranges of statements; the head of a compound one is a range of its own, and so is a comment line."""
    import ast

    text = "".join(lines[first - 1 : last])
    shift = first - 1
    if text[:1] in (" ", "\t"):
        text = "if 1:\n" + text
        shift -= 1
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    pieces: set[tuple[int, int]] = set()
    for node in ast.walk(tree):
        if not isinstance(node, ast.stmt):
            continue
        start = min([node.lineno, *(decorator.lineno for decorator in getattr(node, "decorator_list", []))])
        end = node.end_lineno or start
        inner = [child.lineno for child in ast.iter_child_nodes(node) if isinstance(child, ast.stmt)]
        if inner and min(inner) > node.lineno:
            end = min(inner) - 1
        pieces.add((start + shift, end + shift))
    covered = {number for start, end in pieces for number in range(start, end + 1)}
    for number in range(first, last + 1):
        if number not in covered and lines[number - 1].strip():
            pieces.add((number, number))
    merged: list[tuple[int, int]] = []
    for start, end in sorted(pieces):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            while end > start and not lines[end - 1].strip():
                end -= 1
            merged.append((start, end))
    return [(start, end) for start, end in merged if start >= first and end <= last]


def _arguments(frame: Frame, verbose: bool) -> str:
    code = frame.code
    count = code.co_argcount + code.co_kwonlyargcount
    names = list(code.co_varnames[:count])
    flags = code.co_flags
    if flags & 4:  # CO_VARARGS
        names.insert(code.co_argcount, "*" + code.co_varnames[count])
        count += 1
    if flags & 8:  # CO_VARKEYWORDS
        names.append("**" + code.co_varnames[count])
    if not verbose:
        return f"({', '.join(names)})"
    shown = []
    for name in names:
        value = frame.locals.get(name.lstrip("*"), _MISSING)
        shown.append(name if value is _MISSING else f"{name}={short_repr(value)}")
    return f"({', '.join(shown)})"


_MISSING = object()


def short_repr(value: Any) -> str:
    try:
        text = repr(value)
    except Exception:
        return "<unprintable>"
    return text if len(text) <= _REPR_LIMIT else text[: _REPR_LIMIT - 3] + "..."


# -- exceptions --------------------------------------------------------------------------------------------------------


def chain_of(error: BaseException) -> list[tuple[BaseException, str]]:
    """The exceptions to show, first cause first, each with why the one before it led here."""
    chain: list[tuple[BaseException, str]] = []
    seen: set[int] = set()
    current: BaseException | None = error
    while current is not None and id(current) not in seen:
        seen.add(id(current))
        if current.__cause__ is not None:
            before, why = current.__cause__, _CAUSE
        elif current.__context__ is not None and not current.__suppress_context__:
            before, why = current.__context__, _CONTEXT
        else:
            chain.append((current, ""))
            break
        if id(before) in seen:
            chain.append((current, ""))
            break
        chain.append((current, why))
        current = before
    return chain[::-1]


def _text_of(error: BaseException) -> str:
    try:
        return str(error)
    except Exception:
        return "<exception str() failed>"


def _title(error: BaseException, colour: bool) -> str:
    return f"{_paint(type(error).__name__, '91', colour)}: {_text_of(error)}"


def _notes(error: BaseException) -> list[str]:
    notes = getattr(error, "__notes__", None)
    return [str(note) for note in notes] if isinstance(notes, (list, tuple)) else []


def _paint(text: str, code: str, colour: bool) -> str:
    return f"\x1b[{code}m{text}\x1b[39m" if colour else text
