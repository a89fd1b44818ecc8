"""A notebook run on a kernel, cell by cell: what every cell said, as plain messages."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from antiphon_wire_protocol import KernelClient, KernelManager, KernelSpec, Message
from antiphon_wire_protocol.message import content as c

LIMIT = 180.0

Said = list[dict[str, Any]]


def cells(notebook: Path) -> list[str]:
    """The sources of its code cells."""
    found = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    return ["".join(cell["source"]) for cell in found if cell["cell_type"] == "code"]


class Session:
    """A kernel that cells are run on, and whose comms may be played with."""

    def __init__(self, client: KernelClient) -> None:
        self._client = client

    async def run(self, code: str) -> Said:
        """Run a cell; what it said, neighbouring streams joined."""
        execution = self._client.execute(code, allow_stdin=False)
        async with asyncio.timeout(LIMIT):
            return as_said([message async for message in execution])

    async def update(self, comm_id: str, state: dict[str, Any]) -> Said:
        """As a frontend does when its user moves a slider; what came of it."""
        heard: list[Message] = []
        with self._client.broadcasts() as mailbox:
            sent = self._client.comm_msg(comm_id, {"method": "update", "state": state, "buffer_paths": []})
            async with asyncio.timeout(LIMIT):
                async for message in mailbox:
                    if message.parent_id != sent.msg_id:
                        continue
                    heard.append(message)
                    if isinstance(message.content, c.Status) and message.content.execution_state == "idle":
                        break
        return as_said(heard)


@asynccontextmanager
async def kernel(argv: list[str], env: dict[str, str], cwd: Path) -> AsyncIterator[Session]:
    """A running kernel with this command."""
    spec = KernelSpec(argv=argv, display_name="x", language="python")
    async with KernelManager(spec, env=env, cwd=cwd) as manager:
        await manager.ready(LIMIT)
        async with manager.client() as client:
            await client.ready(LIMIT)
            yield Session(client)


def as_said(messages: list[Message]) -> Said:
    """What a frontend would keep or act on, in order."""
    said: Said = []
    for message in messages:
        found = _one(message)
        if found is None:
            continue
        last = said[-1] if said else None
        if last is not None and found["type"] == "stream" == last["type"] and found["name"] == last["name"]:
            last["text"] += found["text"]
        else:
            said.append(found)
    return said


def _one(message: Message) -> dict[str, Any] | None:
    match message.content:
        case c.Stream(name=name, text=text):
            return {"type": "stream", "name": name, "text": text}
        case c.DisplayData(data=data, metadata=metadata):
            return {"type": "display_data", "data": data, "metadata": metadata}
        case c.UpdateDisplayData(data=data, metadata=metadata):
            return {"type": "update_display_data", "data": data, "metadata": metadata}
        case c.ExecuteResult(data=data, metadata=metadata):
            return {"type": "execute_result", "data": data, "metadata": metadata}
        case c.Error(ename=ename, evalue=evalue):
            return {"type": "error", "ename": ename, "evalue": evalue}
        case c.ClearOutput(wait=wait):
            return {"type": "clear_output", "wait": wait}
        case c.CommOpen(comm_id=comm_id, target_name=name, data=data):
            return {"type": "comm_open", "comm_id": comm_id, "target_name": name, "data": data}
        case c.CommMsg(comm_id=comm_id, data=data):
            return {"type": "comm_msg", "comm_id": comm_id, "data": data}
        case c.CommClose(comm_id=comm_id):
            return {"type": "comm_close", "comm_id": comm_id}
    return None
