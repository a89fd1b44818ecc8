"""A kernel started to see whether it can be used: does it answer, what does it say of itself, does it survive Ctrl-C.

The checks know no language: nothing is executed.
"""

from __future__ import annotations

import asyncio
import contextlib
import time

from antiphon_wire_protocol.discovery.diagnosis import Finding, Level
from antiphon_wire_protocol.discovery.kernelspec import KernelSpec
from antiphon_wire_protocol.errors import KernelDied, LocalProtocolError, NoSuchKernel, ProtocolError
from antiphon_wire_protocol.manager.manager import KernelManager
from antiphon_wire_protocol.message.content import KernelInfoReply

TIME_TO_SURVIVE = 2.0
"""Seconds that a kernel has to answer after an interrupt."""


async def try_kernel(spec: KernelSpec, *, timeout: float = 60.0) -> list[Finding]:
    """Start a kernel, look at it and end it. The first finding says how it went, be it well."""
    manager = KernelManager(spec)
    began = time.monotonic()
    try:
        try:
            await manager.start()
            info = await manager.ready(timeout)
        except (KernelDied, NoSuchKernel, ProtocolError, OSError) as error:
            return [_finding(spec, "broken", _one_line(error, manager), _remedy(error, spec))]
        took = time.monotonic() - began
        findings = [_finding(spec, "ok", f"{_described(info)}, ready in {took:.1f} s", "")]
        findings += _compared(spec, info)
        findings += await _interrupted(manager, spec)
        findings += await _ended(manager, spec)
        return findings
    finally:
        with contextlib.suppress(LocalProtocolError):  # there was nothing to start
            await manager.shutdown(now=True)


def _described(info: KernelInfoReply) -> str:
    language = info.language_info
    parts = (
        language.get("name", "?"),
        language.get("version", ""),
        "by",
        info.implementation or "?",
        info.implementation_version,
    )
    return " ".join(str(part) for part in parts if part) + f", protocol {info.protocol_version or 'unknown'}"


def _compared(spec: KernelSpec, info: KernelInfoReply) -> list[Finding]:
    """What kernel.json says beside what the kernel says."""
    findings = []
    stated, answered = spec.kernel_protocol_version, info.protocol_version
    if not answered.startswith("5."):
        text = f"the kernel speaks protocol {answered or 'of no version'}"
        findings.append(_finding(spec, "warning", text, "a newer version of the kernel speaks 5.x"))
    elif stated and stated.split(".")[:2] != answered.split(".")[:2]:
        text = f"kernel.json states protocol {stated}, the kernel {answered}"
        findings.append(_finding(spec, "note", text, "harmless: programs go by what arrives"))
    language = str(info.language_info.get("name", ""))
    if spec.language and language and spec.language.lower() != language.lower():
        text = f"kernel.json says language {spec.language}, the kernel {language}"
        findings.append(_finding(spec, "warning", text, f'set "language": "{language}" in kernel.json'))
    debugs = info.debugger or "debugger" in info.supported_features
    if spec.metadata.get("debugger") and not debugs:
        text = "kernel.json promises a debugger, the kernel has none"
        findings.append(_finding(spec, "warning", text, "install what the kernel needs to debug (debugpy for Python)"))
    return findings


async def _interrupted(manager: KernelManager, spec: KernelSpec) -> list[Finding]:
    """An interrupt while nothing runs: the kernel must be there afterwards."""
    other = "message" if spec.interrupt_mode == "signal" else "signal"
    try:
        async with asyncio.timeout(TIME_TO_SURVIVE):
            await manager.interrupt()
    except TimeoutError:
        text = "interrupt_mode is message, and the kernel does not answer interrupt_request"
        return [_finding(spec, "broken", text, f'set "interrupt_mode": "{other}" in kernel.json')]
    except (KernelDied, ProtocolError) as error:
        return [_finding(spec, "broken", f"an interrupt ends it: {_one_line(error, manager)}", "")]
    client = manager.client()
    await client.open(channels=("shell", "control", "iopub"))
    try:
        await client.ready(TIME_TO_SURVIVE * 5)
    except KernelDied:
        # No more than a warning: IRkernel, for one, ends by it now and then, and lives when a cell is interrupted.
        text = f"an interrupt ({spec.interrupt_mode}) while nothing ran has ended it"
        remedy = f'if it ends in the middle of a cell too, set "interrupt_mode": "{other}" in kernel.json'
        return [_finding(spec, "warning", text, remedy)]
    except TimeoutError:
        return [_finding(spec, "broken", "it does not answer any more after an interrupt", "report it to its authors")]
    finally:
        await client.close()
    return []


async def _ended(manager: KernelManager, spec: KernelSpec) -> list[Finding]:
    client = manager.client()
    await client.open(channels=("control",))
    try:
        with contextlib.suppress(TimeoutError, ProtocolError, KernelDied):
            await client.shutdown(timeout=TIME_TO_SURVIVE)
        async with asyncio.timeout(TIME_TO_SURVIVE):
            await manager.wait()
    except TimeoutError:
        text = "it does not end when asked to: programs have to kill it"
        return [_finding(spec, "warning", text, "report it to its authors")]
    finally:
        await client.close()
    return []


def _one_line(error: Exception, manager: KernelManager) -> str:
    """What happened, with the last line that the kernel wrote."""
    first, *rest = str(error).splitlines() or [type(error).__name__]
    if not rest and manager.alive:
        rest = manager.process.tail.splitlines()
    return f"{first}: {rest[-1].strip()}" if rest else first


def _remedy(error: Exception, spec: KernelSpec) -> str:
    if isinstance(error, TimeoutError):
        return "give it more time with --timeout, or look at what it writes: start it by hand"
    return f"start it by hand to see more: {' '.join(spec.command('/tmp/kernel.json'))}"


def _finding(spec: KernelSpec, level: Level, text: str, remedy: str) -> Finding:
    return Finding(level=level, name=spec.name, text=text, remedy=remedy, where=spec.resource_dir)
