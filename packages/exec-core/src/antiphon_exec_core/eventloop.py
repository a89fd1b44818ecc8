"""The event loop that awaiting cells share, made when one is first needed and kept.

asyncio is not imported here at start: only a cell that awaits, or that imports asyncio itself, brings it. During a
plain cell the idle loop is marked as the running one, so that `asyncio.create_task` works there as it does in an
awaiting cell; the tasks then proceed whenever the owner runs the loop. The checks with which asyncio refuses a second
loop do not see that mark, so `asyncio.run` works in a plain cell too.
"""

from __future__ import annotations

from _thread import get_ident
from typing import TYPE_CHECKING, Any

from .import_watch import ImportWatch

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable, Coroutine
    from contextvars import Context
    from types import FrameType

_GRACE = 2.0  # seconds an interrupted cell has to clean up


class _Interrupts:
    """SIGINT while a coroutine is driven: never inside asyncio's own bookkeeping, where it could lose a callback."""

    def __init__(self, task: asyncio.Task[Any], loop: asyncio.AbstractEventLoop) -> None:
        import signal
        import threading

        self.count = 0
        self._task = task
        self._loop = loop
        self._former: Any = None
        if threading.current_thread() is threading.main_thread():
            former = signal.getsignal(signal.SIGINT)
            if callable(former):
                self._former = former
                signal.signal(signal.SIGINT, self._interrupted)

    def _interrupted(self, signum: int, frame: FrameType | None) -> None:
        import asyncio

        __tracebackhide__ = "__antiphon_end__"
        self.count += 1
        if self.count > 1 or asyncio.current_task(self._loop) is not None:
            raise KeyboardInterrupt
        self._task.cancel()
        self._loop.call_soon_threadsafe(lambda: None)  # wakes the loop

    def close(self) -> None:
        if self._former is not None:
            import signal

            signal.signal(signal.SIGINT, self._former)


class EventLoop:
    """A lazy asyncio loop for one thread. `on_create(loop)` is called once, when the loop has been made."""

    def __init__(self, on_create: Callable[[asyncio.AbstractEventLoop], None] | None = None) -> None:
        self.on_create = on_create
        self._runner: asyncio.Runner | None = None
        self._depth = 0
        self._thread = 0
        self._watch = ImportWatch()
        self._watching = False
        self._patched: tuple[Any, Any] | None = None

    @property
    def created(self) -> bool:
        return self._runner is not None

    @property
    def loop(self) -> asyncio.AbstractEventLoop:
        """The loop; made now if there is none yet."""
        import asyncio

        if self._runner is None:
            self._runner = asyncio.Runner()
            loop = self._runner.get_loop()
            self._hide_idle_mark()
            if self.on_create is not None:
                self.on_create(loop)
        return self._runner.get_loop()

    def drive(self, coro: Coroutine[Any, Any, Any], context: Context | None = None) -> Any:
        """Run a coroutine to its end in `context` (or a copy of the current one) and return its value.

        SIGINT raises KeyboardInterrupt: in the code that is running, or, when all of it waits, by cancelling the
        coroutine. Either way it has ended when this returns. Raises RuntimeError when the loop is already running.
        """
        import asyncio

        loop = self.loop
        if loop.is_running():
            coro.close()
            raise RuntimeError("this cell awaits, and its event loop is already running")
        depth, self._depth = self._depth, 0
        before = asyncio._get_running_loop()
        if before is loop:
            asyncio._set_running_loop(None)
        task = loop.create_task(coro, context=context)
        interrupts = _Interrupts(task, loop)
        try:
            return loop.run_until_complete(task)
        except asyncio.CancelledError:
            if interrupts.count:
                raise KeyboardInterrupt from None
            raise
        except BaseException:
            if not task.done():  # something else in the loop raised; the cell ends with it
                task.cancel()
                loop.run_until_complete(asyncio.wait([task], timeout=_GRACE))
            if task.done() and not task.cancelled():
                task.exception()  # it is being raised: asyncio need not warn that nobody asked for it
            raise
        finally:
            interrupts.close()
            self._depth = depth
            asyncio._set_running_loop(before)

    # -- plain cells -------------------------------------------------------------------------------------------

    def enter(self, outermost: bool = False) -> None:
        """A plain cell begins: mark the loop as running, now or as soon as the cell imports asyncio.

        `outermost` says that no other cell is running, whatever an interrupt at a bad moment left behind.
        """
        self._depth = 1 if outermost else self._depth + 1
        if self._depth > 1:
            return
        self._thread = get_ident()
        if self._watching:
            if self._runner is not None:
                self._mark()
            return
        self._watching = True
        self._watch.after("asyncio", self._asyncio_imported)

    def leave(self) -> None:
        """A plain cell has ended: take the mark away."""
        self._depth -= 1
        if self._depth == 0 and self._runner is not None:
            import asyncio

            own = self._own()
            if asyncio._get_running_loop() is own and own is not None and not own.is_running():
                asyncio._set_running_loop(None)

    def scope(self) -> EventLoop:
        """`with eventloop.scope():` around a plain cell."""
        return self

    def __enter__(self) -> EventLoop:
        self.enter()
        return self

    def __exit__(self, *_: object) -> None:
        self.leave()

    def _asyncio_imported(self) -> None:
        if self._depth and get_ident() == self._thread:
            _ = self.loop
            self._mark()
        else:
            self._watching = False  # imported outside a cell: the next cell marks it

    def _mark(self) -> None:
        import asyncio

        if asyncio._get_running_loop() is None:
            asyncio._set_running_loop(self.loop)

    def _hide_idle_mark(self) -> None:
        """Let asyncio's own checks (all go through `asyncio.events`) overlook our loop while it is marked but idle,
        and put the mark back when a loop that ran inside the cell ends."""
        from asyncio import events

        get, set_ = events._get_running_loop, events._set_running_loop
        self._patched = (get, set_)

        def running_loop() -> asyncio.AbstractEventLoop | None:
            found = get()
            if found is not None and self._runner is not None and found is self._own() and not found.is_running():
                return None
            return found

        def set_running_loop(loop: asyncio.AbstractEventLoop | None) -> None:
            if loop is None and self._depth and self._runner is not None and get_ident() == self._thread:
                own = self._own()
                loop = None if own is None or (own.is_running() and get() is not own) else own
            set_(loop)

        events._get_running_loop = running_loop
        events._set_running_loop = set_running_loop

    def _own(self) -> asyncio.AbstractEventLoop | None:
        return None if self._runner is None else self._runner.get_loop()

    def close(self) -> None:
        """Cancel what is left and close the loop."""
        self._watch.close()
        if self._patched is not None:
            from asyncio import events

            events._get_running_loop, events._set_running_loop = self._patched
            self._patched = None
        if self._runner is not None:
            self._runner.close()
            self._runner = None
