"""The console on a kernel of another machine: OpenSSH's own server on loopback, with keys made for the test.

It needs sshd, ssh and ssh-keygen; without them it is skipped, unless ANTIPHON_REQUIRE says that they must be there.
What is over there has another runtime folder than what is here, and a shell that greets.
"""

from __future__ import annotations

import getpass
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from antiphon_console_client.testing import Terminal
from antiphon_wire_protocol import BlockingKernelManager

CONSOLE = [sys.executable, "-m", "antiphon_console_client.console_app"]
PASSPHRASE = "open says me"
LIMIT = 60


class Far:
    """The other machine: `host` is its name in our ssh's configuration, `env` what a console here is started with."""

    def __init__(self, folder: Path) -> None:
        sshd = shutil.which("sshd") or shutil.which("sshd", path="/usr/sbin:/usr/local/sbin")
        missing = [name for name in ("ssh", "ssh-keygen") if shutil.which(name) is None] + ["sshd"] * (sshd is None)
        if missing:
            (pytest.fail if os.environ.get("ANTIPHON_REQUIRE") else pytest.skip)(f"not here: {', '.join(missing)}")
        self.folder = folder
        self.runtime = folder / "runtime-there"
        self.runtime.mkdir(mode=0o700)
        for name, phrase in (("host", ""), ("key", ""), ("guarded", PASSPHRASE), ("stranger", "")):
            subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", phrase, "-f", folder / name], check=True)
        allowed = folder / "allowed"
        allowed.write_text((folder / "key.pub").read_text() + (folder / "guarded.pub").read_text())
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        (folder / "sshd_config").write_text(
            f"Port {port}\nListenAddress 127.0.0.1\nHostKey {folder / 'host'}\nAuthorizedKeysFile {allowed}\n"
            "PidFile none\nStrictModes no\nUsePAM no\nPasswordAuthentication no\nKbdInteractiveAuthentication no\n"
            f"PermitRootLogin yes\nSetEnv JUPYTER_RUNTIME_DIR={self.runtime}\n"
            'ForceCommand echo "Welcome, { stranger"; eval "$SSH_ORIGINAL_COMMAND"\n'
        )
        (folder / "known").write_text(f"[127.0.0.1]:{port} {(folder / 'host.pub').read_text()}")
        common = (
            f"HostName 127.0.0.1\n Port {port}\n User {getpass.getuser()}\n IdentitiesOnly yes\n IdentityAgent none\n"
        )
        hosts = {
            "far": f"{common} IdentityFile {folder / 'key'}\n UserKnownHostsFile {folder / 'known'}\n",
            "guarded": f"{common} IdentityFile {folder / 'guarded'}\n UserKnownHostsFile {folder / 'known'}\n",
            "stranger": f"{common} IdentityFile {folder / 'stranger'}\n UserKnownHostsFile {folder / 'known'}\n",
            "unknown": f"{common} IdentityFile {folder / 'key'}\n UserKnownHostsFile {folder / 'nobody'}\n",
            "missing": "HostName no-such-machine.invalid\n",
            "closed": f"HostName 127.0.0.1\n Port {_port_nobody_has()}\n",
        }
        self.config = folder / "ssh_config"
        self.config.write_text("".join(f"Host {name}\n {text}" for name, text in hosts.items()))
        here = folder / "here"
        here.mkdir(mode=0o700)
        programs = folder / "bin"
        programs.mkdir()
        # ssh reads its configuration from the home folder that the system knows, whatever HOME says.
        self.program("ssh", f'exec {shutil.which("ssh")} -F {self.config} "$@"')
        self.env = {
            "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}",
            "JUPYTER_RUNTIME_DIR": str(here),
            "TMPDIR": str(_short_folder(folder)),
        }
        if os.geteuid() == 0:
            os.makedirs("/run/sshd", exist_ok=True)  # where a server of root's shuts its helpers in
        self._server = subprocess.Popen(
            [str(sshd), "-D", "-e", "-f", str(folder / "sshd_config")], stderr=subprocess.PIPE, text=True
        )
        assert self._server.stderr is not None
        for line in self._server.stderr:
            if "Server listening" in line:
                break
        else:
            raise AssertionError(f"sshd ended with {self._server.wait()}")
        self._drain = threading.Thread(target=self._server.stderr.read, daemon=True)
        self._drain.start()

    def program(self, name: str, text: str) -> None:
        """A program of that name comes first here."""
        path = self.folder / "bin" / name
        path.write_text(f"#!/bin/sh\n{text}\n")
        path.chmod(0o700)

    def hang_up(self) -> None:
        """The server's ends of all connections are gone."""
        for process in psutil.Process(self._server.pid).children(recursive=True):
            with suppress(psutil.NoSuchProcess):  # it went with the one before
                process.kill()

    def close(self) -> None:
        self.hang_up()
        self._server.terminate()
        self._server.wait()
        self._drain.join()
        assert self._server.stderr is not None
        self._server.stderr.close()


def _port_nobody_has() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _short_folder(folder: Path) -> Path:
    path = folder / "t"
    path.mkdir()
    return path


@pytest.fixture(scope="module")
def far(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Far]:
    machine = Far(tmp_path_factory.mktemp("s"))
    yield machine
    machine.close()


@pytest.fixture(scope="module", params=["ipc", "tcp"])
def kernel(far: Far, request: pytest.FixtureRequest) -> Iterator[BlockingKernelManager]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("JUPYTER_RUNTIME_DIR", str(far.runtime))
        with BlockingKernelManager("antiphon", transport=request.param) as manager:
            manager.ready()
            with manager.client() as client:
                client.ready()
                assert client.execute("where = 'over there'").status == "ok"
            yield manager


@pytest.fixture(autouse=True)
def swept(far: Far) -> None:
    """What one test leaves behind is not another's fault."""
    for name in left_behind(far):
        shutil.rmtree(os.path.join(far.env["TMPDIR"], name))


def run(far: Far, *words: str, env: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*CONSOLE, *words],
        env={**os.environ, **far.env, **(env or {})},
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        timeout=LIMIT,
        check=False,
        start_new_session=True,  # no terminal that could be asked
    )


def left_behind(far: Far) -> list[str]:
    return os.listdir(far.env["TMPDIR"])


def tunnels(of: int) -> list[psutil.Process]:
    return [child for child in psutil.Process(of).children(recursive=True) if child.name() == "ssh"]


@pytest.mark.parametrize("how", ["newest", "file", "id", "path"])
def test_a_kernel_over_there_is_found_and_runs_code(far: Far, kernel: BlockingKernelManager, how: str) -> None:
    path = kernel.connection_file
    name = os.path.basename(path)
    chosen = {"newest": [], "file": [name], "id": [name[7:20]], "path": [path]}[how]
    done = run(far, "--existing", *chosen, "--ssh", "far", "-c", "where")
    assert (done.returncode, done.stderr) == (0, "")
    assert re.fullmatch(r"Out\[\d+\]: 'over there'\n", done.stdout)
    assert left_behind(far) == []


def test_a_session_over_there(far: Far, kernel: BlockingKernelManager) -> None:
    with Terminal([*CONSOLE, "--existing", "--ssh", "far"], env=far.env) as console:
        console.wait(r"In \[\d+\]:\s*\Z")
        console.line("name = input('who? ')")
        console.wait(r"^who\?\s*\Z")
        console.line("me")
        console.line("name.upper()")
        console.wait(r"Out\[\d+\]: 'ME'")
        console.line("import time; print('on', flush=True); time.sleep(600)")
        console.wait("^on$")
        console.type("\x03")
        console.wait("KeyboardInterrupt")
        console.wait(r"In \[\d+\]:\s*\Z")
        (tunnel,) = tunnels(console.pid)
        console.line("exit")
        assert console.wait_end() == 0
        assert not tunnel.is_running()
    assert left_behind(far) == []
    assert kernel.alive


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGKILL])
def test_the_tunnel_ends_with_the_console(far: Far, kernel: BlockingKernelManager, number: signal.Signals) -> None:
    with Terminal([*CONSOLE, "--existing", "--ssh", "far"], env=far.env) as console:
        console.wait(r"In \[\d+\]:\s*\Z")
        (tunnel,) = tunnels(console.pid)
        console.kill(number)
        console.wait_end()
        _, alive = psutil.wait_procs([tunnel], LIMIT)
        assert alive == []
    if number != signal.SIGKILL:
        assert left_behind(far) == []
    assert kernel.alive


@pytest.mark.parametrize("whose", ["ours", "theirs"])
def test_a_tunnel_that_ends_is_told_in_one_line(far: Far, kernel: BlockingKernelManager, whose: str) -> None:
    with Terminal([*CONSOLE, "--existing", "--ssh", "far"], env=far.env) as console:
        console.wait(r"In \[\d+\]:\s*\Z")
        console.line("'before'")
        console.wait(r"Out\[\d+\]: 'before'")
        if whose == "ours":
            for process in tunnels(console.pid):
                process.kill()
        else:
            far.hang_up()
        console.wait(r"^ssh far has ended.*\nCtrl-D leaves\.")
        console.wait(r"In \[\d+\]:\s*\Z")
        assert len(re.findall("^ssh ", console.everything, re.M)) == 1
        console.type("\x04")
        assert console.wait_end() == 0
    assert left_behind(far) == []


def test_a_cell_that_runs_when_the_tunnel_ends_is_not_waited_for(far: Far, kernel: BlockingKernelManager) -> None:
    process = subprocess.Popen(
        [*CONSOLE, "--existing", "--ssh", "far", "-c", "print('on', flush=True); input()"],
        env={**os.environ, **far.env},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    with process:
        assert process.stdout is not None
        assert process.stdout.readline() == "on\n"
        far.hang_up()
        _, said = process.communicate(timeout=LIMIT)
    assert process.returncode == 1
    assert re.fullmatch("antiphon console: ssh far has ended.*\n", said)
    kernel.interrupt()


def test_a_password_is_asked_for_once_at_the_terminal(far: Far, kernel: BlockingKernelManager) -> None:
    with Terminal([*CONSOLE, "--existing", "--ssh", "guarded"], env=far.env) as console:
        console.wait("Enter passphrase for key")
        console.line(PASSPHRASE)
        console.wait(r"In \[\d+\]:\s*\Z")
        console.line("'let in'")
        console.wait(r"Out\[\d+\]: 'let in'")
        assert console.everything.count("Enter passphrase") == 1
        assert PASSPHRASE not in console.everything


def test_ctrl_c_gives_up_a_password(far: Far, kernel: BlockingKernelManager) -> None:
    with Terminal([*CONSOLE, "--existing", "--ssh", "guarded"], env=far.env) as console:
        console.wait("Enter passphrase for key")
        console.type("\x03")
        assert console.wait_end() == 130
        assert "Traceback" not in console.everything
    assert left_behind(far) == []


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--existing", "--ssh", "missing"], "ssh missing: Could not resolve hostname"),
        (["--existing", "--ssh", "closed"], "ssh closed: .*Connection refused"),
        (["--existing", "--ssh", "stranger"], r"ssh stranger: .*Permission denied \(publickey\)"),
        (["--existing", "--ssh", "unknown"], "ssh unknown: Host key verification failed"),
        (["--existing", "nosuchkernel", "--ssh", "far"], "ssh far: no connection file nosuchkernel there"),
        (["--existing", "/no/such/file.json", "--ssh", "far"], "ssh far: no connection file /no/such/file.json there"),
        (["--existing", "broken.json", "--ssh", "far"], "ssh far: the connection file there cannot be read"),
        (["--existing", "dead.json", "--ssh", "far"], "ssh far: the kernel there cannot be reached .*refused"),
        (["--existing", "--ssh=-oProxyCommand=false"], "--ssh takes USER@HOST"),
        (["--kernel", "python3", "--ssh", "far"], "--ssh leads to a kernel that runs"),
    ],
)
def test_what_does_not_work_is_said_in_one_line(far: Far, words: list[str], says: str) -> None:
    (far.runtime / "broken.json").write_text("{")
    ports = ", ".join(f'"{name}_port": {_port_nobody_has()}' for name in ("shell", "iopub", "stdin", "control", "hb"))
    (far.runtime / "dead.json").write_text(f'{{"ip": "127.0.0.1", "transport": "tcp", "key": "k", {ports}}}')
    done = run(far, *words, "-c", "1")
    assert done.returncode == 1
    assert re.search(says, done.stderr), done.stderr
    assert len(done.stderr.splitlines()) == 1, done.stderr
    assert left_behind(far) == []


def test_a_machine_that_says_nothing_is_not_waited_for_for_ever(far: Far) -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        folder = far.folder / "impatient"
        folder.mkdir()
        ssh = folder / "ssh"
        port = silent.getsockname()[1]
        # What comes first on ssh's command line is what it heeds.
        ssh.write_text(f'#!/bin/sh\nexec {shutil.which("ssh")} -F none -o ConnectTimeout=1 -p {port} "$@"\n')
        ssh.chmod(0o700)
        env = {"PATH": f"{folder}{os.pathsep}{os.environ['PATH']}"}
        done = run(far, "--existing", "--ssh", "127.0.0.1", "-c", "1", env=env)
    assert done.returncode == 1
    assert re.fullmatch(r"antiphon console: ssh 127\.0\.0\.1: .*timed out.*\n", done.stderr)


def test_a_machine_without_ssh(far: Far) -> None:
    done = run(far, "--existing", "--ssh", "far", "-c", "1", env={"PATH": "/no/such/folder"})
    assert (done.returncode, done.stderr) == (
        1,
        "antiphon console: there is no program `ssh` here: install OpenSSH's client\n",
    )
