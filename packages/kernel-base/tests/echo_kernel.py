"""The kernel that the server's tests start as a process."""

import os
import sys
import time

from antiphon_kernel_base import KernelBase, serve


class Echo(KernelBase):
    language = "echo"

    def run(self, code, frontend):
        word, _, rest = code.partition(" ")
        match word:
            case "ask":
                return frontend.ask(rest)
            case "fail":
                raise ValueError(rest)
            case "spin":
                frontend.stream("stdout", "spinning")
                while True:
                    pass
            case "sleep":
                frontend.stream("stdout", "sleeping")
                time.sleep(600)
            case "flood":
                for number in range(int(rest)):
                    frontend.stream("stdout", f"{number}\n")
                    if number % 1000 == 0:
                        frontend.stream("stderr", "!")
            case "pid":
                return str(os.getpid())
            case "bytes":
                comm = self.comms.open("page")
                comm.send({}, buffers=[b"x" * int(rest), memoryview(b"yz")])
            case _:
                return code


if __name__ == "__main__":
    sys.exit(serve(Echo))
