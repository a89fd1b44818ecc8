"""A message as a value: header, parent, metadata, content, buffers. No I/O, no clock.

A message that was read keeps its four JSON frames in `encoded`, so that one passed on unchanged goes out byte
for byte as it came: unknown types and unknown fields survive, and nothing is encoded twice.
"""

from __future__ import annotations

from typing import Any, TypeAlias

import msgspec

from antiphon_wire_protocol.message.content import Content, UnknownContent

PROTOCOL_VERSION = "5.5"
"""The version of the messaging specification that every package of ours speaks and announces."""

Buffer: TypeAlias = "bytes | bytearray | memoryview"
Encoded: TypeAlias = "tuple[bytes | None, bytes | None, bytes | None, bytes | None]"

NOT_ENCODED: Encoded = (None, None, None, None)


class Header(msgspec.Struct, frozen=True):
    """Who says what, when. `date` stays the ISO 8601 text that came; `version` is the peer's protocol version.

    `subshell_id` (JEP 91) names the subshell a shell request is for; unset is the main shell.
    """

    msg_id: str
    msg_type: str
    session: str = ""
    username: str = ""
    date: str = ""
    version: str = ""
    subshell_id: str | msgspec.UnsetType | None = msgspec.UNSET


class Message(msgspec.Struct, frozen=True):
    """One message. `idents` are the routing frames (or the topic, on iopub); `buffers` are never copied.

    To pass on a changed message take `changed`: a plain replace would send the frames of before.
    """

    header: Header
    content: Content | UnknownContent
    parent_header: Header | None = None
    metadata: dict[str, Any] = {}
    buffers: tuple[Buffer, ...] = ()
    idents: tuple[bytes, ...] = ()
    encoded: Encoded = NOT_ENCODED

    @property
    def msg_type(self) -> str:
        """As the header says it, and so the name of the content's class."""
        return self.header.msg_type

    @property
    def msg_id(self) -> str:
        return self.header.msg_id

    @property
    def parent_id(self) -> str:
        """The `msg_id` of the request that caused this message; empty when there is none."""
        return self.parent_header.msg_id if self.parent_header is not None else ""

    @property
    def subshell_id(self) -> str | None:
        """The subshell this request is for; None is the main shell."""
        return self.header.subshell_id or None

    def __repr__(self) -> str:
        """Without the frames, which say the same again."""
        parent = f", parent {self.parent_id}" if self.parent_header is not None else ""
        return f"<Message {self.msg_id}{parent}: {self.content!r}, {len(self.buffers)} buffers>"

    def changed(
        self,
        *,
        content: Content | UnknownContent | None = None,
        metadata: dict[str, Any] | None = None,
        buffers: tuple[Buffer, ...] | None = None,
        idents: tuple[bytes, ...] | None = None,
    ) -> Message:
        """This message with other parts; what is not changed still goes out byte for byte as it came."""
        header, parent, encoded_metadata, encoded_content = self.encoded
        return Message(
            self.header,
            self.content if content is None else content,
            self.parent_header,
            self.metadata if metadata is None else metadata,
            self.buffers if buffers is None else buffers,
            self.idents if idents is None else idents,
            (
                header,
                parent,
                encoded_metadata if metadata is None else None,
                encoded_content if content is None else None,
            ),
        )
