"""Kernelspecs: the folders that say how a kernel is started (Jupyter client documentation, "Kernel specs").

A kernelspec is a folder named after the kernel that holds a ``kernel.json``. The first folder of the search path wins.
One that cannot be read never hides the others: it is warned about once, and skipped.
"""

from __future__ import annotations

import os
import re
import sys
import warnings
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Literal

import msgspec

from antiphon_wire_protocol.discovery.paths import kernel_folders
from antiphon_wire_protocol.errors import BadKernelSpec, NoSuchKernel

NATIVE = "antiphon"
"""Our own kernel; it answers for ``python3`` and ``python`` where no kernelspec of those names exists."""

_NAME = re.compile(r"(?!\.+$)[a-z0-9._-]+", re.ASCII)
_PLACE = re.compile(r"\{(\w+)\}", re.ASCII)
_UNFINISHED = " part"  # ends the name of a folder that is still being filled; no kernel's name holds a space
_VARIABLE = re.compile(r"\$\{(\w+)\}", re.ASCII)


class KernelSpecWarning(UserWarning):
    """A kernelspec was skipped; the text says which and why."""


class KernelSpec(msgspec.Struct, frozen=True, kw_only=True):
    """How to start one kind of kernel.

    `argv` is the command, with places in braces; `env` is added to the environment, with ``${VAR}`` expanded from it.
    `interrupt_mode` says how a cell is stopped: ``signal`` is SIGINT to the process group, ``message`` an
    interrupt_request on control. `resource_dir` is the folder it was read from. Unknown fields survive.
    """

    argv: list[str]
    display_name: str = ""
    language: str = ""
    interrupt_mode: Literal["signal", "message"] = "signal"
    env: dict[str, str] = {}
    metadata: dict[str, Any] = {}
    kernel_protocol_version: str = ""
    name: str = ""
    resource_dir: str = ""
    unknown_fields: dict[str, Any] = {}

    def command(self, connection_file: str, **values: str) -> list[str]:
        """The command line to start a kernel with.

        ``{connection_file}``, ``{resource_dir}``, ``{prefix}`` and the names in `values` are filled in; other braces
        stay as they are. A bare ``python`` is the interpreter that is running us.
        """
        known = {"prefix": sys.prefix, **values, "connection_file": connection_file, "resource_dir": self.resource_dir}
        command = [_PLACE.sub(lambda place: known.get(place[1], place[0]), part) for part in self.argv]
        major, minor = sys.version_info[:2]
        if command[0] in {"python", f"python{major}", f"python{major}.{minor}"}:
            command[0] = sys.executable
        return command

    def environment(self, base: Mapping[str, str]) -> dict[str, str]:
        """`base` with this spec's variables added, each expanded from `base`; an unknown ``${VAR}`` stays."""
        expanded = {
            name: _VARIABLE.sub(lambda variable: base.get(variable[1], variable[0]), value)
            for name, value in self.env.items()
        }
        return {**base, **expanded}

    def fields(self) -> dict[str, Any]:
        """What ``kernel.json`` holds."""
        fields = {name: getattr(self, name) for name in self.__struct_fields__ if name in FIELDS}
        if not self.kernel_protocol_version:
            del fields["kernel_protocol_version"]
        return {**self.unknown_fields, **fields}


FIELDS = frozenset(KernelSpec.__struct_fields__) - {"name", "resource_dir", "unknown_fields"}


def check_name(name: str) -> str:
    """The name in lower case, as names are compared. Raises `BadKernelSpec` for one that could not be a folder."""
    folded = name.lower()
    if not _NAME.fullmatch(folded):
        raise BadKernelSpec(f"kernel name {name!r}: letters, digits, hyphen, dot and underscore are allowed")
    return folded


def read_kernelspec(folder: str | os.PathLike[str]) -> KernelSpec:
    """Read the kernelspec of one folder. Raises `BadKernelSpec`, which says what is wrong and where."""
    folder = os.path.abspath(folder)
    path = os.path.join(folder, "kernel.json")
    try:
        with open(path, "rb") as file:
            fields = msgspec.json.decode(file.read().removeprefix(b"\xef\xbb\xbf"), type=dict[str, Any])
        known = {name: fields[name] for name in fields.keys() & FIELDS if fields[name] is not None}
        spec = msgspec.convert(known, KernelSpec)
        if not spec.argv:
            raise BadKernelSpec(f"kernelspec {path}: argv is empty")
        return msgspec.structs.replace(
            spec,
            name=check_name(os.path.basename(folder)),
            resource_dir=folder,
            unknown_fields={name: value for name, value in fields.items() if name not in FIELDS},
        )
    except OSError as error:
        raise BadKernelSpec(f"kernelspec {path}: {error.strerror or error}") from None
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise BadKernelSpec(f"kernelspec {path}: {error}") from None


def list_kernelspecs(folders: Iterable[str] | None = None) -> dict[str, KernelSpec]:
    """Every usable kernelspec by name, in the order of the search path. Broken ones are warned about and skipped."""
    specs: dict[str, KernelSpec] = {}
    for name, folder in _candidates(folders):
        if name not in specs:
            try:
                specs[name] = read_kernelspec(folder)
            except BadKernelSpec as error:
                warnings.warn(f"skipped: {error}", KernelSpecWarning, stacklevel=2)
    return specs


def find_kernelspec(name: str, folders: Iterable[str] | None = None) -> KernelSpec:
    """The kernelspec of a name, which may be in any case.

    Raises `NoSuchKernel`, listing the names there are, or `BadKernelSpec` when all there is of that name is broken.
    """
    wanted = check_name(name)
    searched = kernel_folders() if folders is None else list(folders)
    aliases = [wanted, NATIVE] if wanted in {"python3", "python"} else [wanted]
    broken: BadKernelSpec | None = None
    for alias in aliases:
        for found, folder in _candidates(searched):
            if found == alias:
                try:
                    return read_kernelspec(folder)
                except BadKernelSpec as error:
                    broken = broken or error
    if broken is not None:
        raise broken
    names = sorted({found for found, _ in _candidates(searched)})
    raise NoSuchKernel(
        f"no kernelspec named {name}{meant(name, names)}; there are: {', '.join(names) or 'none at all'}"
    )


def meant(name: str, names: Iterable[str]) -> str:
    """`: did you mean …?` where some of `names` are much like `name`, else nothing."""
    from difflib import get_close_matches

    near = get_close_matches(name.lower(), list(names), 2)
    return f": did you mean {' or '.join(near)}?" if near else ""


def _candidates(folders: Iterable[str] | None) -> Iterator[tuple[str, str]]:
    """Name and folder of everything that looks like a kernelspec."""
    for folder in kernel_folders() if folders is None else folders:
        try:
            names = sorted(os.listdir(folder))
        except OSError:
            continue  # the search path names folders that need not exist or be ours to read
        for name in names:
            path = os.path.join(folder, name)
            if os.path.isfile(os.path.join(path, "kernel.json")) and not name.endswith(_UNFINISHED):
                yield name.lower(), path


def install_kernelspec(name: str, folder: str, spec: KernelSpec | None = None, *, resources: str | None = None) -> str:
    """Put a kernelspec into `folder` (see `install_folder`), in place of one of that name; returns its own folder.

    `resources` is a folder whose files (logos, and ``kernel.json`` when no `spec` is given) are copied. The new one is
    complete before it takes the place of the old. Raises `BadKernelSpec`, `OSError`.
    """
    import shutil

    name = check_name(name)
    if spec is None and resources is None:
        raise BadKernelSpec(f"kernelspec {name}: neither a spec nor a folder to install it from")
    if spec is None and resources is not None:
        read_kernelspec(resources)
    os.makedirs(folder, exist_ok=True)
    target = os.path.join(folder, name)
    fresh = os.path.join(folder, f"{name} {os.urandom(6).hex()}{_UNFINISHED}")
    try:
        if resources is None:
            os.mkdir(fresh)
        else:
            shutil.copytree(resources, fresh, ignore=shutil.ignore_patterns("__pycache__", "*.py"))
        if spec is not None:
            with open(os.path.join(fresh, "kernel.json"), "wb") as file:
                file.write(msgspec.json.format(msgspec.json.encode(spec.fields()), indent=1) + b"\n")
        for old in os.listdir(folder):
            if old.lower() == name:
                _remove(os.path.join(folder, old))
        os.rename(fresh, target)
    except BaseException:
        shutil.rmtree(fresh, ignore_errors=True)
        raise
    return target


def remove_kernelspec(name: str, folders: Iterable[str] | None = None) -> str:
    """Remove the kernelspec that `kernelspec_folder` finds; returns the folder that was removed.

    Raises `NoSuchKernel`, `OSError`.
    """
    folder = kernelspec_folder(name, folders)
    _remove(folder)
    return folder


def kernelspec_folder(name: str, folders: Iterable[str] | None = None) -> str:
    """The first folder of that name that holds a kernelspec, be it broken. Raises `NoSuchKernel`."""
    wanted = check_name(name)
    for found, path in _candidates(folders):
        if found == wanted:
            return path
    raise NoSuchKernel(f"no kernelspec named {name}")


def _remove(path: str) -> None:
    import shutil

    if os.path.islink(path):
        os.unlink(path)
    else:
        shutil.rmtree(path)
