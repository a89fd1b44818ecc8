"""Which names are served. `IPython.core.magic` is the file `served/ipython/core/magic.py`, and so on.

A name that is not here is lent by an installed IPython or ipykernel, or is not there at all.
"""

from __future__ import annotations

PACKAGES: dict[str, str] = {
    "IPython": "display paths",
    "IPython.core": (
        "application async_helpers builtin_trap compilerop completer debugger display display_functions display_trap "
        "displayhook displaypub error events extensions formatters getipython history hooks "
        "inputtransformer2 interactiveshell magic magic_arguments oinspect page payload profiledir pylabtools "
        "release splitinput ultratb"
    ),
    "IPython.extensions": "",
    "IPython.lib": "display pretty",
    "IPython.terminal": "debugger embed interactiveshell ipapp prompts",
    "IPython.testing": "globalipapp skipdoctest",
    "IPython.utils": "capture frame io ipstruct path process py3compat sysinfo tempdir text timing",
    "ipykernel": ("connect displayhook embed eventloops iostream ipkernel jsonutil kernelapp kernelbase zmqshell"),
    "ipykernel.comm": "comm manager",
    "ipykernel.pylab": "backend_inline config",
}
"""Each package with the modules in it."""

ROOTS = frozenset({"IPython", "ipykernel"})


def _files() -> dict[str, str]:
    files = {}
    for package, modules in PACKAGES.items():
        folder = package.replace("IPython", "ipython").replace(".", "/")
        files[package] = f"{folder}/__init__.py"
        for module in modules.split():
            files[f"{package}.{module}"] = f"{folder}/{module}.py"
    return files


SERVED: dict[str, str] = _files()
"""Every served name with its file, below the folder `served`."""
