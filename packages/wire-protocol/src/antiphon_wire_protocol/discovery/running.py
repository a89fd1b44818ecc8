"""Connection files told apart: of kernels that run, that are starting, and that are dead beyond doubt.

A file is only ever called dead on proof: it is of this machine, nobody takes connections where it points, no process
was started with it, and it is not so young that its kernel may be on the way. Nothing here speaks the protocol.
"""

from __future__ import annotations

import os
import socket
import sys
import time
from collections.abc import Iterable, Sequence
from fnmatch import fnmatchcase
from typing import Literal, TypeAlias

import msgspec

from antiphon_wire_protocol.discovery.census import Census, json_files_given, mentioned_files, process
from antiphon_wire_protocol.discovery.connection import CHANNELS, Channel, ConnectionInfo, read_connection_file
from antiphon_wire_protocol.errors import BadConnectionFile, NoSuchKernel

YOUNG = 60.0
"""Seconds after it was written in which a connection file may belong to a kernel that is not listening yet."""
PATIENCE = 0.5
"""Seconds that a connection may take to come about."""
NETWORK_FILE_SYSTEMS = frozenset({"9p", "afs", "beegfs", "ceph", "cifs", "glusterfs", "gpfs", "lustre", "ncpfs", "nfs",
                                  "nfs4", "smb3", "smbfs", "virtiofs", "vboxsf"})  # fmt: skip

Life: TypeAlias = Literal["listening", "starting", "dead", "unclear"]


class KernelFile(msgspec.Struct, frozen=True, kw_only=True):
    """A connection file. `name` is what is between ``kernel-`` and ``.json``, `written` seconds since 1970.

    Without a `connection`, `problem` says what is wrong with the file.
    """

    path: str
    name: str
    written: float
    connection: ConnectionInfo | None = None
    problem: str = ""


class Evidence(msgspec.Struct, frozen=True, kw_only=True):
    """What can be seen of a kernel from outside. `listens` is None where a refusal proves nothing: elsewhere.

    `age` is seconds since the file was written, `named_by` are processes that have the file in their command line,
    `taken_by` is a process that listens at its addresses and was started with another kernel's file.
    """

    listens: bool | None
    age: float
    named_by: tuple[str, ...] = ()
    taken_by: str = ""
    problem: str = ""
    shared_folder: bool = False


class Verdict(msgspec.Struct, frozen=True):
    life: Life
    reason: str = ""


def verdict(evidence: Evidence) -> Verdict:
    """What the evidence allows to say."""
    if evidence.listens and (not evidence.taken_by or evidence.named_by):
        return Verdict("listening")
    if evidence.age < YOUNG:
        return Verdict("starting", f"written {max(0, evidence.age):.0f} s ago, nobody listens yet")
    if evidence.named_by:
        return Verdict("unclear", f"nobody listens, but {', '.join(evidence.named_by)} was started with this file")
    if evidence.shared_folder:
        return Verdict("unclear", "nobody listens here, but the folder is shared with other machines")
    if evidence.problem:
        return Verdict("dead", evidence.problem)
    if evidence.taken_by:
        return Verdict("dead", f"its addresses are those of another kernel by now: {evidence.taken_by}")
    if evidence.listens is None:
        return Verdict("unclear", "it is on another machine, and does not answer")
    return Verdict("dead", "nobody listens at its addresses")


def kernel_file(path: str) -> KernelFile:
    """Raises `BadConnectionFile` when there is no such file; one that cannot be understood is told by `problem`."""
    where = os.path.abspath(path)
    try:
        written = os.stat(where).st_mtime
    except OSError as error:
        raise BadConnectionFile(f"connection file {where}: {error.strerror or error}") from None
    name = os.path.basename(where).removeprefix("kernel-").removesuffix(".json")
    try:
        return KernelFile(path=where, name=name, written=written, connection=read_connection_file(where))
    except BadConnectionFile as error:
        return KernelFile(path=where, name=name, written=written, problem=str(error))


def kernel_files(folder: str | None = None) -> list[KernelFile]:
    """The connection files of a folder (unset: Jupyter's runtime folder), the one written last first."""
    if folder is None:
        from antiphon_wire_protocol.discovery.paths import runtime_folder

        folder = runtime_folder()
    found = []
    for name in os.listdir(folder):
        if name.startswith("kernel-") and name.endswith(".json"):
            try:
                found.append(kernel_file(os.path.join(folder, name)))
            except BadConnectionFile:
                continue  # taken away meanwhile
    return sorted(found, key=lambda file: file.written, reverse=True)


def files_elsewhere(known: Iterable[KernelFile]) -> list[KernelFile]:
    """Connection files that our processes were started with and that are not `known`, the one written last first.

    A frontend may put its kernel's file anywhere; nbclient and others put it among the temporary files. Linux only.
    """
    found = []
    for path in json_files_given() - {os.path.realpath(file.path) for file in known}:
        try:
            file = kernel_file(path)
        except BadConnectionFile:
            continue  # taken away meanwhile
        if file.connection is not None and file.connection.shell_port:
            found.append(file)
    return sorted(found, key=lambda file: file.written, reverse=True)


def choose(files: Sequence[KernelFile], words: Iterable[str]) -> list[KernelFile]:
    """Those of `files` that `words` mean: ``latest``, a name, its beginning, a pattern with ``*`` and ``?``, or a path.

    Raises `NoSuchKernel` for a word that means none, or a beginning that several names share.
    """
    chosen: list[KernelFile] = []
    for word in words:
        chosen += [file for file in _meant(files, word) if file not in chosen]
    return chosen


def _meant(files: Sequence[KernelFile], word: str) -> list[KernelFile]:
    if word == "latest" and files:
        return [files[0]]
    if os.sep in word or word.endswith(".json"):
        exact = [file for file in files if os.path.basename(file.path) == word]
        return exact or [kernel_file(word)]
    if any(sign in word for sign in "*?["):
        found = [file for file in files if fnmatchcase(file.name, word)]
    else:
        found = [file for file in files if file.name == word.removeprefix("kernel-")]
        found = found or [file for file in files if word and file.name.startswith(word.removeprefix("kernel-"))]
        if len(found) > 1:
            raise NoSuchKernel(f"{word!r} is the beginning of several: {', '.join(file.name for file in found)}")
    if not found:
        known = ", ".join(file.name for file in files[:8]) or "none at all"
        raise NoSuchKernel(f"no kernel named {word}; there are: {known}")
    return found


def gather(files: Sequence[KernelFile], *, now: float | None = None, census: Census | None = None) -> list[Evidence]:
    """Look at each kernel from outside: its addresses, and the command lines of this machine."""
    now = time.time() if now is None else now
    census = census or Census()
    named = mentioned_files(frozenset(os.path.basename(file.path) for file in files))
    shared = {folder: is_shared(folder) for folder in {os.path.dirname(file.path) for file in files}}
    return [
        Evidence(
            listens=False if file.connection is None else listens(file.connection),
            age=now - file.written,
            named_by=tuple(_described(pid) for pid in named.get(os.path.basename(file.path), ()) if pid != os.getpid()),
            taken_by=_other_kernel(file, census),
            problem=file.problem,
            shared_folder=shared[os.path.dirname(file.path)],
        )
        for file in files
    ]


def _other_kernel(file: KernelFile, census: Census) -> str:
    """The process that listens at the kernel's addresses, if it was started with another connection file."""
    pid = None if file.connection is None else census.listener(file.connection)
    found = None if pid is None else process(pid)
    if found is None:
        return ""
    names = {os.path.basename(word.rpartition("=")[2]) for word in found.command}
    others = {name for name in names if name.startswith("kernel-") and name.endswith(".json")}
    return f"{found.program} ({pid})" if others and os.path.basename(file.path) not in others else ""


def listens(connection: ConnectionInfo) -> bool | None:
    """Whether anybody takes connections on a kernel's channels. None when a refusal proves nothing: elsewhere."""
    channels: tuple[Channel, ...] = ("shell", "control", "hb")
    if any(_accepts(connection, channel) for channel in channels if connection.port(channel)):
        return True
    return False if is_local(connection) else None


def is_local(connection: ConnectionInfo) -> bool:
    """Whether the kernel's addresses are this machine's own."""
    if connection.transport == "ipc" or connection.ip in ("", "*", "0.0.0.0", "::", "localhost"):
        return True
    host = connection.ip.strip("[]")
    if host.startswith("127.") or host == "::1":
        return True
    try:
        with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
            probe.bind((host, 0))
    except OSError:
        return False
    return True


def is_shared(folder: str) -> bool:
    """Whether other machines may write into a folder, as far as the system tells."""
    if not sys.platform.startswith("linux"):
        return False
    best, kind = "", ""
    folder = os.path.realpath(folder)
    try:
        with open("/proc/self/mounts", encoding="utf-8", errors="surrogateescape") as file:
            for line in file:
                _, place, what = line.split()[:3]
                place = place.replace("\\040", " ")
                if (folder + "/").startswith(place.rstrip("/") + "/") and len(place) >= len(best):
                    best, kind = place, what
    except OSError:
        return False
    return kind in NETWORK_FILE_SYSTEMS or kind.startswith("fuse.ssh")


def leftovers(file: KernelFile) -> list[str]:
    """Every file of a dead kernel that is there: the connection file, its sockets, the record and log beside it."""
    stem = file.path.removesuffix(".json")
    paths = [file.path, f"{stem}.process", f"{stem}.log"]
    if file.connection is not None and file.connection.transport == "ipc":
        paths += [file.connection.url(channel).removeprefix("ipc://") for channel in CHANNELS]
    return [path for path in paths if os.path.lexists(path)]


def _accepts(connection: ConnectionInfo, channel: Channel) -> bool:
    address: str | tuple[str, int]
    if connection.transport == "ipc":
        if not hasattr(socket, "AF_UNIX"):
            return False
        family, address = socket.AF_UNIX, connection.url(channel).removeprefix("ipc://")
    else:
        host = {"": "127.0.0.1", "*": "127.0.0.1", "0.0.0.0": "127.0.0.1", "::": "::1"}.get(
            connection.ip, connection.ip
        )
        host = host.strip("[]")
        family, address = (socket.AF_INET6 if ":" in host else socket.AF_INET), (host, connection.port(channel))
    try:
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.settimeout(PATIENCE)
            probe.connect(address)
    except TimeoutError:
        return is_local(connection)  # a queue that is full belongs to somebody
    except OSError:
        return False
    return True


def _described(pid: int) -> str:
    found = process(pid)
    return f"{found.program} ({pid})" if found is not None else f"process {pid}"
