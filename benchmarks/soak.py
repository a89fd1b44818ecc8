"""A long run of mixed requests from several clients, with interrupts thrown in, against any kernel.

    python benchmarks/soak.py                         # 100 000 requests, 4 clients, our kernel
    python benchmarks/soak.py --requests 2000 --seed 7
    python benchmarks/soak.py --kernel path/to/kernelspec/folder

Every request must get exactly one reply, one busy and one idle, and the kernel's memory must end flat. The clients
speak the protocol with pyzmq and the standard library only. Exit code 1, with what was missing, when it does not hold.
"""

from __future__ import annotations

import argparse
import hashlib
import hmac
import json
import os
import random
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from collections import Counter
from pathlib import Path
from typing import Any

import zmq
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

DELIMITER = b"<IDS|MSG>"
CHANNELS = ("shell", "iopub", "stdin", "control", "hb")
WINDOW = 24
"""Requests that one client has under way at most."""
PATIENCE = 60.0
"""Seconds without any message for a client that still waits: the kernel has lost something."""

CELLS = (
    "pass",
    "1 + 1",
    "print('line')",
    "for i in range(200): print(i)",
    "import sys; print('e', file=sys.stderr); 'both'",
    "1 / 0",
    "display({'a': 1}); display('b')",
    "import time; time.sleep(0.002)",
    "import asyncio; await asyncio.sleep(0.001)",
    "x = list(range(1000)); sum(x)",
    "%who",
    "undefined_name",
    "print('x' * 20_000)",
)


class Client:
    """One frontend: its sockets, what it has asked, and what has come back."""

    def __init__(self, info: dict[str, Any], seed: int) -> None:
        self.random = random.Random(seed)
        self.session = uuid.uuid4().hex
        self._key = info["key"].encode()
        self._context = zmq.Context()
        self.shell = self._connect(info, "shell", zmq.DEALER)
        self.control = self._connect(info, "control", zmq.DEALER)
        self.iopub = self._connect(info, "iopub", zmq.SUB)
        self.poller = zmq.Poller()
        for one in (self.shell, self.control, self.iopub):
            self.poller.register(one, zmq.POLLIN)
        self.kinds: dict[str, str] = {}
        self.replies: Counter[str] = Counter()
        self.busy: Counter[str] = Counter()
        self.idle: Counter[str] = Counter()
        self.waiting: set[str] = set()
        self.faults: list[str] = []

    def _connect(self, info: dict[str, Any], channel: str, kind: int) -> zmq.Socket[bytes]:
        one = self._context.socket(kind)
        one.linger = 0
        one.rcvhwm = one.sndhwm = 0
        if kind == zmq.SUB:
            one.subscribe(b"")
        one.connect(f"tcp://127.0.0.1:{info[f'{channel}_port']}")
        return one

    def close(self) -> None:
        self._context.destroy(linger=0)

    def send(self, kind: str, content: dict[str, Any], over: zmq.Socket[bytes]) -> str:
        """Send one request and wait for nothing."""
        msg_id = uuid.uuid4().hex
        header = {"msg_id": msg_id, "msg_type": kind, "username": "soak", "session": self.session, "version": "5.3"}
        header["date"] = "2026-01-01T00:00:00.000000Z"
        parts = [json.dumps(part).encode() for part in (header, {}, {}, content)]
        signature = hmac.new(self._key, b"".join(parts), hashlib.sha256).hexdigest().encode()
        self.kinds[msg_id] = kind
        self.waiting.add(msg_id)
        over.send_multipart([DELIMITER, signature, *parts])
        return msg_id

    def send_something(self) -> None:
        """One request of a mix that real frontends send."""
        draw = self.random.random()
        if draw < 0.72:
            code = self.random.choice(CELLS)
            fields = {"silent": draw < 0.05, "store_history": draw > 0.69, "stop_on_error": draw < 0.2}
            self.send(
                "execute_request", {"code": code, "user_expressions": {}, "allow_stdin": False, **fields}, self.shell
            )
        elif draw < 0.80:
            self.send("complete_request", {"code": "import os\nos.pa", "cursor_pos": 15}, self.shell)
        elif draw < 0.86:
            self.send("inspect_request", {"code": "len", "cursor_pos": 3, "detail_level": 0}, self.shell)
        elif draw < 0.90:
            self.send("is_complete_request", {"code": "for i in x:"}, self.shell)
        elif draw < 0.93:
            fields = {"hist_access_type": "tail", "n": 5, "raw": True, "output": False}
            self.send("history_request", fields, self.shell)
        elif draw < 0.95:
            self.send("comm_info_request", {}, self.shell)
        else:
            self.send("kernel_info_request", {}, self.shell if draw < 0.975 else self.control)

    def receive(self, timeout: int) -> bool:
        """Take in all that has come, waiting for the first at most `timeout` ms. Says whether anything has."""
        events = self.poller.poll(timeout)
        for one, _ in events:
            while True:
                try:
                    frames = one.recv_multipart(zmq.NOBLOCK)
                except zmq.Again:
                    break
                self._take(frames, one is self.iopub)
        return bool(events)

    def _take(self, frames: list[bytes], broadcast: bool) -> None:
        start = frames.index(DELIMITER)
        parent = json.loads(frames[start + 3])
        if parent.get("session") != self.session:
            return
        msg_id, kind = parent["msg_id"], json.loads(frames[start + 2])["msg_type"]
        if not broadcast:
            self.replies[msg_id] += 1
            expected = self.kinds[msg_id].replace("_request", "_reply")
            if kind != expected:
                self.faults.append(f"{self.kinds[msg_id]} was answered by {kind}")
        elif kind == "status":
            state = json.loads(frames[start + 5])["execution_state"]
            (self.busy if state == "busy" else self.idle)[msg_id] += 1
        elif self.idle[msg_id]:
            said = frames[start + 5][:300].decode()
            self.faults.append(f"{kind} came after the idle of its {self.kinds[msg_id]}: {said}")
        if self.replies[msg_id] and self.idle[msg_id]:
            self.waiting.discard(msg_id)

    def run(self, requests: int, advance: Any) -> None:
        """Send `requests` and see them all answered."""
        sent, quiet_since = 0, time.monotonic()
        while sent < requests or self.waiting:
            while sent < requests and len(self.waiting) < WINDOW:
                self.send_something()
                sent += 1
                advance()
            if self.receive(500):
                quiet_since = time.monotonic()
            elif time.monotonic() - quiet_since > PATIENCE:
                break
        # Whatever came twice has come by now, or comes with what is sent last.
        self.receive(200)

    def verdict(self) -> list[str]:
        """What was not as it must be."""
        found = list(self.faults)
        for msg_id, kind in self.kinds.items():
            seen = (self.replies[msg_id], self.busy[msg_id], self.idle[msg_id])
            if seen != (1, 1, 1):
                found.append(f"{kind}: {seen[0]} replies, {seen[1]} busy, {seen[2]} idle")
        return found


class Kernel:
    """The process under test."""

    def __init__(self, argv: list[str], env: dict[str, str], folder: str) -> None:
        ports, held = [], []
        for _ in CHANNELS:
            one = socket.socket()
            one.bind(("127.0.0.1", 0))
            ports.append(one.getsockname()[1])
            held.append(one)
        for one in held:
            one.close()
        names = [f"{channel}_port" for channel in CHANNELS]
        self.info = dict(zip(names, ports, strict=True), ip="127.0.0.1", transport="tcp", key=uuid.uuid4().hex)
        self.info["signature_scheme"] = "hmac-sha256"
        file = Path(folder, "connection.json")
        file.touch(0o600)
        file.write_text(json.dumps(self.info))
        command = [part.replace("{connection_file}", str(file)) for part in argv]
        environment = {**os.environ, **env, "ANTIPHON_HOME": folder, "IPYTHONDIR": folder}
        self.process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, start_new_session=True)

    def memory(self) -> float:
        """Proportional set size in MB."""
        for line in Path(f"/proc/{self.process.pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) / 1024
        return float("nan")

    def close(self) -> None:
        self.process.kill()
        self.process.wait()


def wait_until_ready(kernel: Kernel) -> None:
    """Returns when the kernel answers and is heard. Raises `SystemExit` when it does not come up."""
    client = Client(kernel.info, 0)
    try:
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline and kernel.process.poll() is None:
            client.send("kernel_info_request", {}, client.control)
            end = time.monotonic() + 0.5
            while time.monotonic() < end:
                client.receive(100)
                if any(client.idle.values()) and any(client.replies.values()):
                    return
    finally:
        client.close()
    raise SystemExit("the kernel does not answer")


def throw_interrupts(kernel: Kernel, seed: int, done: threading.Event) -> list[int]:
    """Interrupt at random moments until `done`; returns how many, by signal and by message."""
    chance, counts = random.Random(seed), [0, 0]
    client = Client(kernel.info, seed)
    try:
        while not done.wait(chance.expovariate(12)):
            if chance.random() < 0.5:
                kernel.process.send_signal(signal.SIGINT)
                counts[0] += 1
            else:
                client.send("interrupt_request", {}, client.control)
                counts[1] += 1
            client.receive(0)
    finally:
        client.close()
    return counts


def soak(kernel: Kernel, requests: int, clients: int, seed: int, console: Console) -> list[str]:
    """Run it. Returns what went wrong."""
    wait_until_ready(kernel)
    everyone = [Client(kernel.info, seed + number) for number in range(clients)]
    done, counts, samples = threading.Event(), [0, 0], []
    columns = (TextColumn("soak"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal) as progress:
        bar = progress.add_task("soak", total=requests)

        def interrupting() -> None:
            counts[:] = throw_interrupts(kernel, seed - 1, done)

        threads = [
            threading.Thread(target=one.run, args=(requests // clients, lambda: progress.advance(bar)))
            for one in everyone
        ]
        interrupter = threading.Thread(target=interrupting)
        interrupter.start()
        for thread in threads:
            thread.start()
        while any(thread.is_alive() for thread in threads) and kernel.process.poll() is None:
            samples.append((progress.tasks[0].completed, kernel.memory()))
            threads[0].join(0.5)
            if not threads[0].is_alive():
                for thread in threads:
                    thread.join(0.2)
        done.set()
        interrupter.join()
    if kernel.process.poll() is not None:
        return [f"the kernel died: exit code {kernel.process.returncode}"]
    faults = [fault for one in everyone for fault in one.verdict()]
    sent = sum(len(one.kinds) for one in everyone)
    half = [memory for at, memory in samples if requests * 0.4 <= at < requests * 0.6]
    last = [memory for at, memory in samples if at >= requests * 0.9]
    console.print(f"{sent} requests, {counts[0]} interrupts by signal, {counts[1]} by message")
    if not half or not last:
        console.print("too short a run to judge its memory")
    else:
        console.print(f"memory {samples[0][1]:.1f} MB at first, {max(half):.1f} at half, {max(last):.1f} at the end")
        if max(last) > max(half) * 1.1 + 4:
            faults.append(f"memory grows: {max(half):.1f} MB at half of the run, {max(last):.1f} MB at its end")
    for one in everyone:
        one.close()
    return faults


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--requests", type=int, default=100_000)
    parser.add_argument("--clients", type=int, default=4)
    parser.add_argument("--seed", type=int, default=random.randrange(2**32))
    parser.add_argument("--kernel", type=Path, metavar="FOLDER", help="a kernelspec's folder (default: our kernel)")
    options = parser.parse_args()
    argv = [sys.executable, "-m", "antiphon_python_kernel", "-f", "{connection_file}"]
    env: dict[str, str] = {}
    if options.kernel is not None:
        spec = json.loads((options.kernel / "kernel.json").read_text())
        argv, env = spec["argv"], spec.get("env", {})
    console = Console(highlight=False)
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        kernel = Kernel(argv, env, folder)
        try:
            faults = soak(kernel, options.requests, options.clients, options.seed, console)
        finally:
            kernel.close()
    console.print(f"{time.monotonic() - began:.1f} s, seed {options.seed}")
    for fault, times in Counter(faults).most_common(20):
        console.print(f"[red]{fault}[/red] ({times} times)")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
