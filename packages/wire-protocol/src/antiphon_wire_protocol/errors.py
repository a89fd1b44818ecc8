"""What can go wrong between two peers.

::

    ProtocolError
    ├── LocalProtocolError      we tried to say something that the protocol forbids
    └── RemoteProtocolError     they said something that the protocol forbids
        ├── BadSignature        not signed with our key
        ├── ReplayedSignature   a signature that has been seen before
        └── MalformedContent    signed and addressed well, but its content is not what its type says
    NoSuchKernel                no kernelspec or connection file of that name
    ├── BadConnectionFile       a connection file that is missing, unreadable or wrong
    └── BadKernelSpec           a kernelspec that is there and cannot be used
    KernelDied                  the process at the other end has gone
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from antiphon_wire_protocol.message.messages import Message


class ProtocolError(Exception):
    """A message breaks the rules; the text says which rule and where."""


class LocalProtocolError(ProtocolError):
    """We are about to break the protocol: the fault is on this side."""


class RemoteProtocolError(ProtocolError):
    """The peer broke the protocol: the message is to be dropped, the connection lives on."""


class BadSignature(RemoteProtocolError):
    """The signature frame does not match the message and our key."""


class ReplayedSignature(RemoteProtocolError):
    """A message whose signature was accepted before: a replay, or a relay gone wrong."""


class MalformedContent(RemoteProtocolError):
    """The content is not of its type's shape. `message` is the rest, so that its sender can still be answered."""

    def __init__(self, text: str, message: Message) -> None:
        super().__init__(text)
        self.message = message


class NoSuchKernel(LookupError):
    """No kernelspec or connection file answers to a name; the text lists those that exist."""


class BadConnectionFile(NoSuchKernel):
    """A connection file that leads nowhere; the text says which file and what is wrong with it."""


class BadKernelSpec(NoSuchKernel):
    """A kernelspec that cannot be used; the text says which file and what is wrong with it."""


class KernelDied(RuntimeError):
    """The kernel's process ended while something was expected of it; the text says how it ended."""
