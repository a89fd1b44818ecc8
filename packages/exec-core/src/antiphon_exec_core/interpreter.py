"""`Interpreter`: builds the parts and owns one pipeline, `run`: transform, compile, run, one after another.

No part is given the interpreter; each receives what it uses. Parts that a first cell does not need are made when
they are first asked for, since a kernel's start is paid at every start.
"""

from __future__ import annotations

import builtins
import sys
from collections.abc import Callable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

from .cell import Cell, ErrorReport, Outcome
from .compiler import CellFilename, Compiler
from .compiler import cell_filename as default_filename
from .display import display, use_displayer
from .displayer import Displayer
from .eventloop import EventLoop
from .hooks import Hooks, RunInfo
from .import_watch import ImportWatch
from .namespace import Namespace
from .outputs import Outlet, Result, bind_outlet, current_outlet
from .prefilter import prefilter
from .runner import Runner
from .services import Services
from .settings import LiveSettings, Settings
from .transformer import Transformer

if TYPE_CHECKING:
    from .completer import Completer, Completion
    from .debugger import Debugger
    from .extensions import Extensions
    from .gui import Gui
    from .history import History
    from .inspector import Inspector
    from .magics import Magics
    from .tracebacks import Tracebacks

T = TypeVar("T")


class Leave:
    """`exit` and `quit`: asks the frontend to end the session."""

    autocall = True

    def __init__(self, payload: list[dict[str, Any]]) -> None:
        self._payload = payload

    def __call__(self, keep_kernel: bool = False) -> None:
        self._payload.append({"source": "ask_exit", "keepkernel": bool(keep_kernel)})

    def __repr__(self) -> str:
        return "Type exit or quit to leave."


class Interpreter:
    """An interactive Python.

    `execution_count` is the number that the next remembered cell gets, from 1. `cell_filename(source, number)` names
    code objects; `services` are further objects that magics and extensions may ask for; `face(services)` makes what
    `get_ipython()` returns.
    """

    def __init__(
        self,
        settings: Settings | None = None,
        *,
        history: History | None = None,
        cell_filename: CellFilename = default_filename,
        eventloop: EventLoop | None = None,
        services: Mapping[str, Any] | None = None,
        face: Callable[[Services], Any] | None = None,
    ) -> None:
        self.settings = LiveSettings(settings)
        current = self.settings.current
        self.execution_count = 1
        self.payload: list[dict[str, Any]] = []
        self.last_outcome: Outcome | None = None  # of the last cell that was remembered
        self.namespace = Namespace(cache_size=current.cache_size, cache_bytes=current.cache_bytes)
        self.transformer = Transformer()
        self.compiler = Compiler(cell_filename, current.ast_node_interactivity)
        self.eventloop = EventLoop() if eventloop is None else eventloop
        self.runner = Runner(self.namespace, self.eventloop)
        self.displayer = Displayer(self._report)
        self.hooks = Hooks(self._report)
        self._history = history
        self._face = face
        self._watch = ImportWatch()
        self._watch.after("linecache", self.compiler.flush)
        self.services = Services(
            {name: lambda name=name: getattr(self, name) for name in _PARTS},  # type: ignore[misc]
            {
                "run_code": self.run_code,
                "set_next_input": self.set_next_input,
                "page": self.page,
                "number": lambda: self.execution_count,
                "last_outcome": lambda: self.last_outcome,
                "evaluate": self.evaluate,
                **(services or {}),
            },
        )
        self.settings.listeners.append(self._apply)
        self._apply(current)
        self._install(current)

    # -- parts made on demand ----------------------------------------------------------------------------------

    @cached_property
    def tracebacks(self) -> Tracebacks:
        from .tracebacks import Tracebacks

        now = self.settings.current
        return Tracebacks(self.compiler.numbers, now.xmode, now.coloured(), now.context_lines, self.compiler.flush)

    @cached_property
    def magics(self) -> Magics:
        from .magics import Magics

        return Magics(self.services)

    @cached_property
    def history(self) -> History:
        from .history import History, default_path

        if self._history is not None:
            return self._history
        now = self.settings.current
        path = (now.history_file or default_path()) if now.history_enabled else ":memory:"
        return History(path, log_output=now.history_outputs)

    @cached_property
    def completer(self) -> Completer:
        from .completer import Completer

        return Completer(self.namespace, self.magics, self.settings)

    @cached_property
    def inspector(self) -> Inspector:
        from .inspector import Inspector

        return Inspector(self.namespace, self.magics, self.compiler)

    @cached_property
    def extensions(self) -> Extensions:
        from .extensions import Extensions

        return Extensions(self.services, lambda: self.face)

    @cached_property
    def debugger(self) -> Debugger:
        from .debugger import Debugger

        return Debugger(self.compiler, self.runner, self.settings, lambda: self.magics, lambda: self.execution_count)

    @cached_property
    def gui(self) -> Gui:
        from .gui import Gui

        return Gui(self.eventloop)

    @cached_property
    def face(self) -> Any:
        """What `get_ipython()` gives to users."""
        if self._face is not None:
            return self._face(self.services)
        from .compat import Shell

        return Shell(self.services)

    def use_face(self, face: Callable[[Services], Any]) -> None:
        """From now on `get_ipython()` gives what `face(services)` makes."""
        self._face = face
        self.__dict__.pop("face", None)
        self.services.forget("face")

    # -- running -----------------------------------------------------------------------------------------------

    def run(self, cell: Cell, outlet: Outlet) -> Outcome:
        """Run a cell; what it says goes to `outlet`. What the user's code raises is in the outcome, never raised."""
        self.payload.clear()
        self.runner.call(bind_outlet, outlet)
        try:
            outcome = self._run(cell, outlet)
        except KeyboardInterrupt as error:  # it came between two steps of ours
            outcome = Outcome(self.execution_count - 1, None, self._failed(error, outlet, cell.silent), error)
        if self.payload:
            outcome.payload = tuple(self.payload)
        return outcome

    def run_code(self, source: str, *, silent: bool = False, store_history: bool = False) -> Outcome:
        """Run text as a cell inside the running one, to the same outlet."""
        return self._run(Cell(source, silent, store_history), current_outlet())

    def call(self, function: Callable[[], T], outlet: Outlet) -> T:
        """Call something in the cells' context, with `outlet` as the one it speaks to."""
        self.runner.call(bind_outlet, outlet)
        return self.runner.call(function)

    def _run(self, cell: Cell, outlet: Outlet) -> Outcome:
        code, number, stored = cell.code, self.execution_count, cell.store_history
        if not code or code.isspace():
            return Outcome(number - 1)
        hooks, runner = self.hooks, self.runner
        value = error = None
        exception: BaseException | None = None
        try:
            source, problem = self._transformed(code), None
        except Exception as raised:  # a transform of the user's
            source, problem = code, raised
        if stored:
            raw, plain = code.rstrip("\n"), source.rstrip("\n")
            if plain == raw:
                plain = raw  # one text in memory, not two
            self.namespace.store_input(number, raw, plain)
            self.history.append(number, raw, plain)
        if hooks.pre_execute:
            runner.call(hooks.fire, "pre_execute")
        info = RunInfo(code, source, stored, cell.silent, cell.cell_id, cell.metadata)
        if hooks.pre_run_cell and not cell.silent:
            runner.call(hooks.fire, "pre_run_cell", info)
        try:
            if problem is not None:
                raise problem
            program = self.compiler.compile(source, number)
            value = runner.run(program, _ignore if cell.silent else self._show)
        except BaseException as raised:
            exception = raised
            error = self._failed(raised, outlet, cell.silent)
            if self.settings.current.pdb and not cell.silent:
                runner.call(self.debugger.look_into, raised)
        if stored:
            self.execution_count = number + 1
            if error is None and "tracebacks" in self.__dict__:
                self._release_frames(source)
        outcome = Outcome(number, value, error, exception)
        outcome.info = info
        if stored:
            self.last_outcome = outcome
        if hooks.post_execute:
            runner.call(hooks.fire, "post_execute")
        if hooks.post_run_cell and not cell.silent:
            runner.call(hooks.fire, "post_run_cell", outcome)
        return outcome

    def _release_frames(self, source: str) -> None:
        """The last error has been got over, unless its frames may still be looked into."""
        now = self.settings.current
        if now.release_frames and not now.pdb and not source.lstrip().startswith("get_ipython()"):  # `%debug`, `x?`
            self.tracebacks.release()

    def _transformed(self, code: str) -> str:
        source = self.transformer.transform(code)
        if source.find("\n") == len(source) - 1:
            now = self.settings.current
            if now.automagic or now.autocall:
                return prefilter(source, self.namespace.user_ns, self._has_magic, now.automagic, now.autocall)
        return source

    def _has_magic(self, name: str) -> bool:
        return self.magics.has(name, "line")

    def _show(self, value: Any) -> None:
        """Show a result and remember it."""
        if value is None:
            return
        number = self.execution_count
        data, metadata = self.displayer.format(value)
        self.namespace.store_result(number, value)
        if data:
            current_outlet().emit(Result(number, data, metadata))
            if "text/plain" in data:
                self.history.append_output(number, data["text/plain"])

    def _failed(self, error: BaseException, outlet: Outlet, silent: bool) -> ErrorReport:
        try:
            if silent:
                return self.tracebacks.report(error)
            return self.runner.call(self.tracebacks.emit, error, outlet)
        except KeyboardInterrupt:  # a second interrupt, while the first is being told of
            return ErrorReport(type(error).__name__, "", (type(error).__name__,))

    def _report(self, error: BaseException) -> None:
        """A formatter or hook failed."""
        self.tracebacks.emit(error, current_outlet(), keep=False)

    # -- asking ------------------------------------------------------------------------------------------------

    def complete(self, code: str, cursor_pos: int | None = None) -> Completion:
        """What could stand at the cursor (code points). Never raises."""
        return self.completer.complete(code, cursor_pos)

    def inspect(
        self, code: str, cursor_pos: int | None = None, detail_level: int = 0, omit_sections: tuple[str, ...] = ()
    ) -> dict[str, str] | None:
        """A MIME bundle about the object at the cursor; None when it is nothing known."""
        from .inspector import as_mime

        info = self.inspector.inspect(code, cursor_pos, detail_level)
        return (
            None
            if info is None
            else as_mime(info, detail_level, omit_sections, colour=self.settings.current.coloured())
        )

    def is_complete(self, code: str) -> tuple[str, str | None]:
        """`(status, indent)` of a text that is being typed."""
        return self.transformer.check_complete(code)

    def evaluate(self, expressions: Mapping[str, str]) -> dict[str, Any]:
        """The values of expressions, shown: `{"status": "ok", "data", "metadata"}`, or an error with its traceback."""
        return {name: self.runner.call(self._evaluated, source) for name, source in expressions.items()}

    def _evaluated(self, source: str) -> dict[str, Any]:
        try:
            value = eval(source, self.namespace.user_ns)
            data, metadata = self.displayer.format(value)
        except BaseException as error:
            report = self.tracebacks.report(error, keep=False)
            return {
                "status": "error",
                "ename": report.ename,
                "evalue": report.evalue,
                "traceback": list(report.traceback),
            }
        return {"status": "ok", "data": data, "metadata": metadata}

    # -- what a cell asks of the frontend ------------------------------------------------------------------------

    def set_next_input(self, text: str, replace: bool = False) -> None:
        """Put text into the next cell, or (`replace`) into this one."""
        self.payload[:] = [item for item in self.payload if item["source"] != "set_next_input"]
        self.payload.append({"source": "set_next_input", "text": text, "replace": replace})

    def page(self, data: dict[str, Any] | str, start: int = 0) -> None:
        """Show a MIME bundle, or text, in the frontend's pager."""
        bundle = {"text/plain": data} if isinstance(data, str) else data
        self.payload.append({"source": "page", "data": bundle, "start": start})

    # -- life ------------------------------------------------------------------------------------------------------

    def _apply(self, now: Settings) -> None:
        """Hand the settings in force to the parts that keep one of their own."""
        self.compiler.interactivity = now.ast_node_interactivity
        self.compiler.autoawait = now.autoawait
        self.runner.loop_runner = now.loop_runner
        self.displayer.pretty_print = now.pretty_print
        self.displayer.max_seq_length = now.max_seq_length
        self.displayer.float_format = now.float_precision
        self.namespace.outputs.size = now.cache_size
        self.namespace.outputs.limit = now.cache_bytes
        made = self.__dict__
        if "tracebacks" in made:
            self.tracebacks.mode = now.xmode
            self.tracebacks.context_lines = now.context_lines
            self.tracebacks.use_colour(now.coloured())

    def _install(self, now: Settings) -> None:
        """Put our names into the user's, and where libraries look for them."""

        def get_ipython() -> Any:
            """The face of this session."""
            return self.face

        leave = Leave(self.payload)
        self.namespace.push({"get_ipython": get_ipython, "display": display, "exit": leave, "quit": leave}, hidden=True)
        use_displayer(self.displayer)
        self._displayhook, sys.displayhook = sys.displayhook, self._show
        self._builtins = {"get_ipython": get_ipython, "display": display} if now.install_builtins else {}
        vars(builtins).update(self._builtins)
        if now.install_builtins:
            self._watch.after("pdb", lambda: self.debugger.adopt_pdb())
        if now.own_main:
            self.namespace.install_main()

    def close(self) -> None:
        """Write the history, end the event loop, and take back what was put outside."""
        self.namespace.remove_main()
        if sys.displayhook == self._show:
            sys.displayhook = self._displayhook
        for name, value in self._builtins.items():
            if getattr(builtins, name, None) is value:
                delattr(builtins, name)
        self._watch.close()
        if "gui" in self.__dict__:
            self.gui.disable()
        if "debugger" in self.__dict__:
            self.debugger.release_pdb()
        if "history" in self.__dict__:
            self.history.close()
        self.eventloop.close()


def _ignore(value: Any) -> None:
    """Shows nothing: a silent cell's way."""


_PARTS = (
    "namespace",
    "displayer",
    "history",
    "completer",
    "inspector",
    "magics",
    "hooks",
    "extensions",
    "runner",
    "transformer",
    "compiler",
    "tracebacks",
    "debugger",
    "gui",
    "settings",
    "eventloop",
    "payload",
    "face",
)
