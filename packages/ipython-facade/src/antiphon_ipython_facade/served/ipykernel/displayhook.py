"""What becomes of a cell's value in a kernel."""

from IPython.core.displayhook import DisplayHook as ZMQShellDisplayHook

ZMQDisplayHook = ZMQShellDisplayHook

__all__ = ["ZMQDisplayHook", "ZMQShellDisplayHook"]
