"""What can go wrong, each with one line that says what and where.

ConversionError
├── NotebookError      the input is not a notebook, or one beyond the limits
├── Refused            the policy forbids a read, a write or a fetch
├── NoSuchFormat       no exporter of that name
├── NoSuchTemplate     no template of that name
├── TemplateError      a template that cannot be rendered
└── MissingProgram     an outside program or an extra of ours that is not installed
"""

from __future__ import annotations


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
