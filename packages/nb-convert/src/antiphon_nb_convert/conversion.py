"""`Conversion`: what every step of the pipeline takes and gives, and the one function that runs them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple, TypeAlias

from .policy import Policy

Notebook: TypeAlias = dict[str, Any]
"""A notebook of format 4.5 as plain JSON, its multi-line strings joined. A step never changes it in place."""

Cell: TypeAlias = dict[str, Any]


class Conversion(NamedTuple):
    """A notebook on its way.

    `resources` are what templates see beside it, under nbconvert's keys: `metadata` (name, path, modified_date),
    `output_extension`, `outputs` and so on. `files` are side files of the result: relative POSIX path to content.
    """

    notebook: Notebook
    resources: Mapping[str, Any]
    files: Mapping[str, bytes] = {}
    policy: Policy = Policy()

    def with_cells(self, cells: Iterable[Cell]) -> Conversion:
        """With other cells, the rest shared."""
        return self._replace(notebook={**self.notebook, "cells": list(cells)})

    def with_resources(self, **changed: Any) -> Conversion:
        """With these resources beside the others."""
        return self._replace(resources={**self.resources, **changed})

    @property
    def name(self) -> str:
        """What messages and files are called after."""
        return str(self.resources.get("metadata", {}).get("name", "notebook"))


Step: TypeAlias = Callable[[Conversion], Conversion]


def run(conversion: Conversion, steps: Iterable[Step]) -> Conversion:
    """One step after the other."""
    for step in steps:
        conversion = step(conversion)
    return conversion
