"""Magics that are shell commands by their own name: `%ls`, `%mkdir folder`, `%cat file` ..."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

from ..shell_escape import system

_COLOUR = " --color" if os.uname().sysname == "Linux" else ""
_LONG = f"ls -F -o{_COLOUR}"


def _alias(command: str, behind: str = "") -> Callable[[str, Any], None]:
    def run(line: str, namespace: Any) -> None:
        system(f"{command} {line}{behind}", namespace)

    run.__doc__ = f"`{command} ...{behind}`, in the shell."
    return run


ls = _alias(f"ls -F{_COLOUR}")
ll = _alias(_LONG)
lf = _alias(_LONG, " | grep ^-")
lk = _alias(_LONG, " | grep ^l")
ldir = _alias(_LONG, " | grep /$")
lx = _alias(_LONG, " | grep ^-..x")
mkdir = _alias("mkdir")
rmdir = _alias("rmdir")
mv = _alias("mv")
rm = _alias("rm")
cp = _alias("cp")
cat = _alias("cat")
