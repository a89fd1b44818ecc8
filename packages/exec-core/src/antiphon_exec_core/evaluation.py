"""The value behind an expression in the text being typed, as far as the policy lets us go.

`forbidden` evaluates nothing, `minimal` literals and builtins, `limited` (as ever) everything that can be looked up
without running code of the user's; `unsafe` and `dangerous` run the expression where looking up is not enough, with a
deadline.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .deadlines import call_within
from .static_lookup import Unknown, evaluate

POLICIES = ("forbidden", "minimal", "limited", "unsafe", "dangerous")
_RUN_SECONDS = 0.3


class Lookup:
    """Looks expressions up in `names`, and in what the cell's `text` before the cursor would bind."""

    def __init__(self, names: Mapping[str, Any], text: str = "", policy: str = "limited") -> None:
        self._names = names
        self._before = text[: text.rfind("\n") + 1]
        self._policy = policy
        self._bound: dict[str, Any] | None = None

    def __call__(self, expression: str) -> Any:
        """The value, perhaps an `InstanceOf`. Raises Unknown, or whatever a look-up or (unsafe) the code raises."""
        if self._policy == "forbidden":
            raise Unknown(expression)
        if self._policy == "minimal":
            return evaluate(expression, {})
        if self._before and self._may_bind(expression):
            try:
                return evaluate(expression, {**self._names, **self._unexecuted()})
            except Exception:  # then what an earlier cell bound is the best guess
                pass
        try:
            return evaluate(expression, self._names)
        except Exception:
            if self._policy == "limited":
                raise
        return call_within(_RUN_SECONDS, eval, expression.strip(), dict(self._names))

    def _may_bind(self, expression: str) -> bool:
        from .unexecuted import binds

        name = expression.strip().partition(".")[0].partition("[")[0].partition("(")[0]
        return not name.isidentifier() or binds(self._before, name)

    def _unexecuted(self) -> dict[str, Any]:
        if self._bound is None:
            from .unexecuted import bound_in

            self._bound = bound_in(self._before, self._names)
        return self._bound
