"""Where a debugging session stops, and which frames it sees: pdb that never leaves the user's code.

It stops neither in our own frames nor in what works for them, passes over frames that hide themselves, and ends with
the cell: nothing is traced afterwards.
"""

from __future__ import annotations

import bdb
import os
import pdb
import sys
from collections.abc import Mapping
from dis import opname
from types import FrameType, TracebackType
from typing import Any

from .errors import UsageError

_OWN = os.path.dirname(__file__) + os.sep
_RUNNER = os.path.join(os.path.dirname(__file__), "runner.py")
_NAMES = "antiphon_"  # every module of ours is called so


class Stepper(pdb.Pdb):
    """pdb as it steps. `numbers` has the file names of the cells; `predicates` tell what makes a frame hidden."""

    def __init__(self, *arguments: Any, numbers: Mapping[str, int], **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.numbers = numbers
        self.skip_hidden = True
        self.predicates = {"tbhide": True, "readonly": False, "ipython_internal": True, "debuggerskip": True}
        self.ignored: set[str] = set()
        self.has_talked = False
        self._own_breaks: list[tuple[str, int]] = []
        self._until: str | None = None

    def break_at(self, where: str, file: str) -> None:
        """Set a breakpoint, `file:line` or a line of `file`. Raises UsageError where there can be none."""
        name, _, line = where.rpartition(":")
        if not line.isdigit() or not (name or file):
            raise UsageError(f"a breakpoint is file:line, not {where!r}")
        path = (self.lookupmodule(name) or name) if name else file
        said = self.set_break(path, int(line))
        if said:
            raise UsageError(str(said))
        self._own_breaks.append((path, int(line)))

    def end(self) -> None:
        """Take away the breakpoints of `break_at`; those the user sets hold in the next session too, as pdb has it."""
        for path, line in self._own_breaks:
            self.clear_break(path, line)
        self._own_breaks.clear()

    def begin_at(self, filename: str) -> None:
        """Do not stop before the first line of this file, or cell."""
        self._until = filename

    def set_trace(self, frame: FrameType | None = None, *_: Any, **__: Any) -> None:
        """Stop at the next line of `frame`, the caller's if none is given."""
        if frame is None:
            frame = sys._getframe(1)
        if self._internal(frame):
            self.predicates["ipython_internal"] = False  # who looks into us means it
        bottom = _bottom(frame)
        above = bottom and bottom.f_back
        super().set_trace(frame)
        if bottom is not None:
            self.botframe = bottom
            while above is not None:
                above.f_trace = None  # what called the cell is not the user's
                above = above.f_back

    def dispatch_return(self, frame: FrameType, arg: Any) -> Any:
        if frame is self.botframe and _is_ours(frame) and not _is_suspended(frame):
            sys.settrace(None)  # the cell is over
            return None
        found = super().dispatch_return(frame, arg)
        if self.stopframe is None and frame.f_back is not None and _is_runner(frame.f_back):
            self._until = frame.f_code.co_filename  # the next piece of the cell, not how its result is shown
        return found

    def stop_here(self, frame: FrameType) -> bool:
        if self._until is not None:
            return frame.f_code.co_filename == self._until and frame.f_code.co_name == "<module>"
        if not super().stop_here(frame):
            return False
        if self.predicates["ipython_internal"] and self._serves(frame):
            return False
        return not (self.skip_hidden and (self._hides(frame) or self._passes(frame)))

    def user_call(self, frame: FrameType, argument_list: Any) -> None:
        if frame.f_code.co_name != "<module>":  # a cell begins: its first line is what one wants to see
            super().user_call(frame, argument_list)

    def user_return(self, frame: FrameType, return_value: Any) -> None:
        if frame.f_code.co_name == "<module>" and frame.f_back is not None and _is_runner(frame.f_back):
            steps = frame.f_back.f_locals.get("steps") or ((frame.f_code, False),)
            if self.has_talked or steps[-1][0] is not frame.f_code:
                self.set_step()  # on to the last expression of the cell, which is compiled apart
                return
        super().user_return(frame, return_value)
        if frame.f_locals is frame.f_globals:
            frame.f_globals.pop("__return__", None)  # pdb's own, and no name of the user's

    def user_exception(self, frame: FrameType, exc_info: Any) -> None:
        if self._internal(frame):
            return
        super().user_exception(frame, exc_info)
        if frame.f_locals is frame.f_globals:
            frame.f_globals.pop("__exception__", None)

    def user_line(self, frame: FrameType) -> None:
        self._until = None
        super().user_line(frame)

    user_opcode = user_line

    # -- frames ---------------------------------------------------------------------------------------------------

    def get_stack(self, f: FrameType | None, t: TracebackType | None) -> tuple[list[tuple[FrameType, int]], int]:
        """The stack from the cell down: what called the cell is not the user's."""
        stack, index = super().get_stack(f, t)
        first = 0
        for at, (frame, _) in enumerate(stack):
            if not _is_ours(frame) and frame.f_back is not None and _is_runner(frame.f_back):
                first = at
                break
        else:
            first = next((at for at, (frame, _) in enumerate(stack) if not _is_ours(frame)), 0)
        while len(stack) > first + 1 and stack[-1][0].f_code.co_filename == bdb.__file__:
            stack.pop()  # a cell that was left: looked at where it was
            index = min(index, len(stack) - 1)
        if stack and stack[first][0] is self.botframe and len(stack) > first + 1 and _is_loop(self.botframe):
            first += 1
        for at, (frame, _) in enumerate(stack):
            if frame.f_locals.get("__tracebackhide__") in ("__ipython_bottom__", "__antiphon_end__"):
                first = max(first, at + 1 if at + 1 < len(stack) else at)
        return stack[first:], max(index - first, 0)

    def _internal(self, frame: FrameType) -> bool:
        return str(frame.f_globals.get("__name__", "")).startswith(_NAMES) and not self._is_cell(frame)

    def _serves(self, frame: FrameType) -> bool:
        """Is the frame ours, or does it work for us, as what `print` does in a kernel? A cell that we run does not."""
        found: FrameType | None = frame
        while found is not None and found is not self.botframe:
            if self._internal(found):
                return True
            if found.f_code.co_name == "<module>" or self._is_cell(found):
                return False
            found = found.f_back
        return False

    def _is_cell(self, frame: FrameType) -> bool:
        return frame.f_code.co_filename in self.numbers

    def _hides(self, frame: FrameType) -> bool:
        """Does the frame hide itself, or is its module ignored, or (if so chosen) its file not to be written?"""
        if self.predicates["tbhide"] and _local(frame, "__tracebackhide__"):
            return True
        name = str(frame.f_globals.get("__name__", ""))
        if any(name == ignored or name.startswith(ignored + ".") for ignored in self.ignored):
            return True
        if self.predicates["readonly"] and not self._is_cell(frame):
            path = frame.f_code.co_filename
            return os.path.exists(path) and not os.access(path, os.W_OK)
        return False

    def _passes(self, frame: FrameType) -> bool:
        """Has the frame, or one that called it, `__debuggerskip__`?"""
        if not self.predicates["debuggerskip"]:
            return False
        found: FrameType | None = frame
        while found is not None and found is not self.botframe:
            if _local(found, "__debuggerskip__"):
                return True
            found = found.f_back
        return False

    def hidden_frames(self) -> list[bool]:
        """For every frame of the stack, whether up, down and where pass it over. The one looked at is never."""
        rules = self.predicates
        return [
            self.skip_hidden
            and frame is not self.curframe
            and ((rules["ipython_internal"] and self._internal(frame)) or self._hides(frame))
            for frame, _ in self.stack
        ]


def _is_ours(frame: FrameType) -> bool:
    filename = frame.f_code.co_filename
    return filename.startswith(_OWN) or filename == bdb.__file__


def _is_runner(frame: FrameType) -> bool:
    return frame.f_code.co_filename == _RUNNER


def _local(frame: FrameType, name: str) -> bool:
    """Has the frame such a name, or will it: a function that hides itself is hidden from its first line on."""
    if name in frame.f_code.co_varnames:
        return bool(frame.f_locals.get(name, True))
    return name in frame.f_code.co_names and bool(frame.f_locals.get(name))


def _bottom(frame: FrameType) -> FrameType | None:
    """The frame that called the cell `frame` belongs to, or the loop's that called its task; None for neither."""
    found = None
    step = frame
    while step.f_back is not None:
        if _is_runner(step.f_back) and not _is_ours(step):
            found = step.f_back
        step = step.f_back
    step = frame
    while found is None and step.f_back is not None:
        found = step.f_back if _is_loop(step.f_back) else None
        step = step.f_back
    return found


def _is_loop(frame: FrameType) -> bool:
    return "asyncio.events" in sys.modules and frame.f_code.co_filename == sys.modules["asyncio.events"].__file__


def _is_suspended(frame: FrameType) -> bool:
    """Does a return event of the frame mean that it awaits (or yields) only?"""
    return opname[frame.f_code.co_code[frame.f_lasti]] in ("YIELD_VALUE", "RESUME")  # the latter since Python 3.13
