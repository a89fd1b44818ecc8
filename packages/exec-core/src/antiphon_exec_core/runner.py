"""Runs code objects in the user's namespace. The only `exec`, and the one context that all cells share.

Plain and awaiting code run in the same `contextvars.Context`, so a variable set in one cell is seen in the next,
also after an `await`. What the user raises goes on to the caller; nothing is caught here.
"""

from __future__ import annotations

from collections.abc import Callable
from contextvars import Context, ContextVar, copy_context
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from .compiler import Program, Step
    from .eventloop import EventLoop
    from .namespace import Namespace

T = TypeVar("T")
Show = Callable[[Any], None]

_home: ContextVar[object] = ContextVar("antiphon_runner", default=None)


class Runner:
    """Executes programs in `namespace`; `context` is the context they all run in."""

    def __init__(self, namespace: Namespace, eventloop: EventLoop) -> None:
        self.namespace = namespace
        self.eventloop = eventloop
        self.loop_runner = "asyncio"  # another one, by its name in `loop_runners`
        self.context: Context = copy_context()
        self.context.run(_home.set, self)

    def call(self, function: Callable[..., T], *arguments: Any) -> T:
        """Call something in the cells' context, also when it is entered already."""
        if _home.get() is self:
            return function(*arguments)
        return self.context.run(function, *arguments)

    def run(self, program: Program, show: Show) -> Any:
        """Run a program; `show` is called, in the cells' context, with each value to display.

        Returns the last value shown. Raises whatever the user's code raises.
        """
        if program.awaits:
            return self.await_(self.awaiting(program, show))
        eventloop = self.eventloop
        nested = _home.get() is self
        eventloop.enter(outermost=not nested)
        try:
            if nested:
                return self._plain(program.steps, show)
            return self.context.run(self._plain, program.steps, show)
        finally:
            eventloop.leave()

    def await_(self, coro: Any) -> Any:
        """Drive a coroutine to its end in the cells' context, from outside of it or from a plain cell inside it."""
        try:
            context = self.context
            if _home.get() is self:
                context = copy_context()  # a context cannot be entered twice
            try:
                if self.loop_runner != "asyncio":
                    from .loop_runners import find

                    return context.run(find(self.loop_runner), coro)
                return self.eventloop.drive(coro, context)
            finally:
                if context is not self.context:
                    _take_over(context)
        except BaseException:
            if hasattr(coro, "close"):
                coro.close()  # interrupted before it began: else Python would complain of it later, in another cell
            raise

    def _plain(self, steps: tuple[Step, ...], show: Show) -> Any:
        names = self.namespace.user_ns
        value = None
        for code, shown in steps:
            if shown:
                value = eval(code, names)
                show(value)
            else:
                exec(code, names)
        return value

    async def awaiting(self, program: Program, show: Show) -> Any:
        """`run` for code that awaits itself: a magic in an awaiting cell."""
        names = self.namespace.user_ns
        value = None
        for code, shown in program.steps:
            result = eval(code, names)
            if code.co_flags & 0x80:  # CO_COROUTINE: the code object awaits
                result = await result
            if shown:
                value = result
                show(value)
        return value


def _take_over(context: Context) -> None:
    """Set here what was set in a copy of this context."""
    for variable, value in context.items():
        if variable.get(context) is not value:
            variable.set(value)
