"""Messages folded into outputs: the rules, without a kernel."""

from __future__ import annotations

from typing import Any

import nbformat
from hypothesis import given
from hypothesis import strategies as st

from antiphon_nb_convert.execution.outputs import Change, OutputArea, Recorder
from antiphon_nb_convert.execution.widgets import MIME
from antiphon_wire_protocol.message import content as c
from antiphon_wire_protocol.message.messages import Buffer, Message
from antiphon_wire_protocol.testing import paired_sessions

CLIENT, KERNEL = paired_sessions()
OUTPUT = {"_model_module": "@jupyter-widgets/output", "_model_name": "OutputModel", "msg_id": "", "outputs": []}


class Bench:
    """A recorder and a kernel that speaks to it."""

    def __init__(self) -> None:
        self.recorder = Recorder()
        self.requests: list[Message] = []
        self.areas: list[OutputArea] = []

    def cell(self) -> str:
        """The next cell runs; its msg_id."""
        self.requests.append(CLIENT.message(c.ExecuteRequest(code="")))
        self.areas.append(self.recorder.begin(self.requests[-1].msg_id))
        return self.requests[-1].msg_id

    def say(self, content: c.Content, *, cell: int = -1, buffers: tuple[Buffer, ...] = ()) -> Change | None:
        return self.recorder.heard(KERNEL.message(content, parent=self.requests[cell], buffers=buffers))

    def outputs(self, cell: int = -1) -> list[dict[str, Any]]:
        return self.areas[cell].outputs()


def stream(text: str, name: str = "stdout") -> c.Stream:
    return c.Stream(name=name, text=text)


def shown(text: str, display_id: str | None = None) -> c.DisplayData:
    return c.DisplayData(data={"text/plain": text}, transient={"display_id": display_id} if display_id else {})


def texts(outputs: list[dict[str, Any]]) -> list[str]:
    return [output["text"] if "text" in output else output["data"]["text/plain"] for output in outputs]


def test_every_kind_is_valid_in_a_notebook() -> None:
    bench = Bench()
    bench.cell()
    for content in (
        stream("out"),
        stream("err", "stderr"),
        shown("d"),
        c.ExecuteResult(execution_count=3, data={"text/plain": "r"}),
        c.Error(ename="E", evalue="v", traceback=["t"]),
    ):
        assert bench.say(content) is not None
    assert bench.say(c.Status(execution_state="busy")) is None
    cell = nbformat.v4.new_code_cell(outputs=[nbformat.from_dict(output) for output in bench.outputs()])
    nbformat.validate(nbformat.v4.new_notebook(cells=[cell]))
    kinds = [output["output_type"] for output in bench.outputs()]
    assert kinds == ["stream", "stream", "display_data", "execute_result", "error"]


def test_streams_of_one_name_are_joined_and_settled() -> None:
    bench = Bench()
    bench.cell()
    for text in ("10%", "\r20%", "\n"):
        assert bench.say(stream(text)) == Change("output", {"output_type": "stream", "name": "stdout", "text": text})
    bench.say(stream("e", "stderr"))
    bench.say(stream("after"))
    assert texts(bench.outputs()) == ["20%\n", "e", "after"]


def test_coalesced_stdout_comes_before_stderr_between_displays() -> None:
    bench = Bench()
    bench.cell()
    for content in (
        stream("e1", "stderr"),
        stream("o1"),
        stream("e2", "stderr"),
        stream("o2"),
        shown("d"),
        stream("z"),
    ):
        bench.say(content)
    assert texts(bench.areas[0].outputs(coalesce=True)) == ["o1o2", "e1e2", "d", "z"]


def test_an_update_reaches_every_place_of_earlier_cells() -> None:
    bench = Bench()
    bench.cell()
    bench.say(shown("a", "x"))
    bench.say(shown("other", "y"))
    bench.cell()
    bench.say(shown("a", "x"))
    before = bench.outputs(0)
    update = c.UpdateDisplayData(data={"text/plain": "b"}, metadata={"m": {}}, transient={"display_id": "x"})
    change = bench.say(update)
    assert change is not None and change.kind == "update" and change.output["data"] == {"text/plain": "b"}
    assert texts(bench.outputs(0)) == ["b", "other"]
    assert texts(bench.outputs(1)) == ["b"]
    assert bench.outputs(0)[0]["metadata"] == {"m": {}}
    assert texts(before) == ["a", "other"], "what was handed out does not change"
    assert bench.say(c.UpdateDisplayData(data={}, transient={"display_id": "nobody's"})) is None


def test_clear_output_now_and_with_the_next_one() -> None:
    bench = Bench()
    bench.cell()
    bench.say(stream("a"))
    bench.say(c.ClearOutput(wait=True))
    assert texts(bench.outputs()) == ["a"]
    bench.say(stream("b"))
    assert texts(bench.outputs()) == ["b"]
    bench.say(c.ClearOutput())
    assert bench.outputs() == []


def test_late_output_goes_to_the_cell_that_caused_it() -> None:
    bench = Bench()
    bench.cell()
    bench.cell()
    bench.say(stream("late"), cell=0)
    assert (texts(bench.outputs(0)), bench.outputs(1)) == (["late"], [])
    stranger = CLIENT.message(c.ExecuteRequest(code=""))
    assert bench.recorder.heard(KERNEL.message(stream("another client's"), parent=stranger)) is None


def test_lines_of_a_kernel_that_sends_lists_are_joined() -> None:
    bench = Bench()
    bench.cell()
    bench.say(c.DisplayData(data={"text/plain": ["a\n", "b"], "application/x+json": ["a"], "text/x": [1]}))
    assert bench.outputs()[0]["data"] == {"text/plain": "a\nb", "application/x+json": ["a"], "text/x": [1]}


def test_an_output_widget_captures_what_its_block_prints() -> None:
    bench = Bench()
    msg_id = bench.cell()
    bench.say(c.CommOpen(comm_id="w", target_name="jupyter.widget", data={"state": dict(OUTPUT)}))
    bench.say(c.CommMsg(comm_id="w", data={"method": "update", "state": {"msg_id": msg_id}}))
    change = bench.say(stream("caught"))
    assert change is not None and change.captured
    bench.say(shown("c", "id"))
    bench.say(c.CommMsg(comm_id="w", data={"method": "update", "state": {"msg_id": ""}}))
    bench.say(stream("free"))
    assert texts(bench.outputs()) == ["free"]
    sent: list[tuple[str, dict[str, Any]]] = []
    bench.recorder.send_captured(lambda comm_id, data: sent.append((comm_id, data)))
    ((comm_id, data),) = sent
    assert comm_id == "w" and data["method"] == "update" and texts(data["state"]["outputs"]) == ["caught", "c"]
    # Its own words coming back, perhaps late, change nothing.
    bench.say(c.CommMsg(comm_id="w", data={"method": "echo_update", "state": {"outputs": []}}))
    bench.say(c.UpdateDisplayData(data={"text/plain": "C"}, transient={"display_id": "id"}))
    bench.recorder.send_captured(lambda comm_id, data: sent.append((comm_id, data)))
    assert texts(sent[1][1]["state"]["outputs"]) == ["caught", "C"]
    state = bench.recorder.widget_state()
    assert state is not None
    kept = state[MIME]["state"]["w"]["state"]
    assert (texts(kept["outputs"]), kept["msg_id"]) == (["caught", "C"], "")
    bench.recorder.send_captured(lambda *sent: None if not sent else (_ for _ in ()).throw(AssertionError(sent)))


def test_blocks_within_blocks_the_kernels_own_outputs_and_closing() -> None:
    bench = Bench()
    msg_id = bench.cell()
    for name in ("outer", "inner"):
        bench.say(c.CommOpen(comm_id=name, target_name="jupyter.widget", data={"state": dict(OUTPUT)}))
        bench.say(c.CommMsg(comm_id=name, data={"method": "update", "state": {"msg_id": msg_id}}))
    bench.say(stream("in"))
    bench.say(c.CommMsg(comm_id="inner", data={"method": "update", "state": {"msg_id": ""}}))
    bench.say(stream("out"))
    own = {"output_type": "stream", "name": "stderr", "text": "appended"}
    bench.say(c.CommMsg(comm_id="inner", data={"method": "update", "state": {"outputs": [own, "no output"]}}))
    state = bench.recorder.widget_state()
    assert state is not None
    models = state[MIME]["state"]
    assert models["inner"]["state"]["outputs"] == [own]
    assert texts(models["outer"]["state"]["outputs"]) == ["out"]
    bench.say(c.CommClose(comm_id="outer"))
    bench.say(stream("free"))
    assert texts(bench.outputs()) == ["free"]
    assert list((bench.recorder.widget_state() or {MIME: {"state": {}}})[MIME]["state"]) == ["inner"]


CONTENTS = st.one_of(
    st.builds(c.Stream, name=st.sampled_from(["stdout", "stderr"]), text=st.text("a\r\b\n", max_size=5)),
    st.builds(c.ClearOutput, wait=st.booleans()),
    st.builds(
        c.DisplayData,
        data=st.just({"text/plain": "d"}),
        transient=st.sampled_from([{}, {"display_id": "x"}, {"display_id": None}]),
    ),
    st.builds(c.UpdateDisplayData, data=st.just({"text/plain": "u"}), transient=st.just({"display_id": "x"})),
    st.builds(c.CommOpen, comm_id=st.just("w"), target_name=st.just("jupyter.widget"), data=st.just({"state": OUTPUT})),
    st.builds(
        c.CommMsg,
        comm_id=st.just("w"),
        data=st.sampled_from([{}, {"state": {"msg_id": "?"}}, {"state": {"msg_id": ""}}, {"state": 3}]),
    ),
    st.builds(c.CommClose, comm_id=st.just("w")),
)


@given(st.lists(st.tuples(st.integers(0, 1), CONTENTS), max_size=30))
def test_whatever_comes_the_outputs_are_valid(said: list[tuple[int, c.Content]]) -> None:
    bench = Bench()
    ids = [bench.cell(), bench.cell()]
    for cell, content in said:
        if isinstance(content, c.CommMsg) and content.data == {"state": {"msg_id": "?"}}:
            content = c.CommMsg(comm_id="w", data={"state": {"msg_id": ids[cell]}})
        bench.say(content, cell=cell)
    for cell in (0, 1):
        for output in bench.outputs(cell):
            kind = output["output_type"]
            assert set(output) == (
                {"output_type", "name", "text"} if kind == "stream" else {"output_type", "data", "metadata"}
            )
    bench.recorder.widget_state()
    bench.recorder.send_captured(lambda comm_id, data: None)
