"""A kernel for tests: a process that does what the code of a cell says, on real sockets, and starts fast."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

KERNEL = '''
import os, sys
from antiphon_wire_protocol.discovery.connection import read_connection_file
from antiphon_wire_protocol.message import content as c
from antiphon_wire_protocol.testing import ANSWERS, ScriptedKernel

held = []

def execute(turn):
    """Each line of a cell is a word and what it is about."""
    kernel, request = turn.kernel, turn.request.content
    kernel.execution_count += 1
    count = kernel.execution_count
    turn.broadcast(c.ExecuteInput(code=request.code, execution_count=count))
    ended = c.ExecuteReply(execution_count=count)
    for line in request.code.splitlines():
        word, _, rest = line.partition(" ")
        if word == "say":
            turn.broadcast(c.Stream(name="stdout", text=rest))
        elif word == "raise":
            turn.broadcast(c.Error(ename=rest, evalue="why", traceback=["Traceback", rest]))
            ended = c.ExecuteReply(status="error", execution_count=count, ename=rest, evalue="why", traceback=[])
        elif word == "exit":
            sys.stdout.write("last words\\n"); sys.stdout.flush()
            os._exit(int(rest))
        elif word == "flags":
            flags = f"{request.stop_on_error} {request.allow_stdin} {request.store_history}"
            turn.broadcast(c.Stream(name="stdout", text=flags))
        elif word == "cwd":
            turn.broadcast(c.Stream(name="stdout", text=os.getcwd()))
        elif word == "environ":
            turn.broadcast(c.Stream(name="stdout", text=os.environ.get(rest, "")))
        elif word == "ask":
            turn.hold()
            def answered(value):
                turn.broadcast(c.Stream(name="stdout", text=repr(value)))
                turn.reply(ended)
                turn.idle()
            turn.ask(rest, answered)
            return
        elif word == "hang":
            turn.hold()
            held.append((turn, count, rest))
            return
        elif word == "lose-idle":
            turn.hold()
        elif word == "late-idle":
            turn.hold()
            import threading
            def late():
                turn.broadcast(c.Stream(name="stdout", text="late"))
                turn.idle()
            threading.Timer(float(rest), lambda: kernel.run(late)).start()
    turn.reply(ended)

def interrupt(turn):
    turn.reply(c.InterruptReply())
    for hanging, count, manner in list(held):
        if manner == "for ever":
            continue
        if manner == "fragile":
            os._exit(4)
        held.remove((hanging, count, manner))
        reply = c.ExecuteReply(execution_count=count)
        if manner != "caught":
            said = {"ename": "KeyboardInterrupt", "evalue": "", "traceback": ["KeyboardInterrupt"]}
            hanging.broadcast(c.Error(**said))
            reply = c.ExecuteReply(status="error", execution_count=count, **said)
        hanging.reply(reply)
        hanging.idle()

with ScriptedKernel(read_connection_file(sys.argv[-1]), execute_request=execute, interrupt_request=interrupt) as kernel:
    kernel.join()
'''

Notebook = dict[str, Any]


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Makes a kernelspec of a name; no other is found."""
    monkeypatch.setenv("JUPYTER_RUNTIME_DIR", str(tmp_path / "r"))
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path / "jupyter"))
    monkeypatch.setattr(
        "antiphon_wire_protocol.discovery.kernelspec.kernel_folders", lambda: [str(tmp_path / "jupyter" / "kernels")]
    )

    def installed(name: str, *, argv: list[str] | None = None, language: str = "echo", display_name: str = "") -> None:
        folder = tmp_path / "jupyter" / "kernels" / name
        folder.mkdir(parents=True)
        spec = {
            "argv": argv or [sys.executable, "-c", KERNEL, "{connection_file}"],
            "display_name": display_name or name,
            "language": language,
            "interrupt_mode": "message",
            "metadata": {"antiphon": {"transport": "ipc"}},
        }
        (folder / "kernel.json").write_text(json.dumps(spec))

    return installed


@pytest.fixture
def scripted(install: Callable[..., None], tmp_path: Path) -> str:
    """The name of the scripted kernel."""
    install("scripted")
    return "scripted"


@pytest.fixture
def cells() -> Callable[..., Notebook]:
    """A notebook of code cells: each its source, or its source and tags."""

    def made(*sources: str | tuple[str, ...], **metadata: Any) -> Notebook:
        found = [source if isinstance(source, tuple) else (source,) for source in sources]
        return {
            "nbformat": 4,
            "nbformat_minor": 5,
            "metadata": metadata,
            "cells": [
                {
                    "cell_type": "code",
                    "id": f"c{number}",
                    "source": source,
                    "metadata": {"tags": tags} if tags else {},
                    "outputs": [{"output_type": "stream", "name": "stdout", "text": "of an earlier run"}],
                    "execution_count": 99,
                }
                for number, (source, *tags) in enumerate(found)
            ],
        }

    return made
