from __future__ import annotations

from antiphon_kernel_base import KernelBase
from antiphon_kernel_base.testing import Bench
from antiphon_wire_protocol.message.content import (
    CommClose,
    CommInfoRequest,
    CommMsg,
    CommOpen,
    ExecuteRequest,
)


class Talking(KernelBase):
    language = "talk"

    def __init__(self):
        super().__init__()
        self.heard = []
        self.comms.register("ear", self.opened)

    def opened(self, comm, message):
        comm.on_message = lambda message: self.heard.append((message.content.data, message.buffers))
        comm.on_close = lambda message: self.heard.append("closed")
        comm.send({"hello": True}, buffers=[b"raw"])

    def run(self, code, frontend):
        comm = self.comms.open("page", {"x": 1})
        comm.close()
        comm.close()


def contents(sent):
    return [one.message.content for one in sent if one.message.msg_type != "status"]


def test_a_frontend_opens_talks_and_closes():
    bench = Bench(Talking())
    assert contents(bench.handle(CommOpen(comm_id="1", target_name="ear"))) == [
        CommMsg(comm_id="1", data={"hello": True})
    ]
    info = bench.handle(CommInfoRequest())[1].message.content
    assert info.comms == {"1": {"target_name": "ear"}}
    bench.handle(CommMsg(comm_id="1", data={"y": 2}), buffers=[b"12"])
    bench.handle(CommClose(comm_id="1"))
    assert bench.kernel.heard == [({"y": 2}, (b"12",)), "closed"]
    assert bench.handle(CommInfoRequest())[1].message.content.comms == {}


def test_an_unknown_target_is_closed():
    bench = Bench(Talking())
    assert contents(bench.handle(CommOpen(comm_id="1", target_name="nobody"))) == [CommClose(comm_id="1")]


def test_a_cell_opens_one_and_closes_it_once():
    kinds = [one.message.msg_type for one in Bench(Talking()).handle(ExecuteRequest(code=""))]
    assert kinds == ["status", "execute_input", "comm_open", "comm_close", "execute_reply", "status"]
