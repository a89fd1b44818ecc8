"""Toolkits whose event loop runs while a kernel waits."""

from __future__ import annotations

from typing import Any

from antiphon_exec_core.gui import TOOLKITS
from antiphon_ipython_facade.session import services

loop_map: dict[str, Any] = dict.fromkeys(TOOLKITS)


def enable_gui(gui: str | None, kernel: Any = None) -> None:
    """Run the loop of this toolkit from now on; None runs none."""
    services()["gui"].enable(gui)


def register_integration(*toolkitnames: str) -> Any:
    """Refused: the toolkits that are known are listed in `loop_map`."""
    raise NotImplementedError(f"a loop of one's own cannot be added for {', '.join(toolkitnames)}")
