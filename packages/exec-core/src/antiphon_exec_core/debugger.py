"""The debugger as the rest knows it: look at an error, run something step by step, stop where one is.

pdb itself is imported with the first session. While an interpreter lives, `pdb` is its own: `breakpoint()`,
`pdb.set_trace()`, `pdb.pm()` and libraries that subclass `pdb.Pdb` get sessions that ask through the outlet.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import CodeType, FrameType, TracebackType
from typing import TYPE_CHECKING, Any

from .errors import UsageError

if TYPE_CHECKING:
    from .compiler import Compiler
    from .debug_session import DebugSession, Surroundings
    from .runner import Runner
    from .settings import LiveSettings


class Debugger:
    """Opens sessions. `number()` is the number of the running cell."""

    def __init__(
        self,
        compiler: Compiler,
        runner: Runner,
        settings: LiveSettings,
        magics: Callable[[], Any] = lambda: None,
        number: Callable[[], int] = lambda: 1,
    ) -> None:
        self._compiler = compiler
        self._runner = runner
        self._settings = settings
        self._magics = magics
        self._number = number
        self._replaced: dict[str, tuple[Any, Any]] = {}

    def session(self, breakpoint_: str = "", file: str = "") -> DebugSession:
        """A new session, perhaps with a breakpoint: `file:line`, or a line of `file`. Raises UsageError for another."""
        from .debug_session import DebugSession

        made = DebugSession(surroundings=self._surroundings())
        if breakpoint_:
            made.break_at(breakpoint_, file)
        return made

    def post_mortem(self, error: BaseException) -> None:
        """Look at `error` where it was raised."""
        if error.__traceback__ is None:
            print("No traceback available to debug.")
            return
        self.session().post_mortem(error)

    def look_into(self, error: BaseException) -> None:
        """What `%pdb on` asks for after a cell that failed: look at the error, if there is something to look at."""
        leaving = "bdb" in sys.modules and isinstance(error, sys.modules["bdb"].BdbQuit)
        if not leaving and not isinstance(error, (SyntaxError, KeyboardInterrupt, SystemExit, UsageError)):
            self.post_mortem(error)

    def run(self, source: str, breakpoint_: str = "") -> None:
        """Run Python text in the user's names, step by step from its first line; to await is fine."""
        program = self._compiler.compile(source, self._number(), "none", named=False)
        session = self.session(breakpoint_, program.filename)
        session.begin_at(program.filename)
        self._stepping(session, self._runner.run, program, _ignore)

    def run_code(self, code: CodeType, names: dict[str, Any], breakpoint_: str = "") -> None:
        """Run a file's code in `names` step by step from its first line; `breakpoint_` may be a line of it."""
        session = self.session(breakpoint_, code.co_filename)
        session.begin_at(code.co_filename)
        self._stepping(session, exec, code, names)

    def _stepping(self, session: DebugSession, function: Callable[..., Any], *arguments: Any) -> None:
        from bdb import BdbQuit

        print(f"NOTE: Enter 'c' at the {session.prompt} prompt to continue execution.")
        try:
            session.runcall(function, *arguments)
        except BdbQuit:
            return
        finally:
            session.end()

    def set_trace(self, frame: FrameType | None = None, header: str | None = None) -> None:
        """Stop at the next line of `frame`, the caller's if none is given."""
        session = self.session()
        if header is not None:
            session.message(header)
        session.set_trace(sys._getframe(1) if frame is None else frame)

    # -- pdb as the user imports it --------------------------------------------------------------------------------

    def adopt_pdb(self) -> None:
        """Let `pdb` open sessions of ours, until `release_pdb`."""

        def set_trace(*, header: str | None = None, commands: Any = None) -> None:
            """Stop here."""
            session = self.session()
            session.rcLines.extend(commands or ())
            if header is not None:
                session.message(header)
            session.set_trace(sys._getframe(1))

        def post_mortem(t: BaseException | TracebackType | None = None) -> None:
            """Look at an exception or traceback: the one given, or the one being handled."""
            found = sys.exception() if t is None else t
            if isinstance(found, BaseException) and found.__traceback__ is not None:
                self.session().post_mortem(found)
            elif isinstance(found, TracebackType):
                session = self.session()
                session.reset()
                session.interaction(None, found)
            else:
                raise ValueError("A valid traceback must be passed if no exception is being handled")

        self._replace("set_trace", set_trace)
        self._replace("post_mortem", post_mortem)
        if f"{__package__}.debug_session" not in sys.modules:  # else it is that module which imports pdb just now
            self._surroundings()

    def _surroundings(self) -> Surroundings:
        from .debug_session import DebugSession, Surroundings, use_surroundings

        own = Surroundings(self._settings, self._compiler.numbers, self._magics(), self._compiler)
        if self._replaced:
            use_surroundings(own)
            self._replace("Pdb", DebugSession)
        return own

    def _replace(self, name: str, ours: Any) -> None:
        former = getattr(sys.modules["pdb"], name)
        if former is not ours:
            self._replaced[name] = former, ours
            setattr(sys.modules["pdb"], name, ours)

    def release_pdb(self) -> None:
        """Give `pdb` back as it was, unless another has taken it since."""
        for name, (former, ours) in self._replaced.items():
            if getattr(sys.modules["pdb"], name) is ours:
                setattr(sys.modules["pdb"], name, former)
        self._replaced = {}


def _ignore(value: Any) -> None:
    """Shows nothing: the value of a statement that is stepped through is not a result."""
