"""A long run of mixed requests from several clients, with interrupts thrown in, against any kernel.

    python benchmarks/soak.py                         # 100 000 requests, 4 clients, our kernel
    python benchmarks/soak.py --requests 2000 --seed 7
    python benchmarks/soak.py --kernel python3        # a name, or a kernelspec's folder

Every request, the interrupts too, must get exactly one reply, one busy and one idle, nothing may come twice or after
its idle, and the kernel's memory must be flat. The clients speak the protocol with pyzmq and the standard library
only. Exit code 1, with what was missing, when it does not hold.
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
from concurrent.futures import ThreadPoolExecutor, wait
from pathlib import Path
from typing import Any

import zmq
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from antiphon_wire_protocol.discovery.kernelspec import find_kernelspec, read_kernelspec

DELIMITER = b"<IDS|MSG>"
CHANNELS = ("shell", "iopub", "stdin", "control", "hb")
WINDOW = 24
"""Requests that one client has under way at most."""
PATIENCE = 60.0
"""Seconds without any message for a client that still waits: the kernel has lost something."""
SLACK = 4.0
"""MB by which memory may differ between two quarters of a run: allocators and caches are not still."""
KEPT = 40
"""Bytes that a request may leave behind on average: `In` keeps what was typed for as long as the kernel lives."""

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
BIG = "print('x' * 1_000_000)"


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
        self.inputs: Counter[str] = Counter()
        self.silent: set[str] = set()
        self.over: dict[str, zmq.Socket[bytes]] = {}
        self.outcomes: dict[str, str] = {}
        self.heard: dict[str, set[str]] = {}
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
        self.over[msg_id] = over
        self.waiting.add(msg_id)
        if content.get("silent"):
            self.silent.add(msg_id)
        over.send_multipart([DELIMITER, signature, *parts])
        return msg_id

    def send_something(self) -> None:
        """One request of a mix that real frontends send."""
        draw = self.random.random()
        if draw < 0.72:
            code = BIG if draw < 0.002 else self.random.choice(CELLS)
            silent, stored, stopping = (self.random.random() < part for part in (0.07, 0.9, 0.3))
            fields: dict[str, Any] = {
                "silent": silent,
                "store_history": stored and not silent,
                "stop_on_error": stopping,
            }
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
                self._take(frames, one)
        return bool(events)

    def _take(self, frames: list[bytes], source: zmq.Socket[bytes]) -> None:
        start = frames.index(DELIMITER)
        header, parent = json.loads(frames[start + 2]), json.loads(frames[start + 3])
        kind = header["msg_type"]
        msg_id = parent.get("msg_id")
        if msg_id not in self.kinds:
            if source is not self.iopub or parent.get("session") == self.session:
                self.faults.append(f"{kind} came for a request that was never made")
            return
        request = self.kinds[msg_id]
        if source is not self.iopub:
            self.replies[msg_id] += 1
            content = json.loads(frames[start + 5])
            self.outcomes[msg_id] = content.get("ename") or content.get("status", "")
            if kind != request.replace("_request", "_reply"):
                self.faults.append(f"{request} was answered by {kind}")
            if source is not self.over[msg_id]:
                self.faults.append(f"{request} was answered on another channel")
        elif self.idle[msg_id]:
            said = frames[start + 5][:300].decode()
            self.faults.append(f"{kind} came after the idle of its {request}: {said}")
        else:
            self._hear(msg_id, header["msg_id"], kind, frames[start + 5])
        if self.replies[msg_id] and self.idle[msg_id]:
            self.waiting.discard(msg_id)

    def _hear(self, msg_id: str, own_id: str, kind: str, content: bytes) -> None:
        """One broadcast that `msg_id` has caused."""
        heard = self.heard.setdefault(msg_id, set())
        if own_id in heard:
            self.faults.append(f"{kind} came twice")
        heard.add(own_id)
        if kind == "execute_input":
            self.inputs[msg_id] += 1
        elif kind == "status":
            state = json.loads(content)["execution_state"]
            (self.busy if state == "busy" else self.idle)[msg_id] += 1
            if state == "idle":
                del self.heard[msg_id]  # what comes from now on is a fault of its own
        if not self.busy[msg_id]:
            self.faults.append(f"{kind} came before the busy of its {self.kinds[msg_id]}")

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

    def verdict(self) -> list[str]:
        """What was not as it must be."""
        found = list(self.faults)
        for msg_id, kind in self.kinds.items():
            seen = (self.replies[msg_id], self.busy[msg_id], self.idle[msg_id])
            if seen != (1, 1, 1):
                found.append(f"{kind}: {seen[0]} replies, {seen[1]} busy, {seen[2]} idle")
            elif kind == "execute_request":
                outcome = self.outcomes[msg_id]
                due = 0 if msg_id in self.silent or outcome == "aborted" else 1
                # One that was interrupted before it began was not shown to anybody.
                allowed = {0, due} if outcome == "KeyboardInterrupt" else {due}
                if self.inputs[msg_id] not in allowed:
                    found.append(
                        f"execute_request that ended {outcome}: {self.inputs[msg_id]} execute_input, not {due}"
                    )
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


def throw_interrupts(kernel: Kernel, client: Client, done: threading.Event) -> int:
    """Interrupt at random moments until `done`, by signal or by message. Returns how many went by signal."""
    signals = 0
    while not done.wait(client.random.expovariate(12)):
        if client.random.random() < 0.5:
            kernel.process.send_signal(signal.SIGINT)
            signals += 1
        else:
            client.send("interrupt_request", {}, client.control)
        client.receive(0)
    client.run(0, None)
    return signals


def judge_memory(samples: list[tuple[int, float]], requests: int, console: Console) -> list[str]:
    """Whether the last quarter of a run holds more than its second one; the first is for getting warm."""
    early = [memory for at, memory in samples if requests * 0.25 <= at < requests * 0.5]
    late = [memory for at, memory in samples if at >= requests * 0.75]
    if not early or not late:
        console.print("too short a run to judge its memory")
        return []
    said = f"{max(early):.1f} MB in the second quarter of the run, {max(late):.1f} MB in its last"
    console.print(f"memory {samples[0][1]:.1f} MB at first, {said}")
    allowed = max(early) + SLACK + requests / 2 * KEPT / 2**20
    return [f"memory grows: {said}"] if max(late) > allowed else []


def soak(kernel: Kernel, requests: int, clients: int, seed: int, console: Console) -> list[str]:
    """Run it. Returns what went wrong."""
    wait_until_ready(kernel)
    everyone = [Client(kernel.info, seed + number) for number in range(clients)]
    interrupter = Client(kernel.info, seed - 1)
    shares = [requests // clients + (number < requests % clients) for number in range(clients)]
    done, samples, signals = threading.Event(), [(0, kernel.memory())], 0
    columns = (TextColumn("soak"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal) as progress, ThreadPoolExecutor() as pool:
        bar = progress.add_task("soak", total=requests)
        interrupting = pool.submit(throw_interrupts, kernel, interrupter, done)
        running = {
            pool.submit(one.run, share, lambda: progress.advance(bar))
            for one, share in zip(everyone, shares, strict=True)
        }
        while running and kernel.process.poll() is None:
            running = wait(running, timeout=0.25).not_done
            samples.append((int(progress.tasks[0].completed), kernel.memory()))
        done.set()
        signals = interrupting.result()
    if kernel.process.poll() is not None:
        return [f"the kernel died: exit code {kernel.process.returncode}"]
    console.print(f"{requests} requests, {signals} interrupts by signal, {len(interrupter.kinds)} by message")
    faults = judge_memory(samples, requests, console)
    for one in (*everyone, interrupter):
        while one.receive(200):
            """Whatever came twice is found here at the latest."""
        faults += one.verdict()
        one.close()
    return faults


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--requests", type=int, default=100_000)
    parser.add_argument("--clients", type=int, default=4)
    parser.add_argument("--seed", type=int, default=random.randrange(2**32))
    parser.add_argument(
        "--kernel", metavar="NAME", help="a kernel's name, or its folder (default: our kernel, uninstalled)"
    )
    options = parser.parse_args()
    argv = [sys.executable, "-m", "antiphon_python_kernel", "-f", "{connection_file}"]
    env: dict[str, str] = {}
    if options.kernel is not None:
        is_folder = Path(options.kernel, "kernel.json").is_file()
        spec = read_kernelspec(options.kernel) if is_folder else find_kernelspec(options.kernel)
        argv, env = spec.argv, spec.env
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
