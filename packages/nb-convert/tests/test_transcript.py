"""A notebook while it is executed, without a kernel: messages in, notebook out."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

from antiphon_nb_convert.execution.settings import ExecutionSettings
from antiphon_nb_convert.execution.transcript import Transcript
from antiphon_nb_convert.execution.widgets import MIME, VIEW_MIME
from antiphon_wire_protocol.message import content as c
from antiphon_wire_protocol.message.messages import Message
from antiphon_wire_protocol.testing import paired_sessions

Cells = Callable[..., dict[str, Any]]
CLIENT, KERNEL = paired_sessions()
MODEL = {"_model_module": "m", "_model_name": "M", "_model_module_version": "1"}


def begun(transcript: Transcript, index: int) -> Callable[[c.Content], Message]:
    """The kernel's way to answer the request of a cell."""
    request = CLIENT.message(c.ExecuteRequest(code=""))
    transcript.begin(request.msg_id, index + 1, index)
    return lambda content: KERNEL.message(content, parent=request)


def test_what_runs_begins_empty_and_the_rest_stays(cells: Cells) -> None:
    notebook = cells("a", "", ("b", "skip-execution"), author="me")
    notebook["cells"].append({"cell_type": "raw", "id": "r", "source": "raw", "metadata": {}})
    before = copy.deepcopy(notebook)
    transcript = Transcript(notebook, ExecutionSettings())
    assert [transcript.runs(cell) for cell in transcript.cells] == [True, False, False, False] and transcript.total == 1
    now = transcript.notebook()
    assert [len(cell.get("outputs", "x")) for cell in now["cells"]] == [0, 0, 1, 1]
    assert now["metadata"] == {"author": "me"}
    transcript.cells[0]["source"] = "changed"
    assert now["cells"][0]["source"] == "a" and notebook == before


def test_what_the_kernel_says(cells: Cells) -> None:
    transcript = Transcript(cells("a", "b"), ExecutionSettings(record_timing=True))
    transcript.started(c.KernelInfoReply(language_info={"name": "echo"}))
    says = begun(transcript, 1)
    assert transcript.heard(says(c.Status(execution_state="busy"))) is None
    assert transcript.heard(says(c.ExecuteInput(code="", execution_count=7))) is None
    heard = transcript.heard(says(c.Stream(name="stdout", text="x")))
    assert heard is not None and (heard.number, heard.cell_index, heard.outputs) == (2, 1, 1)
    early = transcript.notebook()
    transcript.heard(says(c.Stream(name="stdout", text="y")))
    reply = c.ExecuteReply(execution_count=8)
    transcript.replied(says(reply), reply)
    late = transcript.notebook()
    assert [out["text"] for out in early["cells"][1]["outputs"]] == ["x"], "what was handed out does not change"
    assert (
        [out["text"] for out in late["cells"][1]["outputs"]]
        == ["xy"]
        == [out["text"] for out in transcript.shown(1)["outputs"]]
    )
    assert (early["cells"][1]["execution_count"], late["cells"][1]["execution_count"]) == (7, 8)
    assert set(late["cells"][1]["metadata"]["execution"]) == {
        *("iopub.status.busy", "iopub.execute_input", "shell.execute_reply")
    }
    assert late["metadata"]["language_info"] == {"name": "echo"}
    assert late["cells"][0]["execution_count"] is None and (transcript.count(0), transcript.count(1)) == (0, 1)
    assert transcript.heard(KERNEL.message(c.Stream(name="stdout", text="nobody's"))) is None


def test_widgets_of_this_run_and_of_cells_that_were_skipped(cells: Cells) -> None:
    old = {MIME: {"version_major": 2, "version_minor": 0, "state": {"old": {"state": {}}}}}
    notebook = cells("a", ("b", "skip-execution"), widgets=old)
    opened = c.CommOpen(comm_id="new", target_name="jupyter.widget", data={"state": MODEL})

    def kept(notebook: dict[str, Any], **settings: Any) -> list[str]:
        transcript = Transcript(notebook, ExecutionSettings(**settings))
        transcript.started(c.KernelInfoReply())
        transcript.heard(begun(transcript, 0)(opened))
        return list(transcript.notebook()["metadata"].get("widgets", {MIME: {"state": {}}})[MIME]["state"])

    assert kept(notebook) == ["new"]
    assert kept(notebook, store_widget_state=False) == []
    view = {"output_type": "display_data", "metadata": {}, "data": {VIEW_MIME: {"model_id": "old"}}}
    notebook["cells"][1]["outputs"] = [view]
    assert kept(notebook) == ["old", "new"]
    assert Transcript(notebook, ExecutionSettings()).notebook()["metadata"]["widgets"] == old, "nothing has run"


def test_coalesced_on_demand(cells: Cells) -> None:
    transcript = Transcript(cells("a"), ExecutionSettings(coalesce_streams=True))
    says = begun(transcript, 0)
    for name in ("stderr", "stdout", "stderr"):
        transcript.heard(says(c.Stream(name=name, text=name[3])))
    assert [out["text"] for out in transcript.notebook()["cells"][0]["outputs"]] == ["o", "ee"]
