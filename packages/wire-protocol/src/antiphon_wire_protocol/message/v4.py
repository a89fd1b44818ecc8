"""Peers of protocol 4, spoken to at the edge: everything inside speaks version 5.

The rule: `from_v4` takes what `Session.read` made of a version 4 message, the malformed ones too, and gives what a
version 5 peer would have said; `to_v4` is the way back. What version 4 has no word for is left out. Source: the change
notes of the messaging specification for 5.0 (and IPEP 24 for cursors).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from typing import Any, TypeAlias

import msgspec

from antiphon_wire_protocol.errors import MalformedContent, RemoteProtocolError
from antiphon_wire_protocol.message.codec import decode, encode
from antiphon_wire_protocol.message.content import Content, UnknownContent, fields
from antiphon_wire_protocol.message.messages import Header, Message
from antiphon_wire_protocol.message.session import read_content

Fields: TypeAlias = dict[str, Any]

VERSION = "4.1"

NEW_NAMES = {
    "pyin": "execute_input",
    "pyout": "execute_result",
    "pyerr": "error",
    "object_info_request": "inspect_request",
    "object_info_reply": "inspect_reply",
}
OLD_NAMES = {new: old for old, new in NEW_NAMES.items()}
REMEMBERED = 256
"""Completions asked for and not yet answered of which the cursor is kept."""

_NAME = re.compile(r"[^\W\d][\w.]*")


def speaks_v4(protocol_version: object) -> bool:
    """Whether a kernel_info_reply's `protocol_version`, text or (before 5.0) a list of numbers, is of version 4."""
    if isinstance(protocol_version, str):
        return protocol_version.split(".")[0] == "4"
    return isinstance(protocol_version, (list, tuple)) and list(protocol_version[:1]) == [4]


class V4Peer:
    """One peer of version 4; it remembers where completions were asked for, because its replies do not say."""

    def __init__(self) -> None:
        self._cursors: dict[str, int] = {}

    def to_v4(self, message: Message) -> Message:
        """What to send to the peer in place of `message`."""
        if message.msg_type == "complete_request":
            self._remember(message)
        change = _TO_V4.get(message.msg_type)
        return _renamed(message, OLD_NAMES, change(_fields(message)) if change else None, VERSION)

    def from_v4(self, message: Message) -> Message:
        """What the peer means. Raises `RemoteProtocolError` for content that is not of version 4 either."""
        change = _FROM_V4.get(message.msg_type)
        if message.msg_type == "complete_reply":
            cursor = self._cursors.pop(message.parent_id, 0)
            change = partial(_matches_from_v4, cursor=cursor)
        try:
            changed = change(_fields(message)) if change else None
        except (TypeError, AttributeError) as error:
            raise RemoteProtocolError(f"content of {message.msg_type} (version 4): {error}") from None
        return _renamed(message, NEW_NAMES, changed, message.header.version)

    def read(self, read: Callable[[], Message]) -> Message:
        """`from_v4` of what `read` gives, for instance ``lambda: session.read(frames)``: what is malformed in
        version 5 may be right in version 4. Raises `RemoteProtocolError`."""
        try:
            message = read()
        except MalformedContent as error:
            message = error.message
        return self.from_v4(message)

    def _remember(self, message: Message) -> None:
        if len(self._cursors) >= REMEMBERED:
            del self._cursors[next(iter(self._cursors))]
        self._cursors[message.msg_id] = _fields(message).get("cursor_pos", 0)


def _fields(message: Message) -> Fields:
    """The content as it came, or as it would go."""
    encoded = message.encoded[3]
    if encoded is None:
        encoded = encode(fields(message.content))
    return decode(encoded, Fields, f"content of {message.msg_type}")


def _renamed(message: Message, names: dict[str, str], changed: Fields | None, version: str) -> Message:
    """The message under its other name, of another version, its content replaced if it `changed`."""
    msg_type = names.get(message.msg_type, message.msg_type)
    content: Content | UnknownContent = message.content
    if changed is not None or msg_type != message.msg_type or isinstance(content, UnknownContent):
        found = _fields(message) if changed is None else changed
        # Towards version 4 a content is fields only: its shapes are not ours.
        content = UnknownContent(msg_type, found) if names is OLD_NAMES else read_content(msg_type, encode(found))
    return Message(
        msgspec.structs.replace(message.header, msg_type=msg_type, version=version),
        content,
        _renamed_parent(message.parent_header, names),
        message.metadata,
        message.buffers,
        message.idents,
    )


def _renamed_parent(parent: Header | None, names: dict[str, str]) -> Header | None:
    if parent is None or parent.msg_type not in names:
        return parent
    return msgspec.structs.replace(parent, msg_type=names[parent.msg_type])


# ── version 4 to 5 ───────────────────────────────────────────────────────────────────────────────────────────


def _stream_from_v4(old: Fields) -> Fields:
    return {"name": old.get("name", "stdout"), "text": old.get("text", old.get("data", ""))}


def _bundle_from_v4(old: Fields) -> Fields:
    new = {name: value for name, value in old.items() if name != "source"}
    data = new.get("data")
    if isinstance(data, dict) and isinstance(data.get("application/json"), str):
        # JSON was carried as its text before 5.0.
        new["data"] = {**data, "application/json": decode(data["application/json"].encode(), Any, "application/json")}
    return new


def _kernel_info_from_v4(old: Fields) -> Fields:
    language = {"name": old.get("language", ""), "version": _dotted(old.get("language_version", ""))}
    return {
        **old,
        "protocol_version": _dotted(old.get("protocol_version", VERSION)),
        "implementation": old.get("implementation") or ("ipython" if "ipython_version" in old else ""),
        "implementation_version": _dotted(old.get("implementation_version") or old.get("ipython_version", "")),
        "language_info": old.get("language_info") or language,
        "banner": old.get("banner", ""),
    }


def _dotted(version: object) -> str:
    return ".".join(str(part) for part in version if part != "") if isinstance(version, list) else str(version)


def _matches_from_v4(old: Fields, cursor: int) -> Fields:
    if "cursor_start" in old:
        return old
    start = cursor - len(old.get("matched_text") or "")
    return {**old, "cursor_start": max(start, 0), "cursor_end": cursor, "metadata": {}}


def _completion_from_v4(old: Fields) -> Fields:
    return {"code": old.get("line") or old.get("text") or "", "cursor_pos": old.get("cursor_pos", 0)}


def _inspection_from_v4(old: Fields) -> Fields:
    name = old.get("oname", "")
    return {"code": name, "cursor_pos": len(name), "detail_level": old.get("detail_level", 0)}


def _inspected_from_v4(old: Fields) -> Fields:
    parts = [old.get(part) for part in ("definition", "docstring", "init_docstring", "source")]
    text = "\n\n".join(part for part in parts if isinstance(part, str) and part)
    found = bool(old.get("found"))
    return {"status": "ok", "found": found, "data": {"text/plain": text} if found else {}, "metadata": {}}


def _executed_from_v4(old: Fields) -> Fields:
    payload = old.get("payload")
    if not isinstance(payload, list):
        return {name: value for name, value in old.items() if name not in ("payload", "user_variables")}
    return {**old, "payload": [_page_from_v4(item) if isinstance(item, dict) else item for item in payload]}


def _page_from_v4(payload: Fields) -> Fields:
    source = str(payload.get("source", ""))
    if not source.endswith("page") or "data" in payload:
        return payload
    data = {"text/plain": payload.get("text", "")}
    return {"source": "page", "data": data, "start": payload.get("start_line_number", 0)}


# ── version 5 to 4 ───────────────────────────────────────────────────────────────────────────────────────────


def _completion_to_v4(new: Fields) -> Fields:
    line, cursor = _line_at(new["code"], new["cursor_pos"])
    return {"text": "", "line": line, "block": None, "cursor_pos": cursor}


def _inspection_to_v4(new: Fields) -> Fields:
    line, cursor = _line_at(new["code"], new["cursor_pos"])
    # The name under the cursor; behind it, as after an opening bracket, the last one before.
    names = [name for name in _NAME.finditer(line) if name.start() <= cursor]
    return {"oname": names[-1][0].rstrip(".") if names else "", "detail_level": new.get("detail_level", 0)}


def _line_at(code: str, cursor: int) -> tuple[str, int]:
    """The line that a position of a cell is in, and the position within it."""
    start = code.rfind("\n", 0, cursor) + 1
    return code[start:].partition("\n")[0], cursor - start


def _matches_to_v4(new: Fields) -> Fields:
    # The text itself is not in the reply: old frontends find out by the common beginning.
    return {"status": new.get("status", "ok"), "matches": new.get("matches", []), "matched_text": ""}


def _inspected_to_v4(new: Fields) -> Fields:
    text = new.get("data", {}).get("text/plain", "")
    return {"name": "", "found": new.get("found", False), "docstring": text}


def _bundle_to_v4(new: Fields) -> Fields:
    data = new.get("data", {})
    if "application/json" in data:
        data = {**data, "application/json": encode(data["application/json"]).decode()}
    return {"source": "", **{name: value for name, value in new.items() if name != "transient"}, "data": data}


def _kernel_info_to_v4(new: Fields) -> Fields:
    info = new.get("language_info", {})
    numbers = [int(part) for part in re.findall(r"\d+", str(info.get("version", "")))]
    return {"protocol_version": [4, 1], "language": info.get("name", ""), "language_version": numbers}


_FROM_V4: dict[str, Callable[[Fields], Fields]] = {
    "complete_request": _completion_from_v4,
    "display_data": _bundle_from_v4,
    "execute_reply": _executed_from_v4,
    "kernel_info_reply": _kernel_info_from_v4,
    "object_info_reply": _inspected_from_v4,
    "object_info_request": _inspection_from_v4,
    "pyout": _bundle_from_v4,
    "stream": _stream_from_v4,
}

_TO_V4: dict[str, Callable[[Fields], Fields]] = {
    "complete_reply": _matches_to_v4,
    "complete_request": _completion_to_v4,
    "display_data": _bundle_to_v4,
    "execute_request": lambda new: {"user_variables": [], **new},
    "execute_result": _bundle_to_v4,
    "inspect_reply": _inspected_to_v4,
    "inspect_request": _inspection_to_v4,
    "kernel_info_reply": _kernel_info_to_v4,
    "stream": lambda new: {"name": new["name"], "data": new["text"]},
}
