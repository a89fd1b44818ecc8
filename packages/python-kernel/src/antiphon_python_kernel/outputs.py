"""exec-core's outputs as messages of a frontend: one `match`."""

from __future__ import annotations

from antiphon_exec_core.outputs import ClearOutput, Display, ErrorOutput, Output, Result, Stream
from antiphon_kernel_base.frontend import Frontend
from antiphon_python_kernel.capture import catch_up


class CellOutlet:
    """The outlet of one cell: speaks to the frontend that sent it."""

    __slots__ = ("frontend",)

    def __init__(self, frontend: Frontend) -> None:
        self.frontend = frontend

    @property
    def asks_for_children(self) -> bool:
        """Whether there is somebody to ask."""
        return self.frontend.allows_input

    def emit(self, output: Output) -> None:
        frontend = self.frontend
        catch_up()
        match output:
            case Stream(name, text):
                frontend.stream(name, text)
            case Display(data, metadata, display_id, update):
                frontend.display(data, metadata, display_id=display_id, update=update)
            case Result(count, data, metadata):
                frontend.result(data, metadata, count)
            case ClearOutput(wait):
                frontend.clear(wait)
            case ErrorOutput(report):
                frontend.error(report.ename, report.evalue, report.traceback)

    def ask(self, prompt: str, password: bool = False) -> str:
        catch_up()
        return self.frontend.ask(prompt, password)
