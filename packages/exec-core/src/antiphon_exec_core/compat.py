"""The face that `get_ipython()` gives to users and libraries: IPython's names, forwarded to our parts.

It holds no state. Nobody of us imports it but the interpreter, which puts it into the user's names.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from .cell import Outcome
from .outputs import current_outlet
from .services import Services


class ExecutionResult:
    """What `run_cell` returns: an `Outcome` under the names of IPython."""

    def __init__(self, outcome: Outcome) -> None:
        self.outcome = outcome
        self.info = outcome.info
        self.execution_count = outcome.execution_count
        self.result = outcome.value
        # no frame of the user's: it was no Python, or a transform refused it
        early = outcome.exception is not None and outcome.exception.__traceback__ is None
        self.error_before_exec = outcome.exception if early else None
        self.error_in_exec = None if early else outcome.exception

    @property
    def success(self) -> bool:
        return self.outcome.ok

    def raise_error(self) -> None:
        """Raise what the cell raised, if it did."""
        if self.outcome.exception is not None:
            raise self.outcome.exception

    def __repr__(self) -> str:
        return f"<ExecutionResult execution_count={self.execution_count} success={self.success} result={self.result!r}>"


class AfterCell:
    """A function of the user's that is told of cells that ran: it gets an `ExecutionResult`, our hooks the outcome."""

    def __init__(self, function: Callable[..., Any]) -> None:
        self.function = function

    def __call__(self, outcome: Outcome) -> Any:
        return self.function(ExecutionResult(outcome))

    def __eq__(self, other: object) -> bool:
        return self.function == (other.function if isinstance(other, AfterCell) else other)

    def __hash__(self) -> int:
        return hash(self.function)

    def __repr__(self) -> str:
        return repr(self.function)


def as_hook(event: str, function: Callable[..., Any]) -> Callable[..., Any]:
    """The hook that calls a function as IPython does at that moment. Raises TypeError where it is no function."""
    if not callable(function):
        raise TypeError(f"Need a callable, got {function!r}")
    return AfterCell(function) if event == "post_run_cell" else function


class Events:
    """`ip.events`: register and unregister, by moment."""

    def __init__(self, services: Services) -> None:
        self._services = services

    def register(self, event: str, function: Callable[..., Any]) -> None:
        self._services["hooks"].register(event, as_hook(event, function))

    def unregister(self, event: str, function: Callable[..., Any]) -> None:
        self._services["hooks"].unregister(event, as_hook(event, function))

    def trigger(self, event: str, *arguments: Any) -> None:
        self._services["hooks"].fire(event, *arguments)


class DisplayFormatter:
    """`ip.display_formatter`: `formatters` by MIME type, `format`, and the two that stand beside."""

    def __init__(self, services: Services) -> None:
        self._displayer = services["displayer"]

    @property
    def formatters(self) -> Any:
        return self._displayer.formatters

    @property
    def ipython_display_formatter(self) -> Any:
        return self._displayer.own_display

    @property
    def mimebundle_formatter(self) -> Any:
        return self._displayer.mimebundle

    @property
    def active_types(self) -> list[str]:
        return [mime for mime, formatter in self._displayer.formatters.items() if formatter.enabled]

    @active_types.setter
    def active_types(self, mimes: list[str]) -> None:
        for mime, formatter in self._displayer.formatters.items():
            formatter.enabled = mime in mimes

    @property
    def format_types(self) -> list[str]:
        return list(self._displayer.formatters)

    def format(self, obj: Any, include: Any = None, exclude: Any = None) -> tuple[dict[str, Any], dict[str, Any]]:
        found: tuple[dict[str, Any], dict[str, Any]] = self._displayer.format(obj, include, exclude)
        return found


class HistoryManager:
    """`ip.history_manager`: what was typed and what came of it."""

    def __init__(self, services: Services) -> None:
        self._services = services

    @property
    def session_number(self) -> int:
        return int(self._services["history"].session_number)

    @property
    def input_hist_parsed(self) -> list[str]:
        inputs: list[str] = self._services["namespace"].inputs
        return inputs

    @property
    def input_hist_raw(self) -> list[str]:
        names = self._services["namespace"]
        return [str(names.user_ns.get(f"_i{number}", "")) for number in range(len(names.inputs))]

    @property
    def output_hist(self) -> dict[int, Any]:
        outputs: dict[int, Any] = self._services["namespace"].outputs
        return outputs

    def get_tail(self, n: int = 10, raw: bool = True, output: bool = False, include_latest: bool = False) -> Any:
        if include_latest:
            return self._services["history"].tail(n, raw=raw, output=output)
        return self._services["history"].tail(n + 1, raw=raw, output=output)[:-1]  # the newest is the one that asks

    def get_range(
        self, session: int = 0, start: int = 1, stop: int | None = None, raw: bool = True, output: bool = False
    ) -> Any:
        return self._services["history"].range(session, start, stop, raw=raw, output=output)

    def search(
        self, pattern: str = "*", raw: bool = True, output: bool = False, n: int | None = None, unique: bool = False
    ) -> Any:
        return self._services["history"].search(pattern, raw=raw, output=output, n=n, unique=unique)


class Shell:
    """`get_ipython()`: forwards, nothing more."""

    def __init__(self, services: Services) -> None:
        self._services = services

    # -- running -----------------------------------------------------------------------------------------------

    def run_cell(
        self,
        raw_cell: str,
        store_history: bool = False,
        silent: bool = False,
        shell_futures: bool = True,
        cell_id: str | None = None,
    ) -> ExecutionResult:
        return ExecutionResult(self._services["run_code"](raw_cell, silent=silent, store_history=store_history))

    def run_line_magic(self, magic_name: str, line: str, _stack_depth: int = 1) -> Any:
        return self._services["magics"].run_line(magic_name, line)

    def run_cell_magic(self, magic_name: str, line: str, cell: str) -> Any:
        return self._services["magics"].run_cell(magic_name, line, cell)

    async def await_line_magic(self, magic_name: str, line: str) -> Any:
        """What `%name line` is in a cell that awaits: a magic that awaits has to be awaited there."""
        return await self._services["magics"].awaited_line(magic_name, line)

    async def await_cell_magic(self, magic_name: str, line: str, cell: str) -> Any:
        return await self._services["magics"].awaited_cell(magic_name, line, cell)

    def magic(self, text: str) -> Any:
        name, _, line = text.lstrip("%").partition(" ")
        return self.run_line_magic(name, line)

    def system(self, command: str) -> None:
        from .shell_escape import system

        command = self._services["magics"].expand(command)
        system(command, self._services["namespace"], self._services["settings"].current.system_raise_on_error)

    def getoutput(self, command: str, split: bool = True, depth: int = 0) -> Any:
        from .shell_escape import getoutput

        lines = getoutput(self._services["magics"].expand(command))
        return lines if split else lines.n

    def ev(self, expression: str) -> Any:
        return eval(expression, self.user_ns)

    def ex(self, code: str) -> None:
        exec(code, self.user_ns)

    def transform_cell(self, raw_cell: str) -> str:
        return str(self._services["transformer"].transform(raw_cell))

    def check_complete(self, code: str) -> tuple[str, str]:
        status, indent = self._services["transformer"].check_complete(code)
        return status, indent or ""

    def var_expand(self, text: str, depth: int = 0) -> str:
        return str(self._services["magics"].expand(text))

    # -- names -------------------------------------------------------------------------------------------------

    @property
    def user_ns(self) -> dict[str, Any]:
        names: dict[str, Any] = self._services["namespace"].user_ns
        return names

    user_global_ns = user_ns

    @property
    def user_module(self) -> Any:
        return self._services["namespace"].module

    @property
    def user_ns_hidden(self) -> dict[str, Any]:
        hidden: dict[str, Any] = self._services["namespace"].hidden
        return hidden

    def push(self, variables: Mapping[str, Any] | list[str] | str, interactive: bool = True) -> None:
        if isinstance(variables, Mapping):
            self._services["namespace"].push(variables, hidden=not interactive)
            return
        import sys

        frame = sys._getframe(1)
        names = variables.split() if isinstance(variables, str) else variables
        found = {name: frame.f_locals.get(name, frame.f_globals.get(name)) for name in names}
        self._services["namespace"].push(found, hidden=not interactive)

    def drop_by_id(self, variables: Mapping[str, Any]) -> None:
        names = self._services["namespace"]
        names.drop([name for name, value in variables.items() if names.user_ns.get(name) is value])

    def reset(self, new_session: bool = True, aggressive: bool = False) -> None:
        self._services["namespace"].reset()

    @property
    def execution_count(self) -> int:
        return int(self._services["number"]())

    # -- magics, extensions, hooks -------------------------------------------------------------------------------

    def register_magic_function(
        self, func: Callable[..., Any], magic_kind: str = "line", magic_name: str | None = None
    ) -> None:
        magics = self._services["magics"]
        for kind in ("line", "cell") if magic_kind == "line_cell" else (magic_kind,):
            magics.register(func, kind, magic_name)

    def find_magic(self, magic_name: str, magic_kind: str = "line") -> Any:
        return self._services["magics"].find(magic_name, magic_kind)

    def find_line_magic(self, magic_name: str) -> Any:
        return self.find_magic(magic_name, "line")

    def find_cell_magic(self, magic_name: str) -> Any:
        return self.find_magic(magic_name, "cell")

    @property
    def events(self) -> Events:
        return Events(self._services)

    @property
    def display_formatter(self) -> DisplayFormatter:
        return DisplayFormatter(self._services)

    @property
    def history_manager(self) -> HistoryManager:
        return HistoryManager(self._services)

    @property
    def extension_manager(self) -> Any:
        return self._services["extensions"]

    @property
    def ast_transformers(self) -> list[Any]:
        transformers: list[Any] = self._services["compiler"].ast_transformers
        return transformers

    @property
    def input_transformers_cleanup(self) -> list[Any]:
        transforms: list[Any] = self._services["transformer"].cleanup
        return transforms

    @property
    def input_transformers_post(self) -> list[Any]:
        transforms: list[Any] = self._services["transformer"].post
        return transforms

    @property
    def kernel(self) -> Any:
        if "kernel" not in self._services:
            raise AttributeError("kernel")
        return self._services["kernel"]

    # -- showing -----------------------------------------------------------------------------------------------

    def showtraceback(self, exc_tuple: Any = None, *_: Any, **__: Any) -> None:
        """Show an exception: the one given as `(type, value, traceback)`, or the one being handled."""
        import sys

        error = exc_tuple[1] if exc_tuple else (sys.exc_info()[1] or self._services["tracebacks"].last)
        if error is None:
            print("No traceback available to show.")
        else:
            self._services["tracebacks"].show(error)

    showsyntaxerror = showtraceback

    def set_custom_exc(self, exc_tuple: tuple[type[BaseException], ...], handler: Callable[..., Any] | None) -> None:
        """Let `handler(shell, type, value, traceback, tb_offset=None)` show errors of these types; None: as ever."""

        def handle(error: BaseException) -> Any:
            assert handler is not None
            return handler(self, type(error), error, error.__traceback__, tb_offset=None)

        self._services["tracebacks"].set_custom(tuple(exc_tuple), handle if handler is not None else None)

    def set_next_input(self, text: str, replace: bool = False) -> None:
        self._services["set_next_input"](text, replace)

    def show_usage(self) -> None:
        """Bare `?`: what there is beyond Python, on a page."""
        from .builtin_magics.helping import INTRODUCTION

        self._services["page"]({"text/plain": INTRODUCTION})

    def ask_exit(self) -> None:
        self._services["payload"].append({"source": "ask_exit", "keepkernel": False})

    def complete(self, text: str, line: str | None = None, cursor_pos: int | None = None) -> tuple[str, list[str]]:
        line = text if line is None else line
        found = self._services["completer"].complete(line, len(line) if cursor_pos is None else cursor_pos)
        return line[found.start : found.end], list(found.matches)

    def enable_gui(self, gui: str | None = None) -> None:
        """Run the event loop of a toolkit while nothing else runs, or (None) of none."""
        self._services["gui"].enable(gui)

    def enable_matplotlib(self, gui: str | None = None) -> Any:
        return self.run_line_magic("matplotlib", gui or "")

    def raw_input(self, prompt: str = "") -> str:
        return current_outlet().ask(prompt)
