"""Which names are served. `IPython.core.magic` is the file `served/ipython/core/magic.py`, and so on.

A name that is not here is lent by an installed IPython or ipykernel, or is not there at all.
"""

from __future__ import annotations

PACKAGES: dict[str, str] = {
    "IPython": "display paths",
    "IPython.core": (
        "alias application async_helpers autocall builtin_trap compilerop completer completerlib debugger display "
        "display_functions display_trap displayhook displaypub error events extensions formatters getipython history "
        "hooks inputtransformer2 interactiveshell logger macro magic magic_arguments oinspect page payload payloadpage "
        "prefilter profiledir pylabtools release shellapp splitinput ultratb"
    ),
    "IPython.core.magics": "basic code config display execution extension history namespace osm pylab script",
    "IPython.extensions": "autoreload storemagic",
    "IPython.lib": "backgroundjobs clipboard display guisupport lexers pretty",
    "IPython.terminal": "debugger embed interactiveshell ipapp prompts",
    "IPython.testing": "decorators globalipapp skipdoctest tools",
    "IPython.utils": (
        "PyColorize capture coloransi data decorators dir2 encoding frame generics importstring io ipstruct "
        "module_paths openpy path process py3compat sentinel strdispatch sysinfo syspathcontext tempdir terminal text "
        "timing tokenutil wildcard"
    ),
    "ipykernel": (
        "compiler connect datapub displayhook embed eventloops iostream ipkernel jsonutil kernelapp kernelbase "
        "kernelspec zmqshell"
    ),
    "ipykernel.comm": "comm manager",
    "ipykernel.pylab": "backend_inline config",
}
"""Each package with the modules in it."""

SINGLES = ("ipykernel_launcher",)

ROOTS = frozenset({"IPython", "ipykernel", *SINGLES})


def _files() -> dict[str, str]:
    files = {name: f"{name}.py" for name in SINGLES}
    for package, modules in PACKAGES.items():
        folder = package.replace("IPython", "ipython").replace(".", "/")
        files[package] = f"{folder}/__init__.py"
        for module in modules.split():
            files[f"{package}.{module}"] = f"{folder}/{module}.py"
    return files


SERVED: dict[str, str] = _files()
"""Every served name with its file, below the folder `served`."""
