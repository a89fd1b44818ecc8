from __future__ import annotations

import os
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from antiphon_nb_convert.errors import ConversionError
from antiphon_nb_convert.viewer.command import main, parser, settings


def told(*words: str, **environment: str) -> object:
    return settings(parser().parse_args(words), environment)


def test_the_defaults_are_the_safe_ones() -> None:
    made = settings(parser().parse_args([]), {})
    assert parser().parse_args([]).ip == "127.0.0.1"
    assert made.hosts == ("localhost", "127.0.0.1", "::1", "127.0.0.1")
    assert not made.policy.trusted and not made.policy.may_fetch and made.policy.roots == ()
    assert made.fetching.ports == (80, 443) and made.fetching.networks == () and made.folders == {}
    assert made.github.token == "" and made.work.memory and made.work.seconds


def test_words_and_environment(tmp_path: Path) -> None:
    for name in ("one/books", "two/books"):
        (tmp_path / name).mkdir(parents=True)
    words = [str(tmp_path / "one/books"), str(tmp_path / "two/books"), "--allow-port", "8080", "--max-bytes", "5M"]
    words += ["--ip", "0.0.0.0", "--host-name", "Nb.Example", "--memory", "0", "--allow-network", "10.0.0.0/8"]
    made = settings(
        parser().parse_args(words),
        {"GITHUB_API_URL": "https://git.example/api/v3/", "GITHUB_TOKEN": "b", "GITHUB_API_TOKEN": "a"},
    )
    assert list(made.folders) == ["books", "books-2"]
    assert made.fetching.ports == (80, 443, 8080) and made.fetching.max_bytes == made.policy.max_bytes == 5_000_000
    assert made.hosts == ("nb.example", "0.0.0.0") and made.work.memory == 0
    assert (made.github.api, made.github.raw, made.github.token) == ("https://git.example/api/v3", "", "a")


@pytest.mark.parametrize(
    "words",
    [
        ["/no/such/folder"],
        ["--allow-network", "10.0.0.0/99"],
        ["--ca-file", "/no/such/file"],
        ["--processes", "0"],
        ["--seconds", "-1"],
        ["--template", "no-such-template"],
        ["--open", "ftp://x/y"],
        ["--ip", "203.0.113.77"],
    ],
)
def test_what_cannot_be_served_is_one_line(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*words, "--port", "0"]) == 2
    said = capsys.readouterr().err
    assert said.startswith("antiphon view: ") and said.count("\n") == 1


def test_sizes(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        parser().parse_args(["--max-bytes", "5x"])
    assert "is not a size" in capsys.readouterr().err


def test_without_tornado(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    assert main([]) == 2
    assert "antiphon-nb-convert[view]" in capsys.readouterr().err


def test_help_is_quick() -> None:
    """Neither tornado nor Jinja nor asyncio is imported for it."""
    code = (
        "import sys; from antiphon_nb_convert.viewer.command import parser; parser().format_help(); print(*sys.modules)"
    )
    modules = set(
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    )
    assert not modules & {"tornado", "jinja2", "asyncio", "nbformat", "traitlets", "ssl"}


@pytest.mark.skipif(os.name != "posix", reason="signals")
@pytest.mark.parametrize("wish", [signal.SIGINT, signal.SIGTERM])
def test_a_server_as_people_start_it(tmp_path: Path, wish: signal.Signals) -> None:
    (tmp_path / "a.ipynb").write_text(
        '{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells":'
        ' [{"cell_type": "markdown", "id": "a", "metadata": {}, "source": "# Title"}]}'
    )
    (tmp_path / "json.py").write_text("raise SystemExit('a file of the folder was imported')")
    command = [sys.executable, "-P", "-m", "antiphon_nb_convert.viewer.command", ".", "--port", "0"]
    with subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None and process.stderr is not None
            address = process.stdout.readline().split()[0]
            assert address.startswith("http://127.0.0.1:")
            with urllib.request.urlopen(f"{address}local/a.ipynb", timeout=60) as response:
                assert b'<h1 id="Title">' in response.read()
            process.send_signal(wish)
            assert process.wait(60) == 0
            assert process.stderr.read() == ""
        finally:
            process.kill()


def test_a_port_that_is_taken(capsys: pytest.CaptureFixture[str]) -> None:
    import socket

    with socket.create_server(("127.0.0.1", 0)) as taken:
        assert main(["--port", str(taken.getsockname()[1])]) == 2
    assert "in use" in capsys.readouterr().err


def test_errors_are_conversion_errors() -> None:
    with pytest.raises(ConversionError):
        told("--allow-network", "x")
