"""Exceptions to frames (values), and which of their lines are worth showing.

Frames of this package are left out; a function is read for its statements, a long file never as a whole.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import suppress
from itertools import islice
from types import CodeType, FrameType, TracebackType
from typing import Any, NamedTuple

_OWN = os.path.dirname(__file__) + os.sep
_LOOPS = frozenset({"asyncio", "trio", "outcome", "uvloop"})  # what drives an awaiting cell
_LONG = 1000  # lines: a function longer than this is not parsed for its statements
_CAUSE = "The above exception was the direct cause of the following exception:"
_CONTEXT = "During handling of the above exception, another exception occurred:"


class Frame(NamedTuple):
    """One call of a traceback. `columns` are where the failing expression begins and ends, when that is known."""

    filename: str
    lineno: int
    end_lineno: int
    columns: tuple[int, int] | None
    name: str
    code: CodeType
    locals: Mapping[str, Any]
    globals: Mapping[str, Any]
    hidden: bool


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


# -- frames of a traceback ---------------------------------------------------------------------------------------------


def own_frames_removed(traceback: TracebackType | None) -> TracebackType | None:
    """A traceback that begins in the user's code, and ends before a signal handler of ours; None if all is ours."""
    found = step = traceback
    while step is not None and (_is_own(step) or _module(step) in _LOOPS):
        if _is_own(step):  # of an event loop only what is between frames of ours
            found = step.tb_next
        step = step.tb_next
    step = found
    while step is not None and step.tb_next is not None:
        if step.tb_next.tb_frame.f_locals.get("__tracebackhide__") == "__antiphon_end__":
            step.tb_next = None
        step = step.tb_next
    return found


def _is_own(traceback: TracebackType) -> bool:
    return traceback.tb_frame.f_code.co_filename.startswith(_OWN)


def _module(traceback: TracebackType) -> str:
    return str(traceback.tb_frame.f_globals.get("__name__", "")).partition(".")[0]


def clear_callers(traceback: TracebackType | None) -> None:
    """Empty the frames that called the user's code, and have ended: they hold the error that holds them."""
    frames: list[FrameType] = []
    users = 0  # where the user's begin: after the last of ours, an event loop's are in between
    while traceback is not None:
        frames.append(traceback.tb_frame)
        if traceback.tb_frame.f_code.co_filename.startswith(_OWN):
            users = len(frames)
        traceback = traceback.tb_next
    callers = frames[:users]
    for first in frames[:1] + frames[users : users + 1]:
        back = first.f_back
        while back is not None:
            callers.append(back)
            back = back.f_back
    for frame in callers:
        with suppress(RuntimeError):  # still running
            frame.clear()
            _ = frame.f_locals  # before 3.13 a dictionary that was made once: it is brought up to date


def frames_of(traceback: TracebackType | None) -> list[Frame]:
    """The frames of a traceback, outermost first, without those of this package."""
    frames: list[Frame] = []
    while traceback is not None:
        frame: FrameType = traceback.tb_frame
        code = frame.f_code
        if code.co_filename.startswith(_OWN):
            if frame.f_locals.get("__tracebackhide__") == "__ipython_bottom__":
                frames.clear()
        else:
            names = frame.f_locals
            hidden = names.get("__tracebackhide__", False)
            if hidden == "__antiphon_end__":
                break  # a signal handler: the user's code ended where the signal hit it
            if hidden == "__ipython_bottom__":
                frames.clear()
                hidden = False
            lineno = traceback.tb_lineno
            frames.append(
                Frame(
                    code.co_filename,
                    lineno,
                    *_position(traceback, lineno),
                    code.co_qualname,
                    code,
                    names,
                    frame.f_globals,
                    bool(hidden),
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
        lines = source_lines(code.co_filename)
        if end > len(lines):
            return lineno, None
        first, last = lines[start - 1].encode("utf-8"), lines[end - 1].encode("utf-8")
        columns = len(first[:column].decode("utf-8", "ignore")), len(last[:end_column].decode("utf-8", "ignore"))
        return end, columns
    return lineno, None


def without_repeats(frames: list[Frame]) -> tuple[list[Frame], dict[int, tuple[str, int]]]:
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


def source_lines(filename: str) -> list[str]:
    import linecache

    try:
        if filename[:1] != "<":
            linecache.checkcache(filename)
        return linecache.getlines(filename)
    except Exception:
        return []


def extent(code: CodeType) -> tuple[int, int]:
    """First and last line of a function, nested ones included."""
    last = code.co_firstlineno
    for _, _, line in code.co_lines():
        if line is not None and line > last:
            last = line
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            last = max(last, extent(constant)[1])
    return code.co_firstlineno, last


def window(lines: list[str], frame: Frame, first: int, last: int, context: int) -> list[int]:
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
