"""Frames in, message out, and back: a peer's identity, key and memory, without a socket.

`frames` and `read` may be called from different threads (one thread reads, any thread writes).
"""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from itertools import count
from typing import Any

import msgspec

from antiphon_wire_protocol.errors import LocalProtocolError, MalformedContent, RemoteProtocolError
from antiphon_wire_protocol.message.codec import decode, encode
from antiphon_wire_protocol.message.content import Content, UnknownContent, content_type, fields
from antiphon_wire_protocol.message.messages import PROTOCOL_VERSION, Buffer, Header, Message
from antiphon_wire_protocol.message.signing import Signer

DELIMITER = b"<IDS|MSG>"
EMPTY = b"{}"


FIELDS = dict[str, Any]
FIELDS_OR_NULL: Any = dict[str, Any] | None

_second = (0, "")  # the last second that was written out, and its text: most messages share it with their neighbours


def timestamp() -> str:
    """Now, as headers give it: ISO 8601 in UTC with microseconds."""
    global _second
    seconds, microseconds = divmod(time.time_ns() // 1000, 1_000_000)
    known, text = _second
    if known != seconds:
        text = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(seconds))
        _second = (seconds, text)
    return f"{text}.{microseconds:06d}Z"


class Session:
    """One peer's side of a conversation.

    `key` signs; empty switches signing off. `session_id` is what the header's `session` carries: a client keeps
    it over a reconnection, a kernel takes a new one with every start.
    """

    __slots__ = ("_numbers", "_parent", "_pid", "_prefix", "_signer", "session_id", "username")

    def __init__(
        self,
        key: bytes = b"",
        *,
        signature_scheme: str = "hmac-sha256",
        session_id: str | None = None,
        username: str = "",
    ) -> None:
        self.session_id = session_id or os.urandom(16).hex()
        self.username = username or os.environ.get("USER") or "username"
        self._signer = Signer(key, signature_scheme)
        self._pid = os.getpid()
        self._prefix = f"{self.session_id}_{self._pid}_"
        self._numbers = count()
        self._parent: tuple[bytes, Header | None] = (EMPTY, None)

    def message(
        self,
        content: Content | UnknownContent,
        *,
        parent: Message | None = None,
        metadata: dict[str, Any] | None = None,
        buffers: Sequence[Buffer] = (),
        idents: Sequence[bytes] = (),
        subshell_id: str | None = None,
    ) -> Message:
        """Build a message of the type that `content` is, with a fresh `msg_id`; nothing is sent."""
        header = Header(
            self._prefix + str(next(self._numbers)),
            content.msg_type,
            self.session_id,
            self.username,
            timestamp(),
            PROTOCOL_VERSION,
        )
        if subshell_id is not None:
            header = msgspec.structs.replace(header, subshell_id=subshell_id)
        if parent is None:
            return Message(header, content, None, metadata or {}, tuple(buffers), tuple(idents))
        return Message(
            header,
            content,
            parent.header,
            metadata or {},
            tuple(buffers),
            tuple(idents),
            # The parent's header goes out in the bytes it came in: no second encoding, no field lost.
            (None, parent.encoded[0], None, None),
        )

    def frames(self, message: Message) -> list[Buffer]:
        """The multipart form: idents, delimiter, signature, four JSON frames, buffers.

        Raises `LocalProtocolError` for content without a JSON form, for buffers that are not contiguous,
        and in a forked child, whose messages would carry this process's name.
        """
        if os.getpid() != self._pid:
            raise LocalProtocolError("a session belongs to one process: open a new one after a fork")
        header, parent, metadata, content = message.encoded
        parts = [
            encode(message.header) if header is None else header,
            (EMPTY if message.parent_header is None else encode(message.parent_header)) if parent is None else parent,
            (encode(message.metadata) if message.metadata else EMPTY) if metadata is None else metadata,
            encode(fields(message.content)) if content is None else content,
        ]
        if not message.buffers:
            return [*message.idents, DELIMITER, self._signer.sign(parts), *parts]
        for number, buffer in enumerate(message.buffers):
            if type(buffer) is not bytes:
                try:
                    contiguous = memoryview(buffer).contiguous
                except TypeError:
                    raise LocalProtocolError(f"buffer {number} is a {type(buffer).__name__}, not bytes") from None
                if not contiguous:
                    raise LocalProtocolError(f"buffer {number} is not contiguous")
        return [*message.idents, DELIMITER, self._signer.sign(parts), *parts, *message.buffers]

    def read(self, frames: Sequence[bytes | memoryview]) -> Message:
        """Verify and decode one multipart message; buffers are handed on as they came, uncopied.

        Raises `RemoteProtocolError` (`BadSignature`, `ReplayedSignature`, `MalformedContent`) saying what was wrong.
        """
        try:
            start = frames.index(DELIMITER)
        except ValueError:
            raise RemoteProtocolError("no <IDS|MSG> delimiter among the frames") from None
        if len(frames) < start + 6:
            raise RemoteProtocolError(
                f"{len(frames) - start - 1} frames after the delimiter, at least 5 expected: "
                "signature, header, parent_header, metadata, content"
            )
        header_frame, parent_frame, metadata_frame, content_frame = parts = tuple(
            map(bytes, frames[start + 2 : start + 6])
        )
        self._signer.verify(bytes(frames[start + 1]), parts)
        header = decode(header_frame, Header, "header")
        try:
            content, malformed = read_content(header.msg_type, content_frame), None
        except RemoteProtocolError as error:
            content, malformed = UnknownContent(header.msg_type, {}), error
        message = Message(
            header,
            content,
            self._read_parent(parent_frame),
            # xeus says null in its welcomes.
            {} if metadata_frame == EMPTY else decode(metadata_frame, FIELDS_OR_NULL, "metadata") or {},
            tuple(frames[start + 6 :]),
            tuple(map(bytes, frames[:start])),
            (header_frame, parent_frame, metadata_frame, content_frame),
        )
        if malformed is not None:
            raise MalformedContent(str(malformed), message)
        return message

    def _read_parent(self, frame: bytes) -> Header | None:
        # What one request causes comes in a row, with the same parent.
        known, parent = self._parent
        if frame != known:
            parent = None if frame == EMPTY else read_parent(frame)
            self._parent = (frame, parent)
        return parent


def read_parent(frame: bytes) -> Header | None:
    """A parent header; None when it is null or empty."""
    try:
        return decode(frame, Header, "parent_header")
    except RemoteProtocolError:
        if decode(frame, FIELDS_OR_NULL, "parent_header"):
            raise
        return None


def read_content(msg_type: str, frame: bytes) -> Content | UnknownContent:
    """Content as the class of its type; an unknown type keeps its fields as they are."""
    kind = content_type(msg_type)
    if kind is None:
        return UnknownContent(msg_type, decode(frame, FIELDS, f"content of {msg_type}"))
    return decode(frame, kind, kind.place)
