from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

from antiphon_wire_protocol.discovery.kernelspec import KernelSpec
from antiphon_wire_protocol.manager import trial
from antiphon_wire_protocol.manager.trial import try_kernel

SCRIPT = """
import signal, sys
from antiphon_wire_protocol.discovery.connection import read_connection_file
from antiphon_wire_protocol.message.content import KernelInfoReply
from antiphon_wire_protocol.testing import ANSWERS, ScriptedKernel
scripts = {}
def info(**fields):
    scripts["kernel_info_request"] = lambda turn: turn.reply(KernelInfoReply(implementation="scripted", **fields))
exec(sys.argv[2])
with ScriptedKernel(read_connection_file(sys.argv[1]), **scripts) as kernel:
    kernel.join()
"""


def spec(change: str = "signal.signal(signal.SIGINT, signal.SIG_IGN)", **fields: Any) -> KernelSpec:
    return KernelSpec(
        argv=[sys.executable, "-c", SCRIPT, "{connection_file}", change],
        name="tried",
        metadata={"antiphon": {"transport": "ipc"}, **fields.pop("metadata", {})},
        **fields,
    )


async def test_a_kernel_that_is_well(runtime: Path) -> None:
    (one,) = await try_kernel(spec(language="echo"))
    assert one.level == "ok"
    assert "echo 1.0 by scripted 1.0, protocol 5.5, ready in" in one.text


async def test_a_kernel_that_does_not_start(runtime: Path) -> None:
    (one,) = await try_kernel(spec("sys.exit('no licence found')"))
    assert one.level == "broken"
    assert "no licence found" in one.text
    assert "by hand" in one.remedy


async def test_a_program_that_is_not_there(runtime: Path) -> None:
    (one,) = await try_kernel(KernelSpec(argv=["/no/such", "{connection_file}"], name="tried"))
    assert one.level == "broken"
    assert "no command '/no/such'" in one.text


async def test_a_kernel_that_never_answers(runtime: Path) -> None:
    (one,) = await try_kernel(spec("scripts['kernel_info_request'] = lambda turn: None"), timeout=0.3)
    assert one.level == "broken"
    assert "not ready after 0.3 s" in one.text
    assert "--timeout" in one.remedy


async def test_an_interrupt_that_ends_it(runtime: Path) -> None:
    _, one = await try_kernel(spec("signal.signal(signal.SIGINT, signal.SIG_DFL)"))
    assert one.level == "warning"
    assert "interrupt (signal)" in one.text
    assert '"interrupt_mode": "message"' in one.remedy


async def test_an_interrupt_request_that_is_not_answered(runtime: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trial, "TIME_TO_SURVIVE", 0.3)
    code = "scripts['interrupt_request'] = lambda turn: None"
    _, one = await try_kernel(spec(code, interrupt_mode="message"))
    assert one.level == "broken"
    assert "does not answer interrupt_request" in one.text


async def test_a_kernel_that_does_not_end_when_asked(runtime: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trial, "TIME_TO_SURVIVE", 0.3)
    code = "signal.signal(signal.SIGINT, signal.SIG_IGN); scripts['shutdown_request'] = lambda turn: None"
    _, one = await try_kernel(spec(code))
    assert one.level == "warning"
    assert "does not end when asked" in one.text


@pytest.mark.parametrize(
    ("code", "fields", "level", "text"),
    [
        (
            "info(protocol_version='5.3')",
            {"kernel_protocol_version": "5.5"},
            "note",
            "states protocol 5.5, the kernel 5.3",
        ),
        ("info(protocol_version='4.1')", {}, "warning", "speaks protocol 4.1"),
        (
            "info(protocol_version='5.3', language_info={'name': 'R'})",
            {"language": "S"},
            "warning",
            "says language S, the kernel R",
        ),
        ("info(protocol_version='5.3')", {"metadata": {"debugger": True}}, "warning", "has none"),
    ],
)
async def test_what_is_promised_beside_what_is_there(
    runtime: Path, code: str, fields: dict[str, Any], level: str, text: str
) -> None:
    _, one = await try_kernel(spec(f"signal.signal(signal.SIGINT, signal.SIG_IGN); {code}", **fields))
    assert one.level == level
    assert text in one.text
