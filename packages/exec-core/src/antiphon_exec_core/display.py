"""The functions with which the user's code shows things: they format with the newest displayer, and speak to the
outlet of the cell they are called in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .outputs import ClearOutput, Display, current_outlet

if TYPE_CHECKING:
    from .displayer import Displayer

_displayer: Displayer | None = None


def use_displayer(displayer: Displayer) -> None:
    """Format with this displayer from now on; the interpreter that was made last is the one that counts."""
    global _displayer
    _displayer = displayer


def current_displayer() -> Displayer:
    if _displayer is None:
        from .displayer import Displayer

        use_displayer(Displayer())
    assert _displayer is not None
    return _displayer


class DisplayHandle:
    """A display that can be shown again with other content."""

    def __init__(self, display_id: str | None = None) -> None:
        self.display_id = new_display_id() if display_id is None else display_id

    def __repr__(self) -> str:
        return f"<{self.__class__.__name__} display_id={self.display_id}>"

    def display(self, obj: Any, **options: Any) -> None:
        """Show the object in a new place under this id."""
        display(obj, display_id=self.display_id, **options)

    def update(self, obj: Any, **options: Any) -> None:
        """Replace the content in every place where this id is shown."""
        update_display(obj, display_id=self.display_id, **options)


def new_display_id() -> str:
    import os

    return os.urandom(16).hex()


def publish_display_data(
    data: dict[str, Any],
    metadata: dict[str, Any] | None = None,
    *,
    transient: dict[str, Any] | None = None,
    update: bool = False,
    **_: Any,
) -> None:
    """Show a MIME bundle as it is. `transient["display_id"]` names it; `update` replaces what has that name."""
    display_id = (transient or {}).get("display_id")
    current_outlet().emit(Display(data, metadata, display_id, update))


def display(
    *objs: Any,
    include: Any = None,
    exclude: Any = None,
    metadata: dict[str, Any] | None = None,
    transient: dict[str, Any] | None = None,
    display_id: str | bool | None = None,
    raw: bool = False,
    clear: bool = False,
    **kwargs: Any,
) -> DisplayHandle | None:
    """Show objects. With `raw` they are MIME bundles already; with `display_id` (True: a new one) a handle returns."""
    update = bool(kwargs.pop("update", False))
    if clear:
        clear_output(wait=True)
    if display_id is True:
        display_id = new_display_id()
    elif not display_id:
        display_id = (transient or {}).get("display_id")
    if update and not display_id:
        raise TypeError("display_id required for update_display")
    outlet = current_outlet()
    for obj in objs:
        if raw:
            outlet.emit(Display(obj, metadata, display_id, update))
            continue
        data, about = current_displayer().format(obj, include, exclude)
        if not data:
            continue  # the object showed itself
        if metadata:
            about = {**about, **metadata}
        outlet.emit(Display(data, about, display_id, update))
    return DisplayHandle(display_id) if display_id else None


def display_as(mime: str, *objs: Any, raw: bool = False, metadata: dict[str, Any] | None = None) -> None:
    """Show objects as this MIME type only, beside their plain text. With `raw` they are such content already."""
    for obj in objs:
        if raw:
            display({mime: obj}, metadata=metadata and {mime: metadata}, raw=True)
        else:
            display(obj, metadata=metadata, include=["text/plain", mime])


def update_display(obj: Any, *, display_id: str, **options: Any) -> None:
    """Replace what is shown under `display_id`."""
    options["update"] = True
    display(obj, display_id=display_id, **options)


def clear_output(wait: bool = False) -> None:
    """Wipe the outputs of this cell; with `wait`, only when the next one comes."""
    current_outlet().emit(ClearOutput(wait))
