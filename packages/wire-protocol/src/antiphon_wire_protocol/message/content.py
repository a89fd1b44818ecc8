"""What each message says: one frozen class per message type, named as the specification names it.

`ExecuteRequest.msg_type` is ``"execute_request"``: the class name is the message type, in camel case. Fields that
the specification calls optional have defaults; a field that arrives and is not known here is left to the encoded frame
that the message keeps. Replies carry `status` ``ok``, ``error`` or ``aborted``; an error adds `ename`, `evalue`
and `traceback`.
"""

from __future__ import annotations

import re
from typing import Any, ClassVar

import msgspec
from msgspec import UNSET, UnsetType

_types: dict[str, type[Content]] = {}


class Content(msgspec.Struct, frozen=True, kw_only=True):
    """Base of all contents. Declaring a subclass registers it under its message type."""

    msg_type: ClassVar[str] = ""
    place: ClassVar[str] = ""
    """What an error calls it."""

    def __init_subclass__(cls) -> None:
        cls.msg_type = re.sub(r"(?<!^)(?=[A-Z])", "_", cls.__name__).lower()
        cls.place = f"content of {cls.msg_type}"
        if cls.msg_type != "reply":
            _types[cls.msg_type] = cls


class UnknownContent:
    """Content of a type that this version does not know: the fields as they came."""

    __slots__ = ("fields", "msg_type")

    def __init__(self, msg_type: str, fields: dict[str, Any]) -> None:
        self.msg_type = msg_type
        self.fields = fields

    def __eq__(self, other: object) -> bool:
        return isinstance(other, UnknownContent) and (self.msg_type, self.fields) == (other.msg_type, other.fields)

    def __hash__(self) -> int:
        return hash(self.msg_type)

    def __repr__(self) -> str:
        return f"UnknownContent({self.msg_type!r}, {self.fields!r})"


def content_type(msg_type: str) -> type[Content] | None:
    """The class of a message type, or None for a type that is not known."""
    return _types.get(msg_type)


def fields(content: Content | UnknownContent) -> object:
    """What of a content is to be encoded."""
    return content.fields if isinstance(content, UnknownContent) else content


class Reply(Content, frozen=True, kw_only=True):
    """What every reply has. The error fields are present only when `status` is ``error``."""

    status: str = "ok"
    ename: str | UnsetType = UNSET
    evalue: str | UnsetType = UNSET
    traceback: list[str] | UnsetType = UNSET


# ── shell: running code ──────────────────────────────────────────────────────────────────────────────────


class ExecuteRequest(Content, frozen=True, kw_only=True):
    """Run `code`. `silent` forces no history, no count and no output of results; `user_expressions` are evaluated
    after it, only when it succeeded; `stop_on_error` aborts the requests queued behind a failure."""

    code: str
    silent: bool = False
    store_history: bool = True
    user_expressions: dict[str, str] = {}
    allow_stdin: bool = True
    stop_on_error: bool = True


class ExecuteReply(Reply, frozen=True, kw_only=True):
    """`payload` is deprecated by the specification and still what consoles need: page, set_next_input, edit_magic and
    ask_exit."""

    execution_count: int | None = None
    user_expressions: dict[str, Any] = {}
    payload: list[dict[str, Any]] = []


class IsCompleteRequest(Content, frozen=True, kw_only=True):
    code: str


class IsCompleteReply(Reply, frozen=True, kw_only=True):
    """`status` is ``complete``, ``incomplete``, ``invalid`` or ``unknown``; `indent` only when incomplete."""

    indent: str = ""


# ── shell: asking about code; cursor positions count code points (since 5.2) ─────────────────────────────


class CompleteRequest(Content, frozen=True, kw_only=True):
    code: str
    cursor_pos: int


class CompleteReply(Reply, frozen=True, kw_only=True):
    matches: list[str] = []
    cursor_start: int = 0
    cursor_end: int = 0
    metadata: dict[str, Any] = {}


class InspectRequest(Content, frozen=True, kw_only=True):
    code: str
    cursor_pos: int
    detail_level: int = 0


class InspectReply(Reply, frozen=True, kw_only=True):
    found: bool = False
    data: dict[str, Any] = {}
    metadata: dict[str, Any] = {}


class HistoryRequest(Content, frozen=True, kw_only=True):
    """`hist_access_type` is ``range`` (session, start, stop), ``tail`` (n) or ``search`` (pattern, n, unique)."""

    hist_access_type: str = "tail"
    output: bool = False
    raw: bool = True
    session: int = 0
    start: int = 0
    stop: int | None = None
    n: int | None = None
    pattern: str = ""
    unique: bool = False


class HistoryReply(Reply, frozen=True, kw_only=True):
    """Entries are (session, line, source), with `output` (session, line, (source, output))."""

    history: list[tuple[int | None, int, Any]] = []


# ── shell and control: asking about the kernel ───────────────────────────────────────────────────────────


class KernelInfoRequest(Content, frozen=True, kw_only=True):
    pass


class HelpLink(msgspec.Struct, frozen=True):
    text: str
    url: str


class KernelInfoReply(Reply, frozen=True, kw_only=True):
    protocol_version: str = ""
    implementation: str = ""
    implementation_version: str = ""
    language_info: dict[str, Any] = {}
    banner: str = ""
    help_links: list[HelpLink] = []
    debugger: bool = False
    supported_features: list[str] = []


class ConnectRequest(Content, frozen=True, kw_only=True):
    pass


class ConnectReply(Reply, frozen=True, kw_only=True):
    shell_port: int = 0
    iopub_port: int = 0
    stdin_port: int = 0
    control_port: int = 0
    hb_port: int = 0


class CommInfoRequest(Content, frozen=True, kw_only=True):
    target_name: str | None = None


class CommInfoReply(Reply, frozen=True, kw_only=True):
    comms: dict[str, dict[str, Any]] = {}


# ── control ──────────────────────────────────────────────────────────────────────────────────────────────


class ShutdownRequest(Content, frozen=True, kw_only=True):
    restart: bool = False


class ShutdownReply(Reply, frozen=True, kw_only=True):
    restart: bool = False


class InterruptRequest(Content, frozen=True, kw_only=True):
    pass


class InterruptReply(Reply, frozen=True, kw_only=True):
    pass


class CreateSubshellRequest(Content, frozen=True, kw_only=True):
    pass


class CreateSubshellReply(Reply, frozen=True, kw_only=True):
    subshell_id: str = ""


class DeleteSubshellRequest(Content, frozen=True, kw_only=True):
    subshell_id: str


class DeleteSubshellReply(Reply, frozen=True, kw_only=True):
    pass


class ListSubshellRequest(Content, frozen=True, kw_only=True):
    pass


class ListSubshellReply(Reply, frozen=True, kw_only=True):
    subshell_id: list[str] = []


# ── iopub ────────────────────────────────────────────────────────────────────────────────────────────────


class Status(Content, frozen=True, kw_only=True):
    """`execution_state` is ``starting`` (once), ``busy`` or ``idle``; servers add ``restarting`` and ``dead``."""

    execution_state: str


class IopubWelcome(Content, frozen=True, kw_only=True):
    """Proof of a subscription (JEP 65); it has no parent."""

    subscription: str = ""


class Stream(Content, frozen=True, kw_only=True):
    name: str
    text: str


class DisplayData(Content, frozen=True, kw_only=True):
    data: dict[str, Any]
    metadata: dict[str, Any] = {}
    transient: dict[str, Any] = {}


class UpdateDisplayData(Content, frozen=True, kw_only=True):
    data: dict[str, Any]
    metadata: dict[str, Any] = {}
    transient: dict[str, Any] = {}


class ExecuteInput(Content, frozen=True, kw_only=True):
    code: str
    execution_count: int


class ExecuteResult(Content, frozen=True, kw_only=True):
    execution_count: int | None
    data: dict[str, Any]
    metadata: dict[str, Any] = {}
    transient: dict[str, Any] | UnsetType = UNSET


class Error(Content, frozen=True, kw_only=True):
    ename: str
    evalue: str
    traceback: list[str] = []


class ClearOutput(Content, frozen=True, kw_only=True):
    wait: bool = False


# ── stdin ────────────────────────────────────────────────────────────────────────────────────────────────


class InputRequest(Content, frozen=True, kw_only=True):
    prompt: str = ""
    password: bool = False


class InputReply(Reply, frozen=True, kw_only=True):
    value: str = ""


# ── comms, in both directions ────────────────────────────────────────────────────────────────────────────


class CommOpen(Content, frozen=True, kw_only=True):
    comm_id: str
    target_name: str = ""
    target_module: str | UnsetType | None = UNSET
    data: dict[str, Any] = {}


class CommMsg(Content, frozen=True, kw_only=True):
    comm_id: str
    data: dict[str, Any] = {}


class CommClose(Content, frozen=True, kw_only=True):
    comm_id: str
    data: dict[str, Any] = {}


# ── debugging: contents are messages of the Debug Adapter Protocol ───────────────────────────────────────


class DebugRequest(Content, frozen=True, kw_only=True):
    type: str = "request"
    seq: int = 0
    command: str = ""
    arguments: Any = UNSET


class DebugReply(Content, frozen=True, kw_only=True):
    type: str = "response"
    seq: int = 0
    request_seq: int = 0
    success: bool = True
    command: str = ""
    message: str | UnsetType = UNSET
    body: Any = UNSET


class DebugEvent(Content, frozen=True, kw_only=True):
    type: str = "event"
    seq: int = 0
    event: str = ""
    body: Any = UNSET
