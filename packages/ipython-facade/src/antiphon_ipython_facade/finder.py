"""The meta-path finder: serves the names of `table` from our files, whether or not the real ones are installed.

It stands first in `sys.meta_path`. A served file is executed under the name it is asked for by, so that its classes
are what they are called: pickling, `reload` and `__module__` need nothing of their own.
"""

from __future__ import annotations

import os
import sys
from _frozen_importlib import ModuleSpec
from _frozen_importlib_external import PathFinder, SourceFileLoader
from collections.abc import Mapping, Sequence
from types import ModuleType
from typing import Any

from .table import PACKAGES, ROOTS, SERVED

FOLDER = os.path.join(os.path.dirname(__file__), "served")

fallthroughs: list[str] = []
"""The modules that an installed IPython or ipykernel had to lend, in order: what is still missing here."""


class ServedLoader(SourceFileLoader):
    """Loads one served file; `extras` are names that the host has for this module."""

    extras: Mapping[str, Any] = {}  # shared and never changed

    def exec_module(self, module: ModuleType) -> None:
        super().exec_module(module)
        module.__dict__.update(self.extras)


class Finder:
    """Serves what the table names; `extras` are further attributes by module name."""

    def __init__(self, extras: Mapping[str, Mapping[str, Any]] | None = None) -> None:
        self.extras = dict(extras or {})

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        file = SERVED.get(name)
        if file is not None:
            return self._served(name, os.path.join(FOLDER, file))
        if name.partition(".")[0] in ROOTS:
            return _lent(name)
        return None

    def _served(self, name: str, file: str) -> ModuleSpec:
        loader = ServedLoader(name, file)
        if name in self.extras:
            loader.extras = self.extras[name]
        spec = ModuleSpec(name, loader, origin=file, is_package=name in PACKAGES)
        spec.has_location = True
        if name in PACKAGES:
            # What is served comes by the table, not by the path; data files are looked for beside the source.
            spec.submodule_search_locations = [os.path.dirname(file)]
        return spec


def _lent(name: str) -> ModuleSpec:
    """The module of an installed IPython or ipykernel. Raises ModuleNotFoundError where there is none."""
    root, *rest = name.split(".")
    spec = PathFinder.find_spec(root)
    for depth, part in enumerate(rest, 1):
        if spec is None or spec.submodule_search_locations is None:
            break
        spec = PathFinder.find_spec(".".join([root, *rest[:depth]]), _folders(spec, part))
    if spec is None or not rest:
        raise ModuleNotFoundError(
            f"No module named {name!r}: Antiphon serves {root} by itself and has no such part; "
            f"install {root.lower()} to have it lent, or start with --facade=off to use that one alone",
            name=name,
        )
    fallthroughs.append(name)
    return spec


def _folders(spec: ModuleSpec, part: str) -> list[str]:
    return list(spec.submodule_search_locations or ())


def put_first(finder: Finder) -> None:
    """Make `finder` the one that is asked first, in place of a former one of ours."""
    remove()
    sys.meta_path.insert(0, finder)


def remove() -> None:
    """Take our finder away. Modules that were served stay where they are."""
    sys.meta_path[:] = [one for one in sys.meta_path if not isinstance(one, Finder)]
