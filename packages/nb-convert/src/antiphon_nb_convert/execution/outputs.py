"""A kernel's messages folded into the outputs of notebook cells, as nbformat 4.5 describes them. No I/O.

An output belongs to the cell that caused it, however late it comes (threads), or to the Output widget that captures it.
A display that is updated changes wherever it was shown before.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Literal, NamedTuple, TypeAlias

from antiphon_wire_protocol.message import content as c
from antiphon_wire_protocol.message.messages import Message

from .streams import StreamText
from .widgets import OUTPUT_MODEL, WidgetModels

Output: TypeAlias = dict[str, Any]
Displays: TypeAlias = dict[str, list[Output]]
"""What was shown under each display id, in any cell."""


class Change(NamedTuple):
    """What one message did. `output` is what is new: of a stream the new piece, of an update what became of it.

    `captured` tells that it went into an Output widget instead of the cell. `display_id` is that of an update.
    """

    kind: Literal["output", "update", "clear"]
    output: Output
    captured: bool = False
    display_id: str = ""


class _Stream(NamedTuple):
    name: str
    text: StreamText

    def output(self) -> Output:
        return {"output_type": "stream", "name": self.name, "text": self.text.text}


class OutputArea:
    """The outputs of one cell, or of one Output widget."""

    def __init__(self, displays: Displays) -> None:
        self._displays = displays
        self._outputs: list[Output | _Stream] = []
        self._clear_next = False

    def __len__(self) -> int:
        return len(self._outputs)

    def add(self, content: c.Content | c.UnknownContent) -> Change | None:
        """Take in what one message says; None when it is no output."""
        match content:
            case c.Stream(name=name, text=text):
                self._stream(name, text)
                return Change("output", {"output_type": "stream", "name": name, "text": text})
            case c.DisplayData(data=data, metadata=metadata, transient=transient):
                return self._show(
                    {"output_type": "display_data", "data": _bundle(data), "metadata": metadata}, transient
                )
            case c.ExecuteResult(data=data, metadata=metadata, execution_count=count, transient=transient):
                return self._show(
                    {
                        "output_type": "execute_result",
                        "data": _bundle(data),
                        "metadata": metadata,
                        "execution_count": count,
                    },
                    transient,
                )
            case c.Error(ename=ename, evalue=evalue, traceback=traceback):
                return self._show(
                    {"output_type": "error", "ename": ename, "evalue": evalue, "traceback": traceback}, {}
                )
            case c.ClearOutput(wait=wait):
                self._clear_next = wait
                if not wait:
                    self._outputs.clear()
                return Change("clear", {})
        return None

    def replace(self, outputs: Iterable[Output]) -> None:
        """These outputs in place of all."""
        self._outputs.clear()
        self._clear_next = False
        for output in filter(lambda output: isinstance(output, dict), outputs):
            if output.get("output_type") == "stream":
                self._stream(str(output.get("name", "stdout")), str(output.get("text", "")))
            else:
                self._outputs.append(output)

    def outputs(self, coalesce: bool = False) -> list[Output]:
        """The outputs so far, the caller's own; with `coalesce` streams between displays become one stdout, then one
        stderr, whatever order the kernel sent their pieces in."""
        if not coalesce:
            return [item.output() if isinstance(item, _Stream) else {**item} for item in self._outputs]
        found: list[Output] = []
        joined: dict[str, StreamText] = {}
        for item in (*self._outputs, None):
            if isinstance(item, _Stream):
                joined.setdefault(item.name, StreamText()).write(item.text.text)
                continue
            found += [_Stream(name, joined[name]).output() for name in sorted(joined, key=_stdout_first)]
            joined = {}
            if item is not None:
                found.append({**item})
        return found

    def shows(self, outputs: list[Output]) -> bool:
        """Whether one of these very outputs stands here."""
        return any(item is output for item in self._outputs for output in outputs)

    def _stream(self, name: str, text: str) -> None:
        self._clear_if_asked()
        last = self._outputs[-1] if self._outputs else None
        if not isinstance(last, _Stream) or last.name != name:
            last = _Stream(name, StreamText())
            self._outputs.append(last)
        last.text.write(text)

    def _show(self, output: Output, transient: object) -> Change:
        self._clear_if_asked()
        self._outputs.append(output)
        display_id = transient.get("display_id") if isinstance(transient, dict) else None
        if isinstance(display_id, str):
            self._displays.setdefault(display_id, []).append(output)
        return Change("output", {**output})

    def _clear_if_asked(self) -> None:
        if self._clear_next:
            self._outputs.clear()
            self._clear_next = False


class Recorder:
    """All broadcasts of one run. `begin` tells which area a request's outputs go to; `heard` takes them one by one."""

    def __init__(self) -> None:
        self._displays: Displays = {}
        self._areas: dict[str, OutputArea] = {}
        self._captures: list[tuple[str, str]] = []  # msg_id and the Output widget, the last one first asked
        self._widget_areas: dict[str, OutputArea] = {}
        self._unsent: set[str] = set()
        self._widgets = WidgetModels()

    def begin(self, msg_id: str) -> OutputArea:
        """A new area, for what the request `msg_id` causes."""
        area = self._areas[msg_id] = OutputArea(self._displays)
        return area

    def heard(self, message: Message) -> Change | None:
        """Fold one broadcast in; None when no output comes of it."""
        content = message.content
        match content:
            case c.Status() | c.ExecuteInput():
                return None
            case c.UpdateDisplayData():
                return self._update(content)
            case c.CommOpen() | c.CommMsg() | c.CommClose():
                self._comm(content, message)
                return None
        widget = next((model for msg_id, model in reversed(self._captures) if msg_id == message.parent_id), None)
        if widget is not None:
            change = self._widget_areas[widget].add(content)
            if change is None:
                return None
            self._unsent.add(widget)
            return change._replace(captured=True)
        area = self._areas.get(message.parent_id)
        return None if area is None else area.add(content)

    def send_captured(self, send: Callable[[str, dict[str, Any]], object]) -> None:
        """Tell the kernel what its Output widgets hold by now: `send` gets comm id and data, and does not wait."""
        for widget in sorted(self._unsent):
            outputs = self._widget_areas[widget].outputs()
            send(widget, {"method": "update", "state": {"outputs": outputs}, "buffer_paths": []})
        self._unsent.clear()

    def widget_state(self) -> dict[str, Any] | None:
        """The models that are open, as `metadata.widgets` keeps them (widget state 2.0), or None."""
        for comm_id, area in self._widget_areas.items():
            model = self._widgets.get(comm_id)
            if model is not None:
                model.state.update(outputs=area.outputs(), msg_id="")
        return self._widgets.state()

    def _update(self, content: c.UpdateDisplayData) -> Change | None:
        display_id = content.transient.get("display_id")
        shown = self._displays.get(display_id, []) if isinstance(display_id, str) else []
        for output in shown:
            output.update(data=_bundle(content.data), metadata=content.metadata)
        for widget, area in self._widget_areas.items():
            if area.shows(shown):
                self._unsent.add(widget)
        return Change("update", {**shown[-1]}, display_id=str(display_id)) if shown else None

    def _comm(self, content: c.CommOpen | c.CommMsg | c.CommClose, message: Message) -> None:
        comm_id = content.comm_id
        if isinstance(content, c.CommClose):
            self._widgets.close(comm_id)
            self._widget_areas.pop(comm_id, None)
            self._unsent.discard(comm_id)
            self._captures = [capture for capture in self._captures if capture[1] != comm_id]
            return
        if isinstance(content, c.CommOpen):
            model = self._widgets.open(comm_id, content.target_name, content.data, message.buffers)
            if model is not None and model.kind == OUTPUT_MODEL:
                self._widget_areas[comm_id] = OutputArea(self._displays)
        else:
            model = self._widgets.update(comm_id, content.data, message.buffers)
        # An echo repeats what we sent ourselves, and may be older than what has come since.
        if model is not None and comm_id in self._widget_areas and content.data.get("method") != "echo_update":
            self._output_widget(comm_id, content.data)

    def _output_widget(self, comm_id: str, data: dict[str, Any]) -> None:
        state = data.get("state")
        changed = state if isinstance(state, dict) else {}
        if isinstance(changed.get("outputs"), list):
            self._widget_areas[comm_id].replace(changed["outputs"])
            self._unsent.discard(comm_id)
        if "msg_id" in changed:
            self._captures = [capture for capture in self._captures if capture[1] != comm_id]
            if changed["msg_id"]:
                self._captures.append((str(changed["msg_id"]), comm_id))


def _bundle(data: dict[str, Any]) -> dict[str, Any]:
    """Some kernels send text as a list of lines, as files have it."""
    for value in data.values():
        if isinstance(value, list):
            break
    else:
        return data
    return {
        mime: "".join(value) if isinstance(value, list) and not mime.endswith("json") and _is_lines(value) else value
        for mime, value in data.items()
    }


def _is_lines(value: list[Any]) -> bool:
    return all(isinstance(line, str) for line in value)


def _stdout_first(name: str) -> tuple[bool, str]:
    return name != "stdout", name
