"""The folders that Jupyter programs share: where kernelspecs are looked for, where connection files live.

jupyter_core answers, so that we look exactly where every other Jupyter program looks. It is imported at the first
question: a kernel that is handed its connection file never asks one.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

from antiphon_wire_protocol.errors import BadConnectionFile


def kernel_folders() -> list[str]:
    """Every folder whose subfolders are kernelspecs, the most important first; they need not exist.

    ``JUPYTER_PATH``, then environment and user in the order jupyter_core prefers, then the system, then IPython's own.
    """
    from jupyter_core.paths import jupyter_path

    ipython = os.environ.get("IPYTHONDIR") or os.path.join(os.path.expanduser("~"), ".ipython")
    folders = [*jupyter_path("kernels"), os.path.join(ipython, "kernels")]
    return list(dict.fromkeys(folders))


def install_folder(*, user: bool = False, prefix: str | None = None) -> str:
    """Where kernelspecs are installed: for this user, for one environment, or else for the whole system."""
    from jupyter_core.paths import SYSTEM_JUPYTER_PATH, jupyter_data_dir

    if prefix is not None:
        return os.path.join(os.path.abspath(prefix), "share", "jupyter", "kernels")
    return os.path.join(jupyter_data_dir() if user else SYSTEM_JUPYTER_PATH[0], "kernels")


def runtime_folder() -> str:
    """Jupyter's folder for connection files, made if need be and then open to its owner only."""
    from jupyter_core.paths import jupyter_runtime_dir

    folder: str = jupyter_runtime_dir()
    os.makedirs(folder, mode=0o700, exist_ok=True)
    return folder


def connection_file_path(kernel_id: str) -> str:
    """The path of a new kernel's connection file in the runtime folder; the file is not made."""
    return os.path.join(runtime_folder(), f"kernel-{kernel_id}.json")


def find_connection_file(name: str = "") -> str:
    """The connection file that `name` means, as ``--existing`` takes it.

    A path, or a file name in the current or the runtime folder; a kernel's id; else a part of one, ``*`` and ``?``
    allowed, of several the one written last. Without a name, or for ``latest``, the newest of all. Where there is a
    choice, kernels that are dead beyond doubt are passed over. Raises `BadConnectionFile`.
    """
    name = "" if name == "latest" else name
    folders = [os.curdir, runtime_folder()]
    if name:
        for folder in folders:
            for path in (os.path.join(folder, name), os.path.join(folder, f"kernel-{name}.json")):
                if os.path.isfile(path):
                    return os.path.abspath(path)
    pattern = name if any(sign in name for sign in "*?[") else f"*{name}*"
    # The time of writing, not of reading as upstream takes it: most mounts do not keep that.
    found = [path for _, path in sorted(_matches(runtime_folder(), pattern), reverse=True)]
    if not found:
        raise BadConnectionFile(f"no connection file {name or 'of any kernel'} in {' or '.join(folders)}")
    return found[0] if len(found) == 1 else next(_not_dead(found), found[0])


def _not_dead(paths: list[str]) -> Iterator[str]:
    from antiphon_wire_protocol.discovery.running import gather, kernel_file, verdict

    for path in paths:
        try:
            (evidence,) = gather([kernel_file(path)])
        except BadConnectionFile:
            continue  # taken away meanwhile
        if verdict(evidence).life != "dead":
            yield path


def _matches(folder: str, pattern: str) -> Iterator[tuple[int, str]]:
    from fnmatch import fnmatch

    with os.scandir(folder) as entries:
        for entry in entries:
            if fnmatch(entry.name, pattern) and fnmatch(entry.name, "kernel-*.json") and entry.is_file():
                yield entry.stat().st_mtime_ns, entry.path
