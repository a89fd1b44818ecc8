"""Should a kernel that died be started again, and when? Decisions only: no process, no clock, no sleep.

It remembers. A kernel that never became ready is not tried again, since it would fail the same way (an import error,
a missing library); one that was ready is, after a growing pause, until it has died too often in a short time.
"""

from __future__ import annotations

from collections import deque

import msgspec


class SupervisorSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Times in seconds. `deaths` within `window` are too many; the n-th of them is followed by a pause of
    `first_delay` times two to the power of n - 2 (the first by none), at most `longest_delay`."""

    deaths: int = 5
    window: float = 60.0
    first_delay: float = 0.5
    longest_delay: float = 10.0


class Restart(msgspec.Struct, frozen=True):
    """Start it again after `delay` seconds."""

    delay: float


class GiveUp(msgspec.Struct, frozen=True):
    """Leave it dead; `reason` says why, for people."""

    reason: str


class Supervisor:
    """The memory of one kernel's deaths. Times are seconds of any clock that never goes back."""

    def __init__(self, settings: SupervisorSettings | None = None) -> None:
        self._settings = settings or SupervisorSettings()
        self._was_ready = False
        self._deaths: deque[float] = deque()

    def started(self) -> None:
        """A process was started, for the first time or again."""
        self._was_ready = False

    def ready(self) -> None:
        """The kernel answered."""
        self._was_ready = True

    def died(self, now: float) -> Restart | GiveUp:
        """The process ended without having been asked to."""
        if not self._was_ready:
            return GiveUp("it ended before it was ever ready")
        settings = self._settings
        self._deaths.append(now)
        while self._deaths[0] <= now - settings.window:
            self._deaths.popleft()
        number = len(self._deaths)
        if number >= settings.deaths:
            return GiveUp(f"it died {number} times within {settings.window:g} seconds")
        if number == 1:
            return Restart(0.0)
        return Restart(min(settings.first_delay * 2.0 ** (number - 2), settings.longest_delay))
