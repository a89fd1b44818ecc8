"""All comms."""

from __future__ import annotations

from typing import Any

import comm


class CommManager:
    """The one of this process."""

    def __new__(cls, *args: Any, **kwargs: Any) -> Any:
        return comm.get_comm_manager()
