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
    if isinstance(content, UnknownContent):
        return content.fields
    if isinstance(content, HistoryRequest):
        # A limit that is not given is left out: kernels that are typed strictly stumble over a null.
        return {name: value for name, value in msgspec.structs.asdict(content).items() if value is not None}
    return content


class Reply(Content, frozen=True, kw_only=True):
    """What every reply has. The error fields are present only when `status` is ``error``."""

    status: str = "ok"
    ename: str | UnsetType = UNSET
    evalue: str | UnsetType = UNSET
    traceback: list[str] | UnsetType = UNSET


# ── shell: running code ──────────────────────────────────────────────────────────────────────────────────


class ExecuteRequest(Content, frozen=True, kw_only=True):
    """Run `code`.

    `silent` forces no history, no count, and no broadcast of the input or the result. `user_expressions` (name to
    expression) are evaluated after it, when it succeeded. With `allow_stdin` the code may ask the user.
    `stop_on_error` aborts the requests queued behind a failure.
    """

    code: str
    silent: bool = False
    store_history: bool = True
    user_expressions: dict[str, str] = {}
    allow_stdin: bool = True
    stop_on_error: bool = True


class ExecuteReply(Reply, frozen=True, kw_only=True):
    """Each of `user_expressions` is a MIME bundle with its own `status`. `execution_count` is None when aborted.

    `payload` is deprecated by the specification and still what consoles need: dictionaries whose `source` is ``page``
    (data, start), ``set_next_input`` (text, replace), ``edit_magic`` (filename, line_number) or ``ask_exit``
    (keepkernel).
    """

    execution_count: int | None = None
    user_expressions: dict[str, Any] = {}
    payload: list[dict[str, Any]] = []


class IsCompleteRequest(Content, frozen=True, kw_only=True):
    """Is `code` ready to run as it stands? A frontend decides by itself when the answer takes too long."""

    code: str


class IsCompleteReply(Reply, frozen=True, kw_only=True):
    """`status` is ``complete``, ``incomplete``, ``invalid`` or ``unknown``; `indent` only when incomplete."""

    indent: str = ""


# ── shell: asking about code; cursor positions count code points (since 5.2) ─────────────────────────────


class CompleteRequest(Content, frozen=True, kw_only=True):
    """What could stand at `cursor_pos` of `code`, which may be one line or a whole cell?"""

    code: str
    cursor_pos: int


class CompleteReply(Reply, frozen=True, kw_only=True):
    """Each of `matches` replaces the text from `cursor_start` to `cursor_end`.

    ``metadata["_jupyter_types_experimental"]`` may hold a dictionary (start, end, text, type, signature) for each.
    """

    matches: list[str] = []
    cursor_start: int = 0
    cursor_end: int = 0
    metadata: dict[str, Any] = {}


class InspectRequest(Content, frozen=True, kw_only=True):
    """What is the thing at `cursor_pos`? `detail_level` 0 asks for what ``x?`` shows, 1 for ``x??``."""

    code: str
    cursor_pos: int
    detail_level: int = 0


class InspectReply(Reply, frozen=True, kw_only=True):
    """`data` is a MIME bundle; `status` is ``ok`` also when nothing was `found`."""

    found: bool = False
    data: dict[str, Any] = {}
    metadata: dict[str, Any] = {}


class HistoryRequest(Content, frozen=True, kw_only=True):
    """`hist_access_type` is ``range`` (session, start, stop), ``tail`` (n) or ``search`` (pattern, n, unique).

    `output` asks for results too, `raw` for the input as typed. Session 0 is the running one, negative ones count back
    from it. `pattern` is a glob; `unique` keeps the last of equal inputs.
    """

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
    """Who are you? Also the probe of readiness; on control (JEP 80) a busy kernel answers it too."""


class HelpLink(msgspec.Struct, frozen=True):
    """An entry of a frontend's help menu."""

    text: str
    url: str


class KernelInfoReply(Reply, frozen=True, kw_only=True):
    """`language_info` has name, version, mimetype and file_extension, and may have pygments_lexer, codemirror_mode and
    nbconvert_exporter. `supported_features` (5.5) names optional parts: ``debugger``, ``kernel subshells``;
    `debugger` is the older way to say the first.
    """

    protocol_version: str = ""
    implementation: str = ""
    implementation_version: str = ""
    language_info: dict[str, Any] = {}
    banner: str = ""
    help_links: list[HelpLink] = []
    debugger: bool = False
    supported_features: list[str] = []


class ConnectRequest(Content, frozen=True, kw_only=True):
    """Which are your ports? Deprecated since 5.1."""


class ConnectReply(Reply, frozen=True, kw_only=True):
    """The five ports, as in the connection file."""

    shell_port: int = 0
    iopub_port: int = 0
    stdin_port: int = 0
    control_port: int = 0
    hb_port: int = 0


# Without a target there is no field, for the same kernels as in `fields`.
class CommInfoRequest(Content, frozen=True, kw_only=True, omit_defaults=True):
    """Which comms are open, all or those of one `target_name`?"""

    target_name: str | None = None


class CommInfoReply(Reply, frozen=True, kw_only=True):
    """`comms` maps comm ids to ``{"target_name": ...}``."""

    comms: dict[str, dict[str, Any]] = {}


# ── control ──────────────────────────────────────────────────────────────────────────────────────────────


class ShutdownRequest(Content, frozen=True, kw_only=True):
    """Leave. `restart` says that another kernel will follow, so that what is kept for the user may stay."""

    restart: bool = False


class ShutdownReply(Reply, frozen=True, kw_only=True):
    """Sent as the last thing, and broadcast too, for the other clients."""

    restart: bool = False


class InterruptRequest(Content, frozen=True, kw_only=True):
    """Stop the running cell; for kernels whose spec says ``interrupt_mode: message`` (5.3)."""


class InterruptReply(Reply, frozen=True, kw_only=True):
    """The interrupt was taken note of; the cell ends in its own time, by its own reply."""


class CreateSubshellRequest(Content, frozen=True, kw_only=True):
    """Open another shell in the same namespace (JEP 91)."""


class CreateSubshellReply(Reply, frozen=True, kw_only=True):
    """`subshell_id` goes into the header of every request meant for it."""

    subshell_id: str = ""


class DeleteSubshellRequest(Content, frozen=True, kw_only=True):
    """Close a subshell once what it runs is done."""

    subshell_id: str


class DeleteSubshellReply(Reply, frozen=True, kw_only=True):
    """The subshell is gone."""


class ListSubshellRequest(Content, frozen=True, kw_only=True):
    """Which subshells are there?"""


class ListSubshellReply(Reply, frozen=True, kw_only=True):
    """The ids of all subshells; the main shell has none and is not among them."""

    subshell_id: list[str] = []


# ── iopub ────────────────────────────────────────────────────────────────────────────────────────────────


class Status(Content, frozen=True, kw_only=True):
    """`execution_state` is ``starting`` (once), ``busy`` or ``idle``, around every request whatever its type; servers
    add ``restarting`` and ``dead``."""

    execution_state: str


class IopubWelcome(Content, frozen=True, kw_only=True):
    """Proof of a subscription (JEP 65); it has no parent."""

    subscription: str = ""


class Stream(Content, frozen=True, kw_only=True):
    """Some more text of ``stdout`` or ``stderr``."""

    name: str
    text: str


class DisplayData(Content, frozen=True, kw_only=True):
    """One thing to show, in every form there is: MIME type to JSON value, binary ones as base64.

    `metadata` is by MIME type again; ``transient["display_id"]`` makes it updatable and is never stored.
    """

    data: dict[str, Any]
    metadata: dict[str, Any] = {}
    transient: dict[str, Any] = {}


class UpdateDisplayData(Content, frozen=True, kw_only=True):
    """Replace every display of the same ``transient["display_id"]``, wherever it is."""

    data: dict[str, Any]
    metadata: dict[str, Any] = {}
    transient: dict[str, Any] = {}


class ExecuteInput(Content, frozen=True, kw_only=True):
    """The code that is about to run, for the other clients."""

    code: str
    execution_count: int


class ExecuteResult(Content, frozen=True, kw_only=True):
    """The value of a cell, as a `DisplayData` with a number."""

    execution_count: int | None
    data: dict[str, Any]
    metadata: dict[str, Any] = {}
    transient: dict[str, Any] | UnsetType = UNSET


class Error(Content, frozen=True, kw_only=True):
    """An exception that ended a cell: its type's name, its text, and lines to show, with ANSI colours."""

    ename: str
    evalue: str
    traceback: list[str] = []


class ClearOutput(Content, frozen=True, kw_only=True):
    """Remove the cell's outputs, now or, with `wait`, when the next one comes."""

    wait: bool = False


# ── stdin ────────────────────────────────────────────────────────────────────────────────────────────────


class InputRequest(Content, frozen=True, kw_only=True):
    """Ask the user for a line; what is typed is not shown when it is a `password`. Sent by the kernel."""

    prompt: str = ""
    password: bool = False


class InputReply(Reply, frozen=True, kw_only=True):
    """The line, without its end."""

    value: str = ""


# ── comms, in both directions ────────────────────────────────────────────────────────────────────────────


class CommOpen(Content, frozen=True, kw_only=True):
    """Open a comm to the `target_name` registered at the other side, which closes it again if it knows none.

    `target_module` names a module to load for it; `data` is free.
    """

    comm_id: str
    target_name: str = ""
    target_module: str | UnsetType | None = UNSET
    data: dict[str, Any] = {}


class CommMsg(Content, frozen=True, kw_only=True):
    """Free `data` over an open comm; large binary parts travel as the message's buffers."""

    comm_id: str
    data: dict[str, Any] = {}


class CommClose(Content, frozen=True, kw_only=True):
    """The comm ends here; neither side answers."""

    comm_id: str
    data: dict[str, Any] = {}


# ── debugging: contents are messages of the Debug Adapter Protocol ───────────────────────────────────────


class DebugRequest(Content, frozen=True, kw_only=True):
    """A request of the adapter protocol, or one of Jupyter's own: dumpCell, debugInfo, inspectVariables,
    richInspectVariables, copyToGlobals, modules."""

    type: str = "request"
    seq: int = 0
    command: str = ""
    arguments: Any = UNSET


class DebugReply(Content, frozen=True, kw_only=True):
    """The adapter's response; `success` takes the place of a status, `message` says why not."""

    type: str = "response"
    seq: int = 0
    request_seq: int = 0
    success: bool = True
    command: str = ""
    message: str | UnsetType = UNSET
    body: Any = UNSET


class DebugEvent(Content, frozen=True, kw_only=True):
    """Something the adapter reports by itself: stopped, continued, thread."""

    type: str = "event"
    seq: int = 0
    event: str = ""
    body: Any = UNSET
