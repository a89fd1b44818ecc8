"""What can go wrong, each with one line that says what and where.

ConversionError
├── NotebookError      the input is not a notebook, or one beyond the limits
├── Refused            the policy forbids a read, a write or a fetch
├── NoSuchFormat       no exporter of that name
├── NoSuchTemplate     no template of that name
├── TemplateError      a template that cannot be rendered
├── MissingProgram     an outside program or an extra of ours that is not installed
└── ExecutionError     a notebook that did not run to its end; `failure` and `notebook` tell how far it came
    ├── NoKernel       there is none to run it on, or it did not start
    ├── CellFailed     a cell raised
    ├── CellTimeout    a cell took longer than it may
    ├── KernelLost     the kernel ended while it was needed
    └── Interrupted    the run was stopped from outside
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .conversion import Notebook
    from .execution.results import Failure


class ConversionError(Exception):
    """The root: its text is one line for people."""


class NotebookError(ConversionError):
    """The input is not a notebook, or one beyond the limits."""


class Refused(ConversionError):
    """The policy forbids a read, a write or a fetch."""


class NoSuchFormat(ConversionError):
    """No exporter of that name."""


class NoSuchTemplate(ConversionError):
    """No template of that name."""


class TemplateError(ConversionError):
    """A template that cannot be rendered."""


class MissingProgram(ConversionError):
    """An outside program, or an extra of ours, that is not installed; the text says how to get it."""


class ExecutionError(ConversionError):
    """A notebook that did not run to its end. `notebook` is it with what has run, `failure` where and why it ended."""

    def __init__(self, failure: Failure, notebook: Notebook) -> None:
        super().__init__(str(failure))
        self.failure = failure
        self.notebook = notebook


class NoKernel(ExecutionError):
    """There is no kernel to run it on, or it did not start."""


class CellFailed(ExecutionError):
    """A cell raised; `failure` has name, value and traceback."""


class CellTimeout(ExecutionError):
    """A cell took longer than it may."""


class KernelLost(ExecutionError):
    """The kernel ended while it was needed; the text names the cell and how it ended."""


class Interrupted(ExecutionError):
    """The run was stopped from outside."""
