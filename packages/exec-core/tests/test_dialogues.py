"""Children that read: each read is one question, answered by the user, and nothing is asked that is not read."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Sequence

import pytest

from antiphon_exec_core import dialogues
from antiphon_exec_core.processes import stream_command

pytestmark = pytest.mark.skipif(os.name == "nt", reason="POSIX")

Ask = Callable[[str, bool], str]


def talk(
    command: str | Sequence[str], *answers: str | type[BaseException], terminal: bool = True
) -> tuple[str, list[bool]]:
    """What the child wrote, and of each question whether it was for a password."""
    heard: list[str] = []
    asked: list[bool] = []
    left = list(answers)

    def ask(prompt: str, password: bool) -> str:
        asked.append(password)
        answer = left.pop(0)
        if isinstance(answer, str):
            return answer
        raise answer

    code = stream_command(command, out=heard.append, err=None if terminal else heard.append, terminal=terminal, ask=ask)
    assert not left
    heard.append("" if code == 0 else f"[{code}]")
    return "".join(heard), asked


@pytest.mark.parametrize("terminal", [True, False])
@pytest.mark.parametrize(
    ("command", "answers", "expected"),
    [
        ("read name; echo hello $name", ["Ada"], "hello Ada\n"),
        ("printf 'name? '; read name; echo hello $name", ["Ada"], "name? hello Ada\n"),
        ("read a; read b; echo $b $a", ["1", "2"], "2 1\n"),
        ("cat | tr a-z A-Z", ["one", "two", EOFError], "ONE\nTWO\n"),
        ([sys.executable, "-c", "print(input('? '))"], ["é → ü"], "? é → ü\n"),
        ("(read x; echo $x) && read y && echo $y", ["", "z"], "\nz\n"),
        ("echo nothing is read", [], "nothing is read\n"),
    ],
)
def test_what_a_child_reads_is_asked(
    command: str | Sequence[str], answers: list[str], expected: str, terminal: bool
) -> None:
    said, asked = talk(command, *answers, terminal=terminal)
    assert said == expected
    assert asked == [False] * len(answers)


def test_an_answer_where_the_child_hides_it_is_a_password() -> None:
    code = "import getpass; print('[%s]' % getpass.getpass('word: ', sys.stdout))"
    assert talk([sys.executable, "-c", f"import sys; {code}"], "secret", terminal=True) == (
        "word: \n[secret]\n",
        [True],
    )


def test_nothing_is_asked_of_a_child_that_only_takes_its_time() -> None:
    assert talk("printf 'Ready? '; sleep 0.8; echo done") == ("Ready? done\n", [])


def test_a_child_that_waits_for_its_terminal_before_it_reads_is_asked() -> None:
    code = "import select; select.select([0], [], []); print(input())"
    assert talk([sys.executable, "-c", code], "here") == ("here\n", [False])


def test_a_child_that_only_looks_for_a_key_is_not_asked() -> None:
    code = "import select, time\nfor _ in range(1000):\n    select.select([0], [], [], 0); time.sleep(0.001)"
    assert talk([sys.executable, "-c", code]) == ("", [])


def test_an_end_of_file_ends_the_input() -> None:
    assert talk("read x; echo $?", EOFError) == ("1\n", [False])


def test_where_nobody_can_be_asked_all_input_is_empty() -> None:
    assert talk("read x; echo $?; read y; echo $?", RuntimeError) == ("1\n1\n", [False])


def test_an_interrupt_instead_of_an_answer_ends_the_child() -> None:
    begun = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        talk("read x; sleep 60", KeyboardInterrupt)
    assert time.monotonic() - begun < 10


def test_output_goes_on_while_there_is_nothing_to_ask() -> None:
    said, asked = talk("for i in 1 2 3; do echo $i; sleep 0.1; done; read x; echo $x", "end")
    assert (said, asked) == ("1\n2\n3\nend\n", [False])


def test_a_key_is_asked_for_where_the_child_reads_keys() -> None:
    assert talk(["bash", "-c", "read -n 1 -p 'go on? ' key; echo; echo [$key]"], "y")[0].endswith("[y]\n")


def test_without_a_look_at_system_calls_a_question_at_the_end_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dialogues, "_CALLS", {})
    assert talk("printf 'name? '; read name; echo hello $name", "Ada") == ("name? hello Ada\n", [False])
    assert talk("echo 'no question'; sleep 1; printf 'neither'; sleep 1; echo") == ("no question\nneither\n", [])


def test_no_descriptor_is_left_open() -> None:
    before = len(os.listdir("/proc/self/fd"))
    for terminal in (True, False):
        talk("read x", "a", terminal=terminal)
    with pytest.raises(FileNotFoundError):
        talk(["no-such-program"])
    assert len(os.listdir("/proc/self/fd")) == before


def test_a_question_is_recognized() -> None:
    for text in ("name? ", "Password:", "a\n> ", "[y/N]: ", "Continue (y/n)? ", "In [1]: ", "$ [y/N] "):
        assert dialogues._QUESTION.search(text), text
    for text in ("", "done\n", "50% ", "name", "working...", "  ", "a?\n"):
        assert not dialogues._QUESTION.search(text), text
