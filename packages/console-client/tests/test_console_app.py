"""The command line of the console: its words, and what it says when they cannot be followed."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import pytest

from antiphon_console_client.console_app import _parser, main
from antiphon_wire_protocol.discovery.connection import write_connection_file
from antiphon_wire_protocol.testing import ScriptedKernel


@pytest.fixture(autouse=True)
def nobody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HOME", "JUPYTER_CONFIG_DIR", "ANTIPHON_HOME", "IPYTHONDIR"):
        monkeypatch.setenv(name, str(tmp_path / "nobody"))
    runtime = tmp_path / "runtime"
    runtime.mkdir()
    monkeypatch.setenv("JUPYTER_RUNTIME_DIR", str(runtime))


@pytest.fixture
def connection_file(tmp_path: Path) -> object:
    with ScriptedKernel() as kernel:
        path = tmp_path / "kernel.json"
        write_connection_file(path, kernel.connection)
        yield str(path)


def test_one_cell(connection_file: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--existing", connection_file, "-c", "hello"]) == 0
    assert capsys.readouterr() == ("Out[1]: hello\n", "")


def test_a_file_and_stdin_are_cells(
    connection_file: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "program.txt"
    program.write_text("from a file")
    assert main(["--existing", connection_file, str(program)]) == 0
    monkeypatch.setattr(sys, "stdin", io.StringIO("piped"))
    assert main(["--existing", connection_file]) == 0
    assert capsys.readouterr().out == "Out[1]: from a file\nOut[2]: piped\n"


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--existing", "/no/such/file.json"], "no connection file /no/such/file.json"),
        (["--existing"], "no connection file of any kernel"),
        (["--kernel", "no-such-kernel", "-c", "1"], "no-such-kernel"),
        (["/no/such/file.py"], "/no/such/file.py: No such file or directory"),
        (["--ssh", "-oProxyCommand=x"], "expected one argument"),
        (["--kernel", "a", "--existing", "b"], "not allowed with"),
        (["--kernel", "a", "--ssh", "far"], "it goes with --existing"),
        (["--theme", "pink"], "invalid choice"),
    ],
)
def test_what_cannot_be_done_is_said(words: list[str], says: str, capsys: pytest.CaptureFixture[str]) -> None:
    try:
        status = main(words)
    except SystemExit as left:
        status = int(str(left.code))
    said = capsys.readouterr().err
    assert status in (1, 2)
    assert says in said.splitlines()[-1]
    assert "Traceback" not in said
    if status == 1:
        assert len(said.splitlines()) == 1


def test_words_and_their_defaults() -> None:
    options = _parser().parse_args([])
    assert (options.kernel, options.existing, options.ssh, options.code, options.keep) == ("", None, "", None, False)
    assert _parser().parse_args(["--existing"]).existing == ""


def test_help_has_examples(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    with pytest.raises(SystemExit):
        main(["--help"])
    said = capsys.readouterr().out
    assert "antiphon console --existing" in said
    assert all(len(line) <= 110 for line in said.splitlines())
