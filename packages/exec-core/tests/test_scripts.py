"""`%%bash` and its like: what the script's children read, and from whom; what the script sees of its arguments."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from collections.abc import Iterator

import pytest

from antiphon_exec_core.builtin_magics.scripts import _with_script
from antiphon_exec_core.cell import Cell
from antiphon_exec_core.interpreter import Interpreter
from antiphon_exec_core.testing import SETTINGS, RecordingOutlet, interpreter, streams_to_outlet

pytestmark = pytest.mark.skipif(os.name == "nt", reason="POSIX")


@pytest.fixture
def shell() -> Iterator[Interpreter]:
    with interpreter(SETTINGS) as made:
        yield made


def talk(shell: Interpreter, cell: str, *answers: str, asked: bool = True) -> tuple[str, str]:
    outlet = RecordingOutlet(answers)
    with streams_to_outlet():
        outcome = shell.run(Cell(cell), outlet)
    assert outcome.ok, outcome.error
    assert bool(outlet.questions) == (asked and bool(answers))
    return outlet.text(), outlet.text("stderr")


@pytest.mark.parametrize(
    ("cell", "answers", "said"),
    [
        ("!read x; echo got $x", ["Ada"], ("got Ada\n", "")),
        ("%%bash\nread -p 'name? ' x\necho got $x", ["Ada"], ("got Ada\n", "name? ")),
        ("%%sh\nread x\nread y\necho $y $x", ["1", "2"], ("2 1\n", "")),
        ("%%bash\nhead -1 | tr a-z A-Z\necho after", ["abc"], ("ABC\nafter\n", "")),
        ("%%bash -s one 'two three'\nread x\necho \"$2\" $1 $x", ["end"], ("two three one end\n", "")),
        ("%%bash --out kept\nread x\necho got $x", ["Ada"], ("", "")),
    ],
)
def test_children_read_what_the_user_answers(
    shell: Interpreter, cell: str, answers: list[str], said: tuple[str, str]
) -> None:
    assert talk(shell, cell, *answers) == said


def test_a_program_that_reads_the_cell_reads_nothing_else(shell: Interpreter) -> None:
    assert talk(shell, "%%script cat\nthe cell", "never given", asked=False) == ("the cell\n", "")


def test_where_nobody_answers_input_is_empty(shell: Interpreter) -> None:
    assert talk(shell, "!read x; echo $?") == ("1\n", "")
    assert talk(shell, "%%bash\ncat\necho over") == ("over\n", "")


def test_an_interrupted_question_ends_the_script(shell: Interpreter) -> None:
    outcome = shell.run(Cell("%%bash\nread x\necho never"), RecordingOutlet(["^C"]))
    assert outcome.error is not None and outcome.error.ename == "KeyboardInterrupt"


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        (["bash"], ["bash", "-c", "true", "bash"]),
        (["/bin/sh", "-e"], ["/bin/sh", "-e", "-c", "true", "sh"]),
        (["bash", "-o", "pipefail", "-s", "-x", "a"], ["bash", "-o", "pipefail", "-c", "true", "bash", "-x", "a"]),
        (["bash", "--norc", "-eu"], ["bash", "--norc", "-eu", "-c", "true", "bash"]),
        (["bash", "file.sh"], None),
        (["bash", "--rcfile", "x"], None),
        (["bash", "-c", "cat"], None),
        (["python3"], None),
    ],
)
def test_a_script_as_an_argument(command: list[str], expected: list[str] | None) -> None:
    assert _with_script(command, b"true") == expected


def test_a_script_too_long_for_an_argument_is_read(shell: Interpreter) -> None:
    assert _with_script(["bash"], b"#" * 200_000) is None
    assert talk(shell, f"%%bash\n#{'x' * 200_000}\necho done") == ("done\n", "")


@pytest.mark.parametrize("cell", ["!read x; echo got $x", "%%bash\\nread x\\necho got $x"])
def test_at_a_terminal_children_read_from_the_terminal(cell: str) -> None:
    code = (
        "from antiphon_exec_core.testing import interpreter, SETTINGS\n"
        "from antiphon_exec_core.cell import Cell\nfrom antiphon_exec_core.outputs import TerminalOutlet\n"
        "with interpreter(SETTINGS) as shell:\n"
        "    import sys; sys.stdout = sys.__stdout__\n"
        f"    print(shell.run(Cell('{cell}'), TerminalOutlet()).ok)"
    )
    master, own_end = pty.openpty()
    child = subprocess.Popen([sys.executable, "-c", code], stdin=own_end, stdout=own_end, start_new_session=True)
    os.close(own_end)
    os.write(master, b"Ada\n")
    said = b""
    try:
        while data := os.read(master, 1000):
            said += data
    except OSError:  # the child has closed its end
        pass
    os.close(master)
    assert child.wait(20) == 0
    assert said.replace(b"\r", b"").decode() == "Ada\ngot Ada\nTrue\n"
