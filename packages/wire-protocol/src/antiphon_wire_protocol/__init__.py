"""The Jupyter messaging protocol: messages and sessions without I/O, discovery of kernels, clients, processes.

The names below are loaded when they are first asked for, so that a kernel does not pay for a client.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from antiphon_wire_protocol.client.blocking import BlockingKernelClient as BlockingKernelClient
    from antiphon_wire_protocol.client.client import KernelClient as KernelClient
    from antiphon_wire_protocol.discovery.connection import ConnectionInfo as ConnectionInfo
    from antiphon_wire_protocol.discovery.connection import read_connection_file as read_connection_file
    from antiphon_wire_protocol.discovery.connection import write_connection_file as write_connection_file
    from antiphon_wire_protocol.discovery.kernelspec import KernelSpec as KernelSpec
    from antiphon_wire_protocol.discovery.kernelspec import find_kernelspec as find_kernelspec
    from antiphon_wire_protocol.discovery.kernelspec import list_kernelspecs as list_kernelspecs
    from antiphon_wire_protocol.discovery.paths import find_connection_file as find_connection_file
    from antiphon_wire_protocol.manager.blocking import BlockingKernelManager as BlockingKernelManager
    from antiphon_wire_protocol.manager.manager import KernelManager as KernelManager
    from antiphon_wire_protocol.message.messages import PROTOCOL_VERSION as PROTOCOL_VERSION
    from antiphon_wire_protocol.message.messages import Header as Header
    from antiphon_wire_protocol.message.messages import Message as Message
    from antiphon_wire_protocol.message.session import Session as Session

_homes = {
    "BlockingKernelClient": "client.blocking",
    "BlockingKernelManager": "manager.blocking",
    "ConnectionInfo": "discovery.connection",
    "Header": "message.messages",
    "KernelClient": "client.client",
    "KernelManager": "manager.manager",
    "KernelSpec": "discovery.kernelspec",
    "Message": "message.messages",
    "PROTOCOL_VERSION": "message.messages",
    "Session": "message.session",
    "find_connection_file": "discovery.paths",
    "find_kernelspec": "discovery.kernelspec",
    "list_kernelspecs": "discovery.kernelspec",
    "read_connection_file": "discovery.connection",
    "write_connection_file": "discovery.connection",
}
__all__ = list(_homes)


def __getattr__(name: str) -> object:
    home = _homes.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    value = globals()[name] = getattr(import_module(f"{__name__}.{home}"), name)
    return value


def __dir__() -> list[str]:
    return [*globals(), *_homes]
