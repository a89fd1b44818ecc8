from __future__ import annotations

import subprocess
from pathlib import Path
from types import SimpleNamespace

import pytest

from antiphon_exec_core.shell_escape import StringList, getoutput, system


def test_system_shows_and_remembers(capsys: pytest.CaptureFixture[str]) -> None:
    namespace = SimpleNamespace(user_ns={})
    system("echo out; echo err >&2; exit 4", namespace)
    assert capsys.readouterr().out == "out\nerr\n"
    assert namespace.user_ns == {"_exit_code": 4}
    with pytest.raises(subprocess.CalledProcessError):
        system("exit 4", namespace, raise_on_error=True)
    with pytest.raises(OSError, match="Background processes not supported"):
        system("sleep 1 &", namespace)


def test_lines_as_a_list(tmp_path: Path) -> None:
    lines = getoutput(f"echo b 2; echo a 10; echo {tmp_path}")
    assert lines == ["b 2", "a 10", str(tmp_path)]
    assert lines.s == f"b 2 a 10 {tmp_path}"
    assert lines.n == f"b 2\na 10\n{tmp_path}"
    assert lines.p == [tmp_path]
    assert lines.l is lines


def test_grep_fields_sort() -> None:
    lines = StringList(["b 2 x", "A 10 y", "c 1"])
    assert lines.grep("a") == ["A 10 y"]
    assert lines.grep("a", prune=True) == ["b 2 x", "c 1"]
    assert lines.grep(lambda line: line.endswith("1")) == ["c 1"]
    assert lines.grep("1", field=1) == ["A 10 y", "c 1"]
    assert lines.fields(0) == ["b", "A", "c"]
    assert lines.fields(2, 0) == ["x b", "y A", "c"]
    assert lines.fields()[2] == ["c", "1"]
    assert lines.sort(1, nums=True) == ["c 1", "b 2 x", "A 10 y"]
    assert isinstance(lines.sort(), StringList)
