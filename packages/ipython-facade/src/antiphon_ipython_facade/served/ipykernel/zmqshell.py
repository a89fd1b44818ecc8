"""The shell of a kernel. Small, since libraries look for this very module in `sys.modules`; the class comes late."""

from __future__ import annotations

from typing import Any


def _made() -> Any:
    from IPython.core.displaypub import DisplayPublisher
    from IPython.core.interactiveshell import InteractiveShell, InteractiveShellABC

    class ZMQInteractiveShell(InteractiveShell):
        """The shell of a kernel."""

        __module__ = "ipykernel.zmqshell"
        __qualname__ = "ZMQInteractiveShell"

        @property
        def parent_header(self) -> Any:
            return self.kernel.get_parent()

        def get_parent(self) -> Any:
            return self.kernel.get_parent()

        def set_parent(self, parent: Any) -> None:
            """Each output finds its own parent."""

        def mainloop(self) -> None:
            raise NotImplementedError("the kernel runs this shell")

        @property
        def data_pub(self) -> Any:
            raise NotImplementedError("data_pub went with IPython 5; ipyparallel's datapub has it")

    globals().update(
        ZMQInteractiveShell=ZMQInteractiveShell,
        ZMQDisplayPublisher=type("ZMQDisplayPublisher", (DisplayPublisher,), {"__module__": __name__}),
        InteractiveShell=InteractiveShell,
        InteractiveShellABC=InteractiveShellABC,
    )
    return globals()


def __getattr__(name: str) -> Any:
    if name in ("ZMQInteractiveShell", "ZMQDisplayPublisher", "InteractiveShell", "InteractiveShellABC"):
        return _made()[name]
    raise AttributeError(f"module 'ipykernel.zmqshell' has no attribute {name!r}")
