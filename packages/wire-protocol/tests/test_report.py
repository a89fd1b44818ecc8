from __future__ import annotations

import json
from typing import Any

import pytest

from antiphon_wire_protocol.discovery.connection import ConnectionInfo
from antiphon_wire_protocol.discovery.running import KernelFile
from antiphon_wire_protocol.manager.report import colour, description, fields, short_names, table
from antiphon_wire_protocol.manager.survey import Seen
from antiphon_wire_protocol.message.content import KernelInfoReply

NOW = 1_800_000_000.0


def seen(name: str = "0123456789abcdef", **given: Any) -> Seen:
    connection = ConnectionInfo(shell_port=5001, key="a secret", kernel_name="ir", jupyter_session="/n/x.ipynb")
    file = KernelFile(path=f"/r/kernel-{name}.json", name=name, written=NOW - 90, connection=connection)
    return Seen(file=file, **{"state": "idle", "since": NOW - 90, **given})


def test_a_line_of_the_table() -> None:
    one = seen(memory=54_321_000, attached=("jupyter-lab (7)", "192.0.2.1"))
    heading, line = table([one], [one.file.name], NOW)
    assert heading.split() == ["NAME", "KERNEL", "STATE", "SINCE", "MEMORY", "ATTACHED"]
    assert line.split() == ["01234567", "ir", "idle", "1", "min", "54", "MB", "jupyter-lab", "(7),", "192.0.2.1"]
    assert line.index("jupyter-lab") == heading.index("ATTACHED")


@pytest.mark.parametrize(
    ("ago", "shown"), [(0.2, "0 s"), (59, "59 s"), (3599, "59 min"), (86_399, "23 h"), (864_000, "10 d"), (-5, "0 s")]
)
def test_how_long_ago(ago: float, shown: str) -> None:
    assert shown in table([seen(since=NOW - ago)], ["0123456789abcdef"], NOW)[1]


@pytest.mark.parametrize(("memory", "shown"), [(999, "999 B"), (1234, "1.2 kB"), (2_500_000_000, "2.5 GB"), (0, "0 B")])
def test_how_much(memory: int, shown: str) -> None:
    assert shown in table([seen(memory=memory)], ["0123456789abcdef"], NOW)[1]


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ({"attached": ()}, "nobody"),
        ({"attached": None}, "unknown"),
        ({"state": "dead", "reason": "nobody listens"}, "nobody listens"),
    ],
)
def test_the_last_column(given: dict[str, Any], shown: str) -> None:
    assert table([seen(**given)], ["0123456789abcdef"], NOW)[1].endswith(shown)


def test_names_are_cut_to_what_tells_them_apart() -> None:
    assert short_names(["aaaaaaaaaab", "aaaaaaaaaac", "b"]) == {
        "aaaaaaaaaab": "aaaaaaaaaab",
        "aaaaaaaaaac": "aaaaaaaaaac",
        "b": "b",
    }
    assert short_names(["0123456789", "1123456789"]) == {"0123456789": "01234567", "1123456789": "11234567"}
    assert short_names([]) == {}


def test_all_that_is_known_and_nothing_else() -> None:
    info = KernelInfoReply(
        protocol_version="5.3", implementation="IRkernel", language_info={"name": "R", "version": "4"}
    )
    lines = [line.strip() for line in description(seen(info=info, attached=()))]
    assert lines[0] == "0123456789abcdef"
    assert "language        R 4" in lines
    assert "document        /n/x.ipynb" in lines
    assert "to attach       antiphon console --existing 0123456789abcdef" in lines
    assert not any(line.startswith("process") for line in lines)


def test_the_key_is_never_shown() -> None:
    one = seen()
    assert "a secret" not in json.dumps(fields(one))
    assert "a secret" not in "\n".join(description(one))


def test_colour_is_for_terminals_that_want_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert colour() is False
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
    assert colour() is True
    monkeypatch.setenv("NO_COLOR", "1")
    assert colour() is False
    assert "\x1b[32midle" in table([seen()], ["0123456789abcdef"], NOW, colour=True)[1]
