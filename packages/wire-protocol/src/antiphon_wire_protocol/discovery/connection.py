"""Where a kernel's five sockets are, and the file that says so.

A connection file holds the key that lets anybody run code as its owner: it is born readable by the owner only, and it
is exchanged as a whole, so that nobody ever reads half of one. Fields we do not know survive a rewrite.
"""

from __future__ import annotations

import os
from typing import Annotated, Any, Literal, TypeAlias

import msgspec

from antiphon_wire_protocol.errors import BadConnectionFile

Channel: TypeAlias = Literal["shell", "iopub", "stdin", "control", "hb"]
Port: TypeAlias = Annotated[int, msgspec.Meta(ge=0, le=65535)]

CHANNELS: tuple[Channel, ...] = ("shell", "iopub", "stdin", "control", "hb")
SECRETS = frozenset({"key", "curve_secretkey"})


class ConnectionInfo(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=False):
    """How to reach one kernel.

    `transport` is ``tcp`` (`ip` is an address, ports are ports) or ``ipc`` (`ip` is the prefix of five socket files,
    ports are their numbers). A port of 0 is chosen by the kernel, which then writes its choice into the file. An empty
    `key` switches signing off. `jupyter_session` is the path of the document the kernel was started for. The curve
    keys (Z85) are the server's pair, which clients use as their own too.
    """

    transport: Literal["tcp", "ipc"] = "tcp"
    ip: str = "127.0.0.1"
    shell_port: Port = 0
    iopub_port: Port = 0
    stdin_port: Port = 0
    control_port: Port = 0
    hb_port: Port = 0
    key: str = ""
    signature_scheme: str = "hmac-sha256"
    kernel_name: str = ""
    jupyter_session: str = ""
    curve_publickey: str | None = None
    curve_secretkey: str | None = None
    unknown_fields: dict[str, Any] = {}

    @property
    def key_bytes(self) -> bytes:
        """The key as signing takes it."""
        return self.key.encode()

    def port(self, channel: Channel) -> int:
        return getattr(self, f"{channel}_port")  # type: ignore[no-any-return]

    def url(self, channel: Channel) -> str:
        """The ZeroMQ address of a channel; with port 0 over tcp, one to bind to that lets the system choose."""
        port = self.port(channel)
        if self.transport == "ipc":
            return f"ipc://{self.ip}-{port}"
        host = f"[{self.ip}]" if ":" in self.ip and not self.ip.startswith("[") else self.ip
        return f"tcp://{host}:{port or '*'}"

    def with_ports(self, **ports: int) -> ConnectionInfo:
        """The same kernel with other ports, given by channel: ``info.with_ports(shell=5001, hb=5002)``."""
        return msgspec.structs.replace(self, **{f"{channel}_port": port for channel, port in ports.items()})

    def __repr__(self) -> str:
        """Without the keys: a representation ends up in logs."""
        shown = [
            f"{name}={getattr(self, name)!r}"
            for name in self.__struct_fields__
            if name not in SECRETS and getattr(self, name) not in ("", None, {})
        ]
        return f"ConnectionInfo({', '.join(shown)})"


FIELDS = frozenset(ConnectionInfo.__struct_fields__) - {"unknown_fields"}


def connection_info(fields: dict[str, Any]) -> ConnectionInfo:
    """The connection that a dictionary describes, as a connection file or an upstream manager gives it.

    A port may be a number or its text (JEP 66 writes it so); a field that is null counts as absent.
    Raises `msgspec.ValidationError`.
    """
    known = {name: fields[name] for name in fields.keys() & FIELDS if fields[name] is not None}
    known["unknown_fields"] = {name: value for name, value in fields.items() if name not in FIELDS}
    if isinstance(known.get("key"), bytes):
        known["key"] = known["key"].decode()
    return msgspec.convert(known, ConnectionInfo, strict=False)


def connection_fields(info: ConnectionInfo) -> dict[str, Any]:
    """What a connection file holds: every field, those we do not know too, those that are not used left out."""
    fields = {name: getattr(info, name) for name in info.__struct_fields__ if name in FIELDS}
    for optional in ("jupyter_session", "curve_publickey", "curve_secretkey"):
        if fields[optional] is None or (optional == "jupyter_session" and not fields[optional]):
            del fields[optional]
    return {**info.unknown_fields, **fields}


def read_connection_file(path: str | os.PathLike[str]) -> ConnectionInfo:
    """Read a connection file. Raises `BadConnectionFile`, which says what is wrong and where."""
    where = os.fspath(path)
    try:
        with open(where, "rb") as file:
            text = file.read()
    except OSError as error:
        raise BadConnectionFile(f"connection file {where}: {error.strerror or error}") from None
    try:
        return connection_info(msgspec.json.decode(text, type=dict[str, Any]))
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise BadConnectionFile(f"connection file {where}: {error}") from None


def write_connection_file(path: str | os.PathLike[str], info: ConnectionInfo) -> None:
    """Write or replace a connection file: mode 0600 from its first moment, exchanged as a whole.

    Raises `OSError` when the folder cannot be written to.
    """
    where = os.fspath(path)
    folder, name = os.path.split(where)
    text = msgspec.json.format(msgspec.json.encode(connection_fields(info)), indent=2)
    fresh = os.path.join(folder, f".{name}.{os.urandom(6).hex()}")
    # O_EXCL: a file or link that somebody laid there beforehand is refused, not followed.
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with open(descriptor, "wb") as file:
            file.write(text)
        os.replace(fresh, where)
    except BaseException:
        os.unlink(fresh)
        raise
