from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from importlib import import_module
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from types import SimpleNamespace

import pytest

from antiphon import command

Run = Callable[..., int]


@pytest.fixture
def called(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, list[str], str]]:
    """Which modules were called, with which words, under which name."""
    calls: list[tuple[str, list[str], str]] = []

    def module(name: str) -> SimpleNamespace:
        return SimpleNamespace(main=lambda words: calls.append((name, words, sys.argv[0])))

    monkeypatch.setattr(command, "import_module", module)
    return calls


def run(monkeypatch: pytest.MonkeyPatch, *words: str) -> int:
    monkeypatch.setattr("sys.argv", ["antiphon", *words])
    return command.main()


@pytest.fixture
def others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A PATH with one command of somebody else, and things that look like one."""
    for name, mode in (("antiphon-frobnicate", 0o755), ("antiphon-shell", 0o755), ("antiphon-text", 0o644)):
        (tmp_path / name).write_text('#!/bin/sh\necho "frobnicated: $@"; exit 7\n')
        (tmp_path / name).chmod(mode)
    (tmp_path / "antiphon-folder").mkdir()
    monkeypatch.setenv("PATH", f"/no/such/folder{os.pathsep}{tmp_path}")
    return tmp_path


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ([], ("antiphon_console_client.shell_app", [], "antiphon")),
        (["-c", "1+1"], ("antiphon_console_client.shell_app", ["-c", "1+1"], "antiphon")),
        ([__file__, "x"], ("antiphon_console_client.shell_app", [__file__, "x"], "antiphon")),
        (["shell", "--x"], ("antiphon_console_client.shell_app", ["--x"], "antiphon shell")),
        (
            ["console", "--kernel", "ir"],
            ("antiphon_console_client.console_app", ["--kernel", "ir"], "antiphon console"),
        ),
        (["kernel", "list"], ("antiphon_python_kernel.launch", ["list"], "antiphon kernel")),
        (["history", "trim"], ("antiphon_exec_core.history_app", ["trim"], "antiphon history")),
        (["profile", "list"], ("antiphon_exec_core.profile_app", ["list"], "antiphon profile")),
        (["help", "kernelspec"], ("antiphon_python_kernel.kernelspec_app", ["--help"], "antiphon kernelspec")),
    ],
)
def test_what_is_called(
    called: list[tuple[str, list[str], str]],
    monkeypatch: pytest.MonkeyPatch,
    words: list[str],
    expected: tuple[str, list[str], str],
) -> None:
    assert run(monkeypatch, *words) == 0
    assert called == [expected]


def test_every_command_is_there() -> None:
    for one in command.COMMANDS.values():
        assert find_spec(one.module) is not None, one.module
        assert callable(import_module(one.module).main)


@pytest.mark.parametrize(("raised", "code"), [(SystemExit(), 0), (SystemExit(3), 3), (SystemExit("said"), 1)])
def test_however_a_command_ends_there_is_a_code(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], raised: SystemExit, code: int
) -> None:
    def leave(words: list[str]) -> int:
        raise raised

    monkeypatch.setattr(command, "import_module", lambda name: SimpleNamespace(main=leave))
    assert run(monkeypatch, "kernel") == code
    assert capsys.readouterr().err == ("said\n" if code == 1 else "")


def test_help_is_that_of_the_shell_and_the_list(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], others: Path
) -> None:
    monkeypatch.setattr(command, "import_module", lambda name: SimpleNamespace(main=lambda words: print("the shell's")))
    assert run(monkeypatch, "--help") == 0
    first, *rest = capsys.readouterr().out.splitlines()
    assert first == "the shell's"
    listed = {line.split()[0]: line for line in rest if line.startswith("  ")}
    assert {*command.COMMANDS, "frobnicate"} <= listed.keys()
    assert not {"text", "folder"} & listed.keys()
    assert listed["frobnicate"].endswith(str(others / "antiphon-frobnicate"))
    assert str(others) not in listed["shell"], "ours go before those of others"


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("consol", "did you mean console?"),
        ("frobnicat", "did you mean frobnicate?"),
        ("kernels", "did you mean kernel or kernelspec?"),
        ("qqq", "antiphon help lists them"),
    ],
)
@pytest.mark.parametrize("words", [["WORD"], ["help", "WORD"], ["WORD", "--help"]])
def test_a_word_that_is_nothing(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    others: Path,
    words: list[str],
    word: str,
    said: str,
) -> None:
    assert run(monkeypatch, *[one.replace("WORD", word) for one in words]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line == f"antiphon: {word!r} is neither a command nor a file; {said}"


def test_the_version(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(monkeypatch, "--version") == 0
    assert capsys.readouterr().out.startswith(f"antiphon {version('antiphon')}, ")


def antiphon(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    code = "import sys; from antiphon.command import main; sys.exit(main())"
    environment = {**os.environ, **environment}
    return subprocess.run(
        [sys.executable, "-c", code, *words], capture_output=True, text=True, check=False, env=environment
    )


@pytest.mark.skipif(os.name != "posix", reason="scripts with #!")
def test_a_program_of_somebody_else_takes_over(others: Path) -> None:
    done = antiphon("frobnicate", "a", "-b", PATH=os.environ["PATH"])
    assert (done.returncode, done.stdout) == (7, "frobnicated: a -b\n")
    assert antiphon("help", "frobnicate", PATH=os.environ["PATH"]).stdout == "frobnicated: --help\n"


def test_a_command_in_this_process(tmp_path: Path) -> None:
    done = antiphon("kernel", "list", JUPYTER_RUNTIME_DIR=str(tmp_path))
    assert (done.returncode, done.stdout) == (0, "No kernels are running.\n")
    assert antiphon("kernel", "stop", JUPYTER_RUNTIME_DIR=str(tmp_path)).returncode == 2


def test_nothing_is_imported_before_a_command_is_named() -> None:
    code = "import sys; before = set(sys.modules); import antiphon.command; print(*set(sys.modules) - before)"
    done = subprocess.run([sys.executable, "-I", "-c", code], capture_output=True, text=True, check=True)
    assert {name for name in done.stdout.split() if name.startswith("antiphon")} == {"antiphon", "antiphon.command"}
    assert not {"subprocess", "shutil", "argparse", "importlib.metadata", "difflib"} & set(done.stdout.split())


@pytest.mark.parametrize("words", [["--help"], ["help"], ["help", "kernel"], ["convert", "--help"]])
def test_a_reader_that_has_had_enough(words: list[str]) -> None:
    child = subprocess.Popen(
        [sys.executable, "-c", "from antiphon.command import main; raise SystemExit(main())", *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert child.stdout is not None
    child.stdout.close()
    assert child.communicate()[1] == b""
