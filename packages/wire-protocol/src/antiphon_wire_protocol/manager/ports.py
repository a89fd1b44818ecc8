"""Ports kept free for a kernel that is told which ones to bind.

On Linux a port stays ours while the kernel binds it: our socket has it bound with SO_REUSEADDR and does not
listen, which lets another socket with SO_REUSEADDR (every libzmq, JeroMQ, Go, Java and Rust listener has it) bind and
listen, while the system gives the number to nobody who asks for any free port. So many kernels started at once
never collide, and a restarted kernel finds its ports again. Elsewhere the ports are let go just before the start.
"""

from __future__ import annotations

import socket
import sys

HELD = sys.platform.startswith("linux")


class ReservedPorts:
    """`count` ports on `ip`, ours until `close`."""

    def __init__(self, ip: str, count: int) -> None:
        self._sockets: list[socket.socket] = []
        family = socket.AF_INET6 if ":" in ip else socket.AF_INET
        host = {"*": "", "0.0.0.0": ""}.get(ip, ip)
        try:
            for _ in range(count):
                held = socket.socket(family, socket.SOCK_STREAM)
                self._sockets.append(held)
                held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                held.bind((host, 0))
            self.numbers: tuple[int, ...] = tuple(held.getsockname()[1] for held in self._sockets)
        except BaseException:
            self.close()
            raise

    def hand_over(self) -> None:
        """The kernel is about to bind."""
        if not HELD:
            self.close()

    def close(self) -> None:
        for held in self._sockets:
            held.close()
        self._sockets.clear()
