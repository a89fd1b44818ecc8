"""IPython's and ipykernel's names in a kernel: served by ipython-facade, and `get_ipython().kernel` made for them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from antiphon_exec_core.interpreter import Interpreter
from antiphon_ipython_facade import install as serve_names
from antiphon_kernel_base.streams import FrontendStream
from antiphon_python_kernel.capture import frontend_of_code

if TYPE_CHECKING:
    from antiphon_kernel_base.frontend import Frontend
    from antiphon_wire_protocol.message.messages import Message


def install(interpreter: Interpreter) -> None:
    """Serve the names in this process from now on."""
    interpreter.services["kernel"] = KernelFace(lambda: interpreter.face)
    serve_names(interpreter, "kernel", names={"ipykernel.iostream": {"OutStream": FrontendStream}})


class KernelFace:
    """`get_ipython().kernel`: what libraries ask of a kernel, and no more."""

    implementation = "antiphon"
    language = "python"

    def __init__(self, shell: Callable[[], Any]) -> None:
        self._shell = shell
        self.control_handlers: dict[str, Any] = {}
        self.shell_handlers: dict[str, Any] = {}
        self.comm_info: dict[str, Any] = {}

    @property
    def shell(self) -> Any:
        return self._shell()

    @property
    def comm_manager(self) -> Any:
        import comm

        return comm.get_comm_manager()

    @property
    def session(self) -> Any:
        return SessionFace()

    @property
    def io_loop(self) -> Any:
        """tornado's loop over the loop of the cells. Raises ImportError without tornado."""
        from tornado.ioloop import IOLoop

        _ = self.shell._services["eventloop"].loop
        return IOLoop.current()

    def get_parent(self, channel: str = "shell") -> dict[str, Any]:
        """The request whose cell is asking, in the nested form of upstream."""
        request = _request()
        if request is None:
            return {}
        from antiphon_python_kernel.comm_bridge import as_dictionary

        return as_dictionary(request)

    @property
    def _parent_header(self) -> dict[str, Any]:
        return self.get_parent()

    @property
    def _parent_ident(self) -> dict[str, Any]:
        request = _request()
        return {"shell": list(request.idents) if request is not None else []}

    @property
    def user_ns(self) -> dict[str, Any]:
        names: dict[str, Any] = self.shell.user_ns
        return names

    @property
    def banner(self) -> str:
        return str(self.shell.banner)

    def do_one_iteration(self) -> None:
        raise NotImplementedError("a cell cannot make the kernel take the next request; await instead")


class SessionFace:
    """`kernel.session`: who we are on the wire, and `send` for broadcasts."""

    @property
    def session(self) -> str:
        frontend = _frontend()
        return frontend.request.header.session if frontend is not None and frontend.request is not None else ""

    def send(
        self,
        stream: Any,
        msg_or_type: Any,
        content: dict[str, Any] | None = None,
        parent: Any = None,
        ident: Any = None,
        buffers: Any = None,
        **keys: Any,
    ) -> None:
        """Broadcast a message, as a child of the cell that asks. Raises RuntimeError where there is none."""
        from antiphon_wire_protocol.message.content import UnknownContent

        frontend = _frontend()
        if frontend is None:
            raise RuntimeError("no request has come yet: there is nobody to send to")
        kind = msg_or_type if isinstance(msg_or_type, str) else msg_or_type["header"]["msg_type"]
        body = content if isinstance(msg_or_type, str) else msg_or_type["content"]
        content_: Any = UnknownContent(kind, dict(body or {}))
        frontend.publish(content_, metadata=keys.get("metadata"), buffers=buffers or ())


def _frontend() -> Frontend | None:
    return frontend_of_code()


def _request() -> Message | None:
    frontend = _frontend()
    return None if frontend is None else frontend.request
