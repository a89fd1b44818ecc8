"""Magics of before that are not here any more, each with what to do instead."""

from __future__ import annotations

from ..errors import UsageError


def pastebin(line: str) -> None:
    """`%pastebin`: refused."""
    raise UsageError("%pastebin would send your code to a public site: %save it and send the file yourself")


def sc(line: str) -> None:
    """`%sc`: refused."""
    raise UsageError("%sc was replaced: write `name = !command`")


def autosave(line: str) -> None:
    """`%autosave`: refused."""
    raise UsageError("documents are saved by the frontend: set the interval there")


def autoindent(line: str) -> None:
    """`%autoindent`: refused."""
    raise UsageError("the prompt indents by itself; text that is pasted is left as it is")


def cpaste(line: str) -> None:
    """`%cpaste`: refused."""
    raise UsageError("paste at the prompt: prompts and indentation of pasted text are taken care of")


def paste(line: str) -> None:
    """`%paste`: refused."""
    raise UsageError("paste at the prompt with the keys of your terminal: it is taken as one cell")


def pylab(line: str) -> None:
    """`%pylab`: refused."""
    raise UsageError(
        "%pylab hides where names come from: `%matplotlib`, `import numpy as np`, `import matplotlib.pyplot as plt`"
    )
