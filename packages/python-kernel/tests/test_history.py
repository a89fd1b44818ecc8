"""A history file that cannot be written holds up neither a cell nor the end of the kernel."""

from __future__ import annotations

import sqlite3
import time

from antiphon_wire_protocol.client.portal import Portal
from antiphon_wire_protocol.manager.manager import KernelManager


def test_a_history_that_another_process_locks(kernel, tmp_path):
    path = tmp_path / "profile_default" / "history.sqlite"
    path.parent.mkdir()
    lock = sqlite3.connect(path, isolation_level=None)
    lock.execute("CREATE TABLE t (x)")
    lock.execute("BEGIN EXCLUSIVE")
    said: list[bytes] = []

    async def work():
        manager = KernelManager(kernel.manager.spec, env={"ANTIPHON_HOME": str(tmp_path)}, on_output=said.append)
        async with manager:
            await manager.ready(30)
            async with manager.client() as client:
                await client.ready(30)
                begun = time.perf_counter()
                for number in range(50):
                    assert (await client.execute(f"{number}", store_history=True).done(20)).status == "ok"
                assert (await client.history("tail", n=3)).history[-1][2] == "49"
                cells = time.perf_counter() - begun
                begun = time.perf_counter()
                await manager.shutdown()
                return cells, time.perf_counter() - begun

    with Portal() as portal:
        cells, end = portal.run(work(), 60)
    lock.close()
    assert cells < 10 and end < 10, "seconds; a reader waits for the lock for half a second"
    assert b"".join(said).decode() == f"history: 50 cells not written to {path}: database is locked\n"
