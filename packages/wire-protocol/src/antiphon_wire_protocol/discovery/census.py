"""Who listens where, and who is connected there: one look at the tables of Linux (proc(5), sock_diag(7)).

Elsewhere, and for processes we may not look into, the answer is None: not known. Nothing here sends anything.
"""

from __future__ import annotations

import os
import struct
import sys
from collections.abc import Iterator
from functools import cached_property
from typing import NamedTuple

from antiphon_wire_protocol.discovery.connection import Channel, ConnectionInfo

ESTABLISHED, LISTENING = "01", "0A"
ANY_ADDRESS = frozenset({"0.0.0.0", "::"})


class TcpRow(NamedTuple):
    """A line of ``/proc/net/tcp``: addresses are (IP, port)."""

    local: tuple[str, int]
    remote: tuple[str, int]
    state: str
    inode: int


class Process(NamedTuple):
    """What the system tells of a process. `started` is seconds since 1970, `memory` bytes that are resident."""

    pid: int
    parent: int
    owner: int
    started: float
    memory: int
    command: tuple[str, ...]

    @property
    def program(self) -> str:
        """What people call it: the script or module of an interpreter, else the program, without its folder."""
        # It may end in a terminal, and anybody may name their process.
        words = ["".join(sign if sign.isprintable() else "?" for sign in word) for word in self.command if word]
        if not words:
            return f"process {self.pid}"
        if os.path.basename(words[0]).startswith(("python", "node", "ruby", "perl")):
            for at, word in enumerate(words[1:], 2):
                if word == "-m" and at < len(words):
                    return words[at]
                if word in ("-c", "-e"):
                    break
                if not word.startswith("-"):
                    return os.path.basename(word)
        return os.path.basename(words[0])


class Census:
    """The state of this machine's sockets when it was made; processes are looked at when they are asked for."""

    def __init__(self) -> None:
        self.known = sys.platform.startswith("linux")
        self._tcp = [row for name in ("tcp", "tcp6") for row in tcp_rows(_lines(f"/proc/net/{name}"))]
        self._unix = unix_rows(_lines("/proc/net/unix"))

    def listener(self, connection: ConnectionInfo, channel: Channel = "shell") -> int | None:
        """The pid of the process that listens on a channel; None when nobody does, or nobody we may know of."""
        found = self._listening_inode(connection, channel)
        return None if found is None else self._owners.get(found)

    def listened_to(self, connection: ConnectionInfo, channel: Channel = "shell") -> bool | None:
        """Whether anybody at all listens on a channel of this machine; None when that cannot be told."""
        return self._listening_inode(connection, channel) is not None if self.known else None

    def attached(self, connection: ConnectionInfo, channel: Channel = "shell") -> list[int | str] | None:
        """Who is connected to a channel, each once: pids of this machine, IP addresses of others; 0 is not known who.

        The kernel itself is left out. None when that cannot be told.
        """
        if not self.known:
            return None
        found = self._unix_clients if connection.transport == "ipc" else self._tcp_clients
        kernel = self.listener(connection, channel)
        return list(dict.fromkeys(client for client in found(connection, channel) if not kernel or client != kernel))

    def _listening_inode(self, connection: ConnectionInfo, channel: Channel) -> int | None:
        if connection.transport == "ipc":
            path = connection.url(channel).removeprefix("ipc://")
            return next((inode for inode, (name, listens) in self._unix.items() if listens and name == path), None)
        addresses = _addresses(connection) | ANY_ADDRESS
        port = connection.port(channel)
        for row in self._tcp:
            if row.state == LISTENING and row.local[1] == port and row.local[0] in addresses and port:
                return row.inode
        return None

    def _tcp_clients(self, connection: ConnectionInfo, channel: Channel) -> Iterator[int | str]:
        ends = {(row.local, row.remote): row.inode for row in self._tcp if row.state == ESTABLISHED}
        addresses = _addresses(connection)
        for local, remote in ends:
            if local[1] == connection.port(channel) and (local[0] in addresses or addresses & ANY_ADDRESS):
                inode = ends.get((remote, local))
                yield remote[0] if inode is None else self._owners.get(inode, 0)

    def _unix_clients(self, connection: ConnectionInfo, channel: Channel) -> Iterator[int | str]:
        path = connection.url(channel).removeprefix("ipc://")
        peers = self._unix_peers
        for inode, (name, listens) in self._unix.items():
            # One without a peer is the kernel's half of a connection that its client has closed.
            if name == path and not listens and (peers.get(inode) or not peers):
                yield self._owners.get(peers.get(inode, 0), 0)

    @cached_property
    def _owners(self) -> dict[int, int]:
        """The process that holds a socket, by the socket's inode."""
        owners = {}
        for pid in pids():
            try:
                with os.scandir(f"/proc/{pid}/fd") as entries:
                    for entry in entries:
                        target = os.readlink(entry.path)
                        if target.startswith("socket:["):
                            owners[int(target[8:-1])] = pid
            except OSError:
                continue  # ended meanwhile, or not ours to look into
        return owners

    @cached_property
    def _unix_peers(self) -> dict[int, int]:
        try:
            return unix_peers()
        except OSError:
            return {}  # a sandbox without netlink


def tcp_rows(lines: list[str]) -> Iterator[TcpRow]:
    for line in lines[1:]:
        fields = line.split()
        if len(fields) > 9:
            yield TcpRow(_address(fields[1]), _address(fields[2]), fields[3], int(fields[9]))


def unix_rows(lines: list[str]) -> dict[int, tuple[str, bool]]:
    """Path, and whether it is listened to, by inode; sockets without a path are left out."""
    rows = {}
    for line in lines[1:]:
        fields = line.rstrip("\n").split(maxsplit=7)
        if len(fields) == 8 and fields[6] != "0":  # 0: not accepted yet
            rows[int(fields[6])] = (fields[7], bool(int(fields[3], 16) & 0x10000))  # __SO_ACCEPTCON
    return rows


def unix_peers() -> dict[int, int]:
    """The inode at the other end of each connected unix socket (sock_diag(7)). Raises `OSError`."""
    import socket

    dump_request = 0x301  # NLM_F_REQUEST | NLM_F_DUMP
    show_peer = 0x4
    body = struct.pack("=BBHIIIII", socket.AF_UNIX, 0, 0, 0xFFFFFFFF, 0, show_peer, 0, 0)
    peers: dict[int, int] = {}
    netlink_sock_diag, sock_diag_by_family = 4, 20
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, netlink_sock_diag) as link:
        link.settimeout(1.0)
        link.send(struct.pack("=IHHII", 16 + len(body), sock_diag_by_family, dump_request, 1, 0) + body)
        while True:
            data = link.recv(1 << 18)
            while len(data) >= 16:
                length, kind = struct.unpack_from("=IH", data)
                if kind != sock_diag_by_family:  # done, or refused
                    return peers
                inode = struct.unpack_from("=I", data, 20)[0]
                at = 32
                while at + 4 <= length:
                    size, attribute = struct.unpack_from("=HH", data, at)
                    if attribute == 2 and size >= 8:  # UNIX_DIAG_PEER
                        peers[inode] = struct.unpack_from("=I", data, at + 4)[0]
                    at += max(4, size + 3 & ~3)
                data = data[length + 3 & ~3 :]


def pids() -> list[int]:
    """Every process there is; none where there is no ``/proc``."""
    try:
        return [int(name) for name in os.listdir("/proc") if name.isdigit()]
    except OSError:
        return []


def process(pid: int) -> Process | None:
    """None when there is no such process, when it is a zombie, or where there is no ``/proc``."""
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:
            fields = file.read().rpartition(b")")[2].split()  # the name before may hold anything
        with open(f"/proc/{pid}/cmdline", "rb") as file:
            command = file.read().decode(errors="surrogateescape").rstrip("\0").split("\0")
        owner = os.stat(f"/proc/{pid}").st_uid
    except OSError:
        return None
    if fields[0] in (b"Z", b"X"):
        return None
    return Process(
        pid=pid,
        parent=int(fields[1]),
        owner=owner,
        started=_boot_time() + int(fields[19]) / os.sysconf("SC_CLK_TCK"),
        memory=int(fields[21]) * os.sysconf("SC_PAGE_SIZE"),
        command=tuple(command),
    )


def mentioned_files(names: frozenset[str]) -> dict[str, list[int]]:
    """Which processes have one of these file names (without folder) in their command line: pids by name."""
    found: dict[str, list[int]] = {}
    for pid in pids():
        try:
            with open(f"/proc/{pid}/cmdline", "rb") as file:
                words = file.read().decode(errors="surrogateescape").split("\0")
        except OSError:
            continue
        for word in words:
            name = os.path.basename(word.rpartition("=")[2])
            if name in names:
                found.setdefault(name, []).append(pid)
    return found


def json_files_given() -> set[str]:
    """The files ``*.json`` that our own processes were started with (``-f FILE``, ``--connection-file=FILE``)."""
    found: set[str] = set()
    own = os.getuid() if hasattr(os, "getuid") else -1
    for pid in pids():
        one = process(pid)
        if one is None or one.owner != own:
            continue
        for word in one.command:
            path = word.rpartition("=")[2]
            if path.endswith(".json") and os.path.isabs(path) and os.path.isfile(path):
                found.add(os.path.realpath(path))
    return found


def _addresses(connection: ConnectionInfo) -> frozenset[str]:
    """The IPs that a connection's `ip` stands for, as /proc writes them."""
    names = {"localhost": {"127.0.0.1", "::1"}, "*": set(ANY_ADDRESS), "": set(ANY_ADDRESS)}
    return frozenset(names.get(connection.ip, {connection.ip.strip("[]")}))


def _address(text: str) -> tuple[str, int]:
    """``0100007F:1F90`` is 127.0.0.1, port 8080: words of four bytes in the machine's order, the port in hex."""
    digits, _, port = text.partition(":")
    raw = b"".join(
        bytes.fromhex(digits[at : at + 8])[:: -1 if sys.byteorder == "little" else 1] for at in range(0, len(digits), 8)
    )
    if len(raw) == 16 and raw[:12] == b"\0" * 10 + b"\xff\xff":
        raw = raw[12:]
    if len(raw) == 4:
        return ".".join(map(str, raw)), int(port, 16)
    import socket

    return socket.inet_ntop(socket.AF_INET6, raw), int(port, 16)


def _boot_time() -> float:
    for line in _lines("/proc/stat"):
        if line.startswith("btime "):
            return float(line.split()[1])
    return 0.0


def _lines(path: str) -> list[str]:
    try:
        with open(path, encoding="utf-8", errors="surrogateescape") as file:
            return file.readlines()
    except OSError:
        return []
