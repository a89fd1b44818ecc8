"""The application of a kernel, for who tests for it."""

from __future__ import annotations

from typing import Any

from IPython.core.application import BaseIPythonApplication
from traitlets.config.configurable import SingletonConfigurable

from antiphon_ipython_facade.session import current


class IPKernelApp(BaseIPythonApplication):
    """In a kernel of ours there is one: `initialized()` says so, `instance()` gives it."""

    name = "ipython-kernel"

    @classmethod
    def initialized(cls) -> bool:
        session = current()
        return (session is not None and session.flavour == "kernel") or super().initialized()

    @classmethod
    def instance(cls, *args: Any, **kwargs: Any) -> Any:
        return SingletonConfigurable.instance.__func__(cls, *args, **kwargs)  # type: ignore[attr-defined]

    @property
    def kernel(self) -> Any:
        session = current()
        return None if session is None else session.shell.kernel

    @property
    def shell(self) -> Any:
        session = current()
        return None if session is None else session.shell

    @property
    def connection_file(self) -> str:
        session = current()
        return str((session.services.get("connection_file") if session else None) or "")


def launch_new_instance(*args: Any, **kwargs: Any) -> None:
    raise NotImplementedError("kernels of Antiphon are started by `antiphon-kernel -f CONNECTION_FILE`")
