"""Requests translated into calls of the interpreter, and its values into replies. No work is done here."""

from __future__ import annotations

import platform
import sys
from collections.abc import Callable
from typing import Any

from antiphon_exec_core.cell import Cell
from antiphon_exec_core.interpreter import Interpreter
from antiphon_kernel_base.frontend import Frontend
from antiphon_kernel_base.kernel import KernelBase
from antiphon_python_kernel.capture import catch_up
from antiphon_python_kernel.outputs import CellOutlet
from antiphon_wire_protocol.message.content import (
    CompleteReply,
    ExecuteReply,
    ExecuteRequest,
    HelpLink,
    HistoryReply,
    HistoryRequest,
    InspectReply,
    IsCompleteReply,
)
from antiphon_wire_protocol.message.messages import Message

VERSION = "0.1.0"


class PythonKernel(KernelBase):
    """The Python kernel: kernel-base's protocol over exec-core's `Interpreter`.

    `leave` is called when a cell asks the kernel to exit.
    """

    language = "python"
    language_version = platform.python_version()
    file_extension = ".py"
    mimetype = "text/x-python"
    implementation = "antiphon"
    implementation_version = VERSION
    banner = f"Antiphon {VERSION}, Python {platform.python_version()} -- `?` after a name tells what it is.\n"
    help_links = (HelpLink("Python Reference", f"https://docs.python.org/{sys.version_info[0]}.{sys.version_info[1]}"),)

    def __init__(self, interpreter: Interpreter, leave: Callable[[], object] = lambda: None) -> None:
        super().__init__()
        self.interpreter = interpreter
        self._leave = leave

    def execute(self, request: ExecuteRequest, frontend: Frontend) -> ExecuteReply:
        interpreter = self.interpreter
        if not request.silent:
            frontend.execute_input(request.code, interpreter.execution_count)
        metadata = frontend.request.metadata if frontend.request is not None else {}
        cell = Cell(request.code, request.silent, request.store_history, metadata.get("cellId"), metadata)
        outcome = interpreter.run(cell, CellOutlet(frontend))
        catch_up()
        payload = list(outcome.payload)
        if any(item.get("source") == "ask_exit" and not item.get("keepkernel") for item in payload):
            self._leave()
        if outcome.error is not None:
            error = outcome.error
            return ExecuteReply(
                status="error",
                execution_count=outcome.execution_count,
                ename=error.ename,
                evalue=error.evalue,
                traceback=list(error.traceback),
                payload=payload,
            )
        expressions = interpreter.evaluate(request.user_expressions) if request.user_expressions else {}
        return ExecuteReply(execution_count=outcome.execution_count, user_expressions=expressions, payload=payload)

    def complete(self, code: str, cursor_pos: int) -> CompleteReply:
        found = self.interpreter.complete(code, cursor_pos)
        return CompleteReply(
            matches=list(found.matches), cursor_start=found.start, cursor_end=found.end, metadata=found.metadata
        )

    def inspect(self, code: str, cursor_pos: int, detail_level: int) -> InspectReply:
        data = self.interpreter.inspect(code, cursor_pos, detail_level)
        return InspectReply(found=bool(data), data=data or {})

    def is_complete(self, code: str) -> IsCompleteReply:
        status, indent = self.interpreter.is_complete(code)
        return IsCompleteReply(status=status, indent=indent or "")

    def history(self, request: HistoryRequest) -> HistoryReply:
        history = self.interpreter.history
        output, raw = request.output, request.raw
        match request.hist_access_type:
            case "tail":
                found = history.tail(request.n or 0, raw=raw, output=output)
            case "range":
                found = history.range(request.session, request.start, request.stop, raw=raw, output=output)
            case "search":
                found = history.search(request.pattern, raw=raw, output=output, n=request.n, unique=request.unique)
            case other:
                raise ValueError(f"hist_access_type {other!r}: expected tail, range or search")
        return HistoryReply(history=list(found))

    def comm(self, message: Message, frontend: Frontend) -> None:
        from antiphon_python_kernel.comm_bridge import deliver

        outlet = CellOutlet(frontend)
        self.interpreter.call(lambda: deliver(message, self.interpreter.hooks), outlet)

    def comm_info(self, target_name: str | None) -> dict[str, dict[str, Any]]:
        if "comm" not in sys.modules:
            return {}
        from antiphon_python_kernel.comm_bridge import open_comms

        return open_comms(target_name)

    def shutdown(self, restart: bool) -> None:
        self.interpreter.close()

    def language_info(self) -> dict[str, Any]:
        return {
            **super().language_info(),
            "codemirror_mode": {"name": "ipython", "version": sys.version_info[0]},
            "pygments_lexer": "ipython3",
            "nbconvert_exporter": "python",
        }
