"""A reserved port is free for the kernel that is told it, and for nobody else."""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys

import pytest
import zmq

from antiphon_wire_protocol.manager.ports import HELD, ReservedPorts

held = pytest.mark.skipif(not HELD, reason="ports can only be held on Linux")


@held
def test_a_kernel_can_bind_what_is_held_again_and_again() -> None:
    ports = ReservedPorts("127.0.0.1", 1)
    for _ in range(3):  # a restart binds the same
        with zmq.Context() as context, context.socket(zmq.ROUTER) as kernel, context.socket(zmq.DEALER) as client:
            kernel.bind(f"tcp://127.0.0.1:{ports.numbers[0]}")
            client.connect(f"tcp://127.0.0.1:{ports.numbers[0]}")
            client.send(b"x")
            assert kernel.poll(5000)
    ports.close()


CROWDED = """
with open("/proc/sys/net/ipv4/ip_local_port_range", "w") as file:
    file.write("40000 40019")
from antiphon_wire_protocol.manager.ports import ReservedPorts
reserved = [ReservedPorts("0.0.0.0", 5) for _ in range(4)]
numbers = [number for ports in reserved for number in ports.numbers]
assert len(set(numbers)) == 20, numbers
try:
    ReservedPorts("0.0.0.0", 1)
except OSError:
    print("full")
"""


@held
def test_the_system_gives_a_held_port_to_nobody() -> None:
    """In a network of its own that has only twenty ports, all are given out once and then none."""
    alone = ["unshare", "--map-root-user", "--net"]
    if shutil.which("unshare") is None or subprocess.run([*alone, "true"], capture_output=True).returncode:
        pytest.skip("needs leave to make a network namespace")
    ran = subprocess.run([*alone, sys.executable, "-c", CROWDED], capture_output=True, text=True)
    assert ran.stdout == "full\n", ran.stderr


@held
def test_thousands_of_reservations_and_binds_never_collide() -> None:
    reserved = [ReservedPorts("127.0.0.1", 5) for _ in range(200)]
    numbers = [number for ports in reserved for number in ports.numbers]
    assert len(set(numbers)) == 1000
    others = []
    for reuse in (0, 1):
        for _ in range(500):
            other = socket.socket()
            other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, reuse)
            other.bind(("127.0.0.1", 0))
            others.append(other)
    assert not {other.getsockname()[1] for other in others} & set(numbers)
    for other in others:
        other.close()
    for ports in reserved:
        ports.close()


def test_closing_frees_the_ports() -> None:
    ports = ReservedPorts("127.0.0.1", 2)
    ports.close()
    with socket.socket() as other:
        other.bind(("127.0.0.1", ports.numbers[0]))


def test_an_address_that_is_not_ours() -> None:
    with pytest.raises(OSError):
        ReservedPorts("203.0.113.1", 1)
