"""iopub messages folded into the outputs of a notebook's cells, as nbformat 4.5 describes them. No I/O.

Streams of one name are joined, `clear_output` clears (with `wait`: when the next output comes), and an update reaches
every output that was shown under its display id, in whichever cell it stands.
"""

from __future__ import annotations

from typing import Any

from antiphon_wire_protocol.message import content as c

Output = dict[str, Any]


class CellOutputs:
    """The outputs of one cell while it runs; `shown` is shared by all cells of a run: display id to outputs.

    `updated` has what became of the displays that the cell has updated: display id to MIME bundle.
    """

    def __init__(self, outputs: list[Output], shown: dict[str, list[Output]]) -> None:
        self.outputs = outputs
        self.updated: dict[str, dict[str, Any]] = {}
        self._shown = shown
        self._clear_next = False

    def fold(self, content: object) -> Output | None:
        """Take one message's content in. Returns the output that is new, or None."""
        match content:
            case c.ClearOutput(wait=wait):
                self._clear_next = wait
                if not wait:
                    self.outputs.clear()
                return None
            case c.UpdateDisplayData(data=data, metadata=metadata, transient=transient):
                display_id = transient.get("display_id", "")
                for output in self._shown.get(display_id, ()):
                    output.update(data=data, metadata=metadata)
                    self.updated[display_id] = data
                return None
            case c.Stream(name=name, text=text):
                return self._stream(name, text)
            case c.DisplayData(data=data, metadata=metadata, transient=transient):
                output = {"output_type": "display_data", "data": data, "metadata": metadata}
                if "display_id" in transient:
                    self._shown.setdefault(transient["display_id"], []).append(output)
                return self._append(output)
            case c.ExecuteResult(data=data, metadata=metadata, execution_count=count):
                return self._append(
                    {"output_type": "execute_result", "data": data, "metadata": metadata, "execution_count": count}
                )
            case c.Error(ename=ename, evalue=evalue, traceback=traceback):
                return self._append({"output_type": "error", "ename": ename, "evalue": evalue, "traceback": traceback})
        return None

    def _append(self, output: Output) -> Output:
        if self._clear_next:
            self.outputs.clear()
            self._clear_next = False
        self.outputs.append(output)
        return output

    def _stream(self, name: str, text: str) -> Output:
        last = self.outputs[-1] if self.outputs and not self._clear_next else None
        if last is not None and last["output_type"] == "stream" and last["name"] == name:
            last["text"] += text
            return {**last, "text": text}
        self._append({"output_type": "stream", "name": name, "text": text})
        return {"output_type": "stream", "name": name, "text": text}
