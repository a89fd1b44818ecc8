"""The class to subclass: a language, and `run`. No socket in sight."""

from __future__ import annotations

from collections.abc import Awaitable, Mapping, Sequence
from typing import Any, ClassVar

from antiphon_kernel_base.comms import Comms
from antiphon_kernel_base.frontend import Frontend
from antiphon_wire_protocol.message.content import (
    CompleteReply,
    ExecuteReply,
    ExecuteRequest,
    HelpLink,
    HistoryReply,
    HistoryRequest,
    InspectReply,
    IsCompleteReply,
    KernelInfoReply,
)
from antiphon_wire_protocol.message.messages import PROTOCOL_VERSION, Message


class KernelBase:
    """A kernel. Write `language` and `run`; everything else has an answer already.

    All methods but `interrupt` and `shutdown` are called in the main thread, one at a time.
    """

    language: ClassVar[str] = ""
    """The language's name, as highlighters and file tools know it."""

    file_extension: ClassVar[str] = ".txt"
    mimetype: ClassVar[str] = "text/plain"
    language_version: ClassVar[str] = ""
    implementation: ClassVar[str] = ""
    """The kernel's own name; the language's when empty."""
    implementation_version: ClassVar[str] = ""
    banner: ClassVar[str] = ""
    help_links: ClassVar[Sequence[HelpLink]] = ()
    supported_features: ClassVar[Sequence[str]] = ()

    def __init__(self) -> None:
        self.execution_count = 0
        """How many cells have been counted so far: the number of the newest one."""
        self.comms = Comms()

    # ── the one to write ─────────────────────────────────────────────────────────────────────────────────

    def run(
        self, code: str, frontend: Frontend
    ) -> str | Mapping[str, Any] | Awaitable[str | Mapping[str, Any] | None] | None:
        """Run `code`; output goes through `frontend`. May be ``async def``.

        Returns the value to show: a text, a MIME bundle, or None for nothing. Whatever is raised is shown as
        the cell's error; `KeyboardInterrupt` is raised in here when the user interrupts.
        """
        raise NotImplementedError(f"{type(self).__name__}.run(code, frontend) is missing")

    # ── those to override when there is something better ─────────────────────────────────────────────────

    def execute(self, request: ExecuteRequest, frontend: Frontend) -> ExecuteReply | Awaitable[ExecuteReply]:
        """Run a cell and say how it went; the whole life of an execute request. The default is written over `run`."""
        return _execute(self, request, frontend)

    def complete(self, code: str, cursor_pos: int) -> CompleteReply | Awaitable[CompleteReply]:
        """What may stand at the cursor (counted in code points)."""
        return CompleteReply(cursor_start=cursor_pos, cursor_end=cursor_pos)

    def inspect(self, code: str, cursor_pos: int, detail_level: int) -> InspectReply | Awaitable[InspectReply]:
        """What the thing at the cursor is; level 1 asks for more, for instance its source."""
        return InspectReply()

    def is_complete(self, code: str) -> IsCompleteReply | Awaitable[IsCompleteReply]:
        """Whether `code` can be run as it is; consoles ask before they start a second line."""
        return IsCompleteReply(status="unknown")

    def history(self, request: HistoryRequest) -> HistoryReply | Awaitable[HistoryReply]:
        """Former inputs."""
        return HistoryReply()

    def comm(self, message: Message, frontend: Frontend) -> None:
        """A comm was opened, has something to say or was closed by a frontend."""
        self.comms.handle(message, frontend)

    def comm_info(self, target_name: str | None) -> dict[str, dict[str, Any]]:
        """The open comms, as {comm_id: {"target_name": ...}}, of one target or of all."""
        return self.comms.info(target_name)

    def interrupt(self) -> None:
        """Stop the running cell. Called in the thread that reads the control channel."""
        from antiphon_kernel_base.interrupts import interrupt

        interrupt()

    def shutdown(self, restart: bool) -> None:
        """Called once in the main thread, after the last request."""

    def kernel_info(self) -> KernelInfoReply:
        """Who we are; answered on shell and control, also while a cell runs."""
        return KernelInfoReply(
            protocol_version=PROTOCOL_VERSION,
            implementation=self.implementation or self.language,
            implementation_version=self.implementation_version,
            language_info=self.language_info(),
            banner=self.banner or f"{self.implementation or self.language} kernel",
            help_links=list(self.help_links),
            supported_features=list(self.supported_features),
        )

    def language_info(self) -> dict[str, Any]:
        """The `language_info` of kernel_info_reply; `pygments_lexer`, `codemirror_mode` and more may be added."""
        return {
            "name": self.language,
            "version": self.language_version,
            "mimetype": self.mimetype,
            "file_extension": self.file_extension,
        }


def _execute(kernel: KernelBase, request: ExecuteRequest, frontend: Frontend) -> ExecuteReply | Awaitable[ExecuteReply]:
    counted = request.store_history and not request.silent
    if counted:
        kernel.execution_count += 1
    count = kernel.execution_count
    if not request.silent:
        frontend.execute_input(request.code, count)
    try:
        value = kernel.run(request.code, frontend)
    except (Exception, KeyboardInterrupt) as error:
        return _failed(error, request, frontend, count)
    if isinstance(value, Awaitable):
        return _execute_awaiting(value, request, frontend, count)
    return _succeeded(value, request, frontend, count)


async def _execute_awaiting(
    work: Awaitable[str | Mapping[str, Any] | None], request: ExecuteRequest, frontend: Frontend, count: int
) -> ExecuteReply:
    from asyncio import CancelledError

    try:
        value = await work
    except (Exception, KeyboardInterrupt, CancelledError) as error:
        return _failed(error, request, frontend, count)
    return _succeeded(value, request, frontend, count)


def _succeeded(
    value: str | Mapping[str, Any] | None, request: ExecuteRequest, frontend: Frontend, count: int
) -> ExecuteReply:
    if value is not None and not request.silent:
        data = {"text/plain": value} if isinstance(value, str) else dict(value)
        frontend.result(data, None, count)
    return ExecuteReply(execution_count=count)


def _failed(error: BaseException, request: ExecuteRequest, frontend: Frontend, count: int) -> ExecuteReply:
    ename, evalue = type(error).__name__, str(error)
    if ename == "CancelledError":
        ename = "KeyboardInterrupt"
    traceback = [f"{ename}: {evalue}" if evalue else ename]
    if not request.silent:
        frontend.error(ename, evalue, traceback)
    return ExecuteReply(status="error", execution_count=count, ename=ename, evalue=evalue, traceback=traceback)
