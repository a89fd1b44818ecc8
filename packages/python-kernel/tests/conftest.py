"""One kernel process for the tests of a file, and a way to run cells in it."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import pytest

from antiphon_wire_protocol.client.portal import Portal
from antiphon_wire_protocol.discovery.kernelspec import KernelSpec
from antiphon_wire_protocol.manager.manager import KernelManager
from antiphon_wire_protocol.message.messages import Message

SPEC = KernelSpec(
    argv=[sys.executable, "-m", "antiphon_python_kernel", "-f", "{connection_file}"],
    display_name="antiphon",
    language="python",
)


class Ran(NamedTuple):
    """What one cell did."""

    reply: Any
    messages: list[Message]

    def of(self, msg_type: str) -> list[Any]:
        return [message.content for message in self.messages if message.msg_type == msg_type]

    def text(self, name: str = "stdout") -> str:
        return "".join(content.text for content in self.of("stream") if content.name == name)

    @property
    def value(self) -> str | None:
        return next((content.data["text/plain"] for content in self.of("execute_result")), None)

    @property
    def traceback(self) -> str:
        import re

        return re.sub(r"\x1b\[[0-9;]*m", "", "\n".join(line for one in self.of("error") for line in one.traceback))


class Kernel:
    """A running kernel and one client of it."""

    def __init__(self, portal: Portal) -> None:
        self.portal = portal
        self.manager = KernelManager(SPEC, transport="ipc")

    async def start(self) -> None:
        await self.manager.start()
        await self.manager.ready(30)
        self.client = self.manager.client()
        await self.client.open()
        await self.client.ready(30)

    async def stop(self) -> None:
        await self.client.close()
        await self.manager.shutdown()

    def run(
        self, code: str, *, answer: str | None = None, when: Callable[[Message], bool] | None = None, **fields: Any
    ) -> Ran:
        """Run a cell; interrupt it at the first message for which `when` holds."""

        async def work() -> Ran:
            on_input = None if answer is None else (lambda prompt, password: answer)
            execution = self.client.execute(code, on_input=on_input, **fields)
            messages = []
            async with asyncio.timeout(30):
                async for message in execution:
                    messages.append(message)
                    if when is not None and when(message):
                        await self.manager.interrupt()
                return Ran(await execution.done(), messages)

        return self.portal.run(work())

    def ask(self, work: Any) -> Any:
        return self.portal.run(work)


@pytest.fixture(scope="module")
def kernel() -> Iterator[Kernel]:
    with Portal() as portal:
        kernel = Kernel(portal)
        portal.run(kernel.start())
        yield kernel
        portal.run(kernel.stop())
