"""Each magic as a user meets it: typed into a cell."""

from __future__ import annotations

import json
import os
import re
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from antiphon_exec_core.cell import Cell
from antiphon_exec_core.interpreter import Interpreter
from antiphon_exec_core.outputs import Display, ErrorOutput, Result, Stream
from antiphon_exec_core.testing import RecordingOutlet, interpreter, run_in, streams_to_outlet


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Interpreter]:
    monkeypatch.chdir(tmp_path)
    with interpreter() as made:
        yield made


def said(shell: Interpreter, code: str, answers: tuple[str, ...] = ()) -> str:
    """What a cell writes, results and errors included."""
    text = ""
    for output in run_in(shell, code, answers)[1]:
        if isinstance(output, Stream):
            text += output.text
        elif isinstance(output, (Result, Display)):
            text += f"Out: {output.data.get('text/plain')}\n"
        elif isinstance(output, ErrorOutput):
            text += f"{output.report.ename}: {output.report.evalue}\n"
    return text


def value(shell: Interpreter, code: str) -> Any:
    outcome, outputs = run_in(shell, code)
    assert outcome.ok, outputs
    return outcome.value


# -- names ------------------------------------------------------------------------------------------------------------


def test_who(shell: Interpreter) -> None:
    assert said(shell, "%who") == "Interactive namespace is empty.\n"
    run_in(shell, "import os; abc = [1, 2]; x = 'hello' * 30; d = {'a': 1}; _private = 1")
    assert said(shell, "%who") == "abc\t d\t os\t x\t \n"
    assert said(shell, "%who str") == "x\t \n"
    assert said(shell, "%who float") == "No variables match your requested type.\n"
    assert value(shell, "%who_ls") == ["abc", "d", "os", "x"]
    table = said(shell, "%whos").split("\n")
    assert table[:2] == ["Variable   Type      Data/Info", "-" * 30]
    assert table[2] == "abc        list      n=2"
    assert table[5] == "x          str       hellohellohellohellohello<...>hellohellohellohellohello"


def test_reset(shell: Interpreter) -> None:
    run_in(shell, "x = 1")
    assert said(shell, "%reset", ("n",)) == "Nothing done.\n"
    assert "x" in shell.namespace.visible()
    said(shell, "%reset -f")
    assert shell.namespace.visible() == {}
    run_in(shell, "x = 1\ny = 2\nx")
    said(shell, "%reset -sf")
    assert shell.namespace.visible() == {} and shell.namespace.outputs
    assert said(shell, "%reset -f out").startswith("Flushing output cache (")
    assert not shell.namespace.outputs
    run_in(shell, "ab1 = ab2 = cd = 1")
    said(shell, "%reset_selective -f ab")
    assert list(shell.namespace.visible()) == ["cd"]
    said(shell, "%xdel cd")
    assert shell.namespace.visible() == {}


# -- folders and environment ------------------------------------------------------------------------------------------


def test_folders(shell: Interpreter, tmp_path: Path) -> None:
    (tmp_path / "inside").mkdir()
    assert value(shell, "%pwd") == str(tmp_path)
    assert said(shell, "%cd inside") == f"{tmp_path}/inside\n"
    assert said(shell, "%cd -q -") == "" and os.getcwd() == str(tmp_path)
    assert said(shell, "%cd --ins") == f"{tmp_path}/inside\n"
    assert "No such file or directory: 'nowhere'" in said(shell, "%cd nowhere")
    assert said(shell, "%dhist").startswith(f"Directory history (kept in _dh)\n0: {tmp_path}\n")
    assert "No matching directory" in said(shell, "%cd --qqq")


def test_shell_commands_by_their_name(shell: Interpreter, tmp_path: Path) -> None:
    assert said(shell, "%mkdir made") == "" and (tmp_path / "made").is_dir()
    assert "made" in said(shell, "ls")
    (tmp_path / "a.txt").write_text("text\n")
    assert said(shell, "%cat a.txt") == "text\n"
    assert said(shell, "cat = 5\ncat") == "Out: 5\n"


def test_environment(shell: Interpreter, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANTIPHON_TEST", "old")
    monkeypatch.setenv("ANTIPHON_TOKEN", "secret")
    assert said(shell, "%env ANTIPHON_TEST=new value") == "env: ANTIPHON_TEST=new value\n"
    assert value(shell, "%env ANTIPHON_TEST") == "new value"
    assert said(shell, "%set_env ANTIPHON_TEST again") == "env: ANTIPHON_TEST=again\n"
    assert os.environ["ANTIPHON_TEST"] == "again"
    assert value(shell, "%env")["ANTIPHON_TOKEN"] == "<hidden>"
    assert "UsageError: usage is 'set_env var=val'" in said(shell, "%set_env A")
    assert "Environment does not have key: ANTIPHON_NO" in said(shell, "%env ANTIPHON_NO")


# -- measuring --------------------------------------------------------------------------------------------------------


def test_time(shell: Interpreter) -> None:
    number = r"[\d.e+]+ (ns|μs|ms|s)"
    text = said(shell, "%time 6*7")
    assert re.fullmatch(
        rf"CPU times: user {number}, sys: {number}, total: {number}\nWall time: {number}\nOut: 42\n", text
    )
    assert "Out" not in said(shell, "%time 6*7;")
    assert said(shell, "%%time\nq = 5\nq + 1").endswith("Out: 6\n")
    assert value(shell, "x = %time 7") is None and shell.namespace.user_ns["x"] == 7
    assert said(shell, "%time 1/0").startswith("CPU times") and "Wall" in said(shell, "%time 1/0")
    assert not run_in(shell, "%time 1/0")[0].ok
    outcome, outputs = run_in(shell, "%time --no-raise-error 1/0")
    assert outcome.ok and any(isinstance(output, ErrorOutput) for output in outputs)


def test_time_awaits(shell: Interpreter) -> None:
    run_in(shell, "import asyncio\nasync def later():\n    await asyncio.sleep(0)\n    return 7")
    assert said(shell, "%time await later()").endswith("Out: 7\n")
    assert "per loop" in said(shell, "%timeit -n 2 -r 2 await later()")


def test_timeit(shell: Interpreter) -> None:
    pattern = r"[\d.]+ \S+ ± [\d.]+ \S+ per loop \(mean ± std\. dev\. of 2 runs, 1,000 loops each\)\n"
    assert re.search(pattern, said(shell, "%timeit -n 1000 -r 2 1+1"))
    assert re.search(r"of 1 run, 1 loop each\)\n", said(shell, "%timeit -n1 -r1 1+1"))
    result = value(shell, "%timeit -q -o -n 5 -r 3 -v kept 1+1")
    assert (result.loops, result.repeat, len(result.all_runs)) == (5, 3, 3)
    assert shell.namespace.user_ns["kept"] is result and result.best <= result.average <= result.worst
    run_in(shell, "%%timeit -n1 -r1 start = 5\ntotal = start + 1")
    assert "total" not in shell.namespace.user_ns
    assert not run_in(shell, "%timeit -n1 -r1 1/0")[0].ok
    assert "option -z not recognized" in said(shell, "%timeit -z 1")
    assert value(
        shell, "def f():\n    local = 5\n    return get_ipython().run_line_magic('timeit', '-qo -n1 -r1 local')\nf()"
    )


def test_prun(shell: Interpreter, tmp_path: Path) -> None:
    run_in(shell, "def worker(n):\n    return sorted(range(n))")
    payload = run_in(shell, "%prun -s cumulative -T out.txt worker(10)")[0].payload
    assert "worker" in payload[0]["data"]["text/plain"] and "worker" in (tmp_path / "out.txt").read_text()
    run_in(shell, "%%prun -q\nresult = worker(3)")
    assert shell.namespace.user_ns["result"] == [0, 1, 2]
    assert value(shell, "%prun -qr worker(3)").total_calls > 0
    assert "cannot sort by 'nothing'" in said(shell, "%prun -s nothing 1")


# -- files ------------------------------------------------------------------------------------------------------------


def test_writefile(shell: Interpreter, tmp_path: Path) -> None:
    assert said(shell, "%%writefile a.txt\nhello") == "Writing a.txt\n"
    assert said(shell, "%%writefile a.txt\nhello") == "Overwriting a.txt\n"
    assert said(shell, "%%file -a a.txt\nmore") == "Appending to a.txt\n"
    assert (tmp_path / "a.txt").read_text() == "hello\nmore\n"
    assert "UsageError" in said(shell, "%%writefile\nx")


def test_load(shell: Interpreter, tmp_path: Path) -> None:
    (tmp_path / "code.py").write_text("import os\ndef f():\n    pass\n\nclass C:\n    x = 1\n")

    def loaded(line: str) -> str:
        payload = run_in(shell, f"%load {line}")[0].payload
        assert payload[0]["source"] == "set_next_input" and payload[0]["replace"]
        return str(payload[0]["text"])

    assert loaded("code.py") == "# %load code.py\nimport os\ndef f():\n    pass\n\nclass C:\n    x = 1\n"
    assert loaded("-s C code").endswith("\nclass C:\n    x = 1\n")
    assert loaded("-r 2-3 code.py").endswith("\ndef f():\n    pass\n")
    assert "was not found in history" in said(shell, "%load nothing.py")


def test_save(shell: Interpreter, tmp_path: Path) -> None:
    run_in(shell, "x = 1")
    run_in(shell, "%pwd")
    assert said(shell, "%save out 1-2").startswith("The following commands were written to file `out.py`:\nx = 1\n")
    assert (tmp_path / "out.py").read_text() == "# coding: utf-8\nx = 1\nget_ipython().run_line_magic('pwd', '')\n"
    assert said(shell, "%save out 1", ("n",)) == "Operation cancelled.\n"
    said(shell, "%save -a out 1")
    assert (tmp_path / "out.py").read_text().endswith("x = 1\n")
    said(shell, "%save -r raw 2")
    assert (tmp_path / "raw.ipy").read_text() == "# coding: utf-8\n%pwd\n"


def test_run(shell: Interpreter, tmp_path: Path) -> None:
    (tmp_path / "prog.py").write_text("import sys\nprint(__name__, sys.argv, __file__)\ndef f(): return q\nq = 5\n")
    assert said(shell, "%run prog.py a 'b c' *.py") == "__main__ ['prog.py', 'a', 'b c', 'prog.py'] prog.py\n"
    assert value(shell, "f() + q") == 10
    assert sys.argv[0] != "prog.py"
    assert said(shell, "%run -n prog").startswith("prog ")
    assert "IPython CPU timings (estimated):" in said(shell, "%run -t prog.py")
    run_in(shell, "mine = 3")
    (tmp_path / "uses.py").write_text("print(mine)")
    assert said(shell, "%run -i uses.py") == "3\n"
    assert "NameError" in said(shell, "%run uses.py")
    (tmp_path / "leaves.py").write_text("import sys; sys.exit(2)")
    outcome, outputs = run_in(shell, "%run leaves.py")
    assert outcome.ok and "SystemExit: 2" in str(outputs)
    assert said(shell, "%run -e leaves.py") == ""
    assert "UsageError" in said(shell, "%run nothing.py") and "UsageError" in said(shell, "%run")


def test_run_a_module_and_a_notebook(shell: Interpreter, tmp_path: Path) -> None:
    (tmp_path / "package").mkdir()
    (tmp_path / "package" / "__init__.py").write_text("name = 'p'")
    (tmp_path / "package" / "__main__.py").write_text("from . import name\nprint(__name__, name)")
    assert said(shell, f"import sys; sys.path.insert(0, {str(tmp_path)!r})") == ""
    assert said(shell, "%run -m package") == "__main__ p\n"
    sys.path.remove(str(tmp_path))
    cells = ["%pwd\nfrom_notebook = 1", "1/0", "never = 1"]
    notebook = {"cells": [{"cell_type": "code", "source": [cell]} for cell in cells]}
    (tmp_path / "book.ipynb").write_text(json.dumps(notebook))
    assert "ZeroDivisionError" in said(shell, "%run book.ipynb")
    assert "from_notebook" in shell.namespace.visible() and "never" not in shell.namespace.visible()


def test_the_error_of_a_file_names_its_line(shell: Interpreter, tmp_path: Path) -> None:
    (tmp_path / "fails.py").write_text("def f():\n    1/0\nf()\n")
    outcome, _ = run_in(shell, "%run fails.py")
    assert outcome.error is not None
    text = "\n".join(outcome.error.traceback)
    assert "fails.py:3" in text and "----> 2     1/0" in text and "builtin_magics" not in text


# -- looking back -----------------------------------------------------------------------------------------------------


def test_history(shell: Interpreter, tmp_path: Path) -> None:
    for code in ("x=1", "for i in range(1):\n    print(i)", "3+3"):
        run_in(shell, code)
    assert (
        said(shell, "%history -n")
        == "   1: x=1\n   2:\nfor i in range(1):\n    print(i)\n   3: 3+3\n   4: %history -n\n"
    )
    assert said(shell, "%history -o 1-3") == "x=1\nfor i in range(1):\n    print(i)\n3+3\n6\n"
    assert said(shell, "%history -p 1-3") == ">>> x=1\n>>> for i in range(1):\n...     print(i)\n...\n>>> 3+3\n"
    assert said(shell, "%history -t 4") == "get_ipython().run_line_magic('history', '-n')\n"
    assert said(shell, "%history -l 2") == "%history -p 1-3\n%history -t 4\n"
    assert said(shell, "%history -g 3+*") == "   3: 3+3\n   9: %history -g 3+*\n"
    assert said(shell, "%history 1 -f out.txt") == "" and (tmp_path / "out.txt").read_text() == "x=1\n"
    assert "UsageError" in said(shell, "%history bad")


def test_recall_and_rerun(shell: Interpreter) -> None:
    run_in(shell, "print(42)")
    assert run_in(shell, "%recall 1")[0].payload[0]["text"] == "print(42)"
    assert said(shell, "%rerun 1") == "=== Executing: ===\nprint(42)\n=== Output: ===\n42\n"


# -- settings and extensions ------------------------------------------------------------------------------------------


def test_settings(shell: Interpreter) -> None:
    assert said(shell, "%xmode plain") == "Exception reporting mode: Plain\n"
    assert said(shell, "%xmode") == "Exception reporting mode: Context\n"
    assert "Valid modes" in said(shell, "%xmode loud")
    assert said(shell, "%automagic").startswith("\nAutomagic is OFF")
    assert said(shell, "%autocall") == "Automatic calling is: Smart\n"
    assert value(shell, "%precision 2") == "%.2f"
    assert said(shell, "3.14159") == "Out: 3.14\n"
    said(shell, "%config InteractiveShell.ast_node_interactivity = 'all'")
    assert said(shell, "1\n2") == "Out: 1\nOut: 2\n"


def test_lsmagic(shell: Interpreter) -> None:
    text = str(value(shell, "%lsmagic"))
    assert text.startswith("Available line magics:\n%alias") and "%%bash" in text
    assert text.endswith("Automagic is ON, % prefix IS NOT needed for line magics.")


def test_extensions(shell: Interpreter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(tmp_path))
    (tmp_path / "b2_extension.py").write_text(
        "def load_extension(magics):\n    magics.register(lambda line: line * 2, 'line', 'twice')\n"
        "def unload_extension(magics):\n    magics.unregister('twice')\n"
    )
    assert said(shell, "%load_ext b2_extension") == ""
    assert value(shell, "%twice ab") == "abab"
    assert "already loaded. To reload it, use:\n  %reload_ext b2_extension\n" in said(shell, "%load_ext b2_extension")
    assert said(shell, "%unload_ext b2_extension") == ""
    assert said(shell, "%unload_ext b2_extension") == "The b2_extension extension is not loaded.\n"
    assert said(shell, "%load_ext json") == "The json module is not an IPython extension.\n"
    assert "Missing module name." in said(shell, "%load_ext")


def test_matplotlib(shell: Interpreter) -> None:
    class Plotting:
        asked: list[str | None] = []  # noqa: RUF012

        def enable(self, gui: str | None) -> str:
            self.asked.append(gui)
            return "module://inline" if gui == "inline" else "agg"

    shell.services["plotting"] = Plotting()
    assert said(shell, "%matplotlib inline") == ""
    assert said(shell, "%matplotlib agg") == "Using matplotlib backend: agg\n"
    assert Plotting.asked == ["inline", "agg"]
    assert said(shell, "%matplotlib -l").startswith("Available matplotlib backends: ['agg', 'auto',")


# -- errors -----------------------------------------------------------------------------------------------------------


def test_debug_asks_through_the_outlet(shell: Interpreter) -> None:
    run_in(shell, "def f(n):\n    return n / 0")
    run_in(shell, "f(3)")
    outlet = RecordingOutlet(["p n * 2", "u", "q"])
    with streams_to_outlet():
        assert shell.run(Cell("%debug"), outlet).ok
    assert outlet.questions == ["ipdb> "] * 3
    assert "----> 2     return n / 0\n" in outlet.text() and "\n6\n" in outlet.text() and "<module>" in outlet.text()


def test_debug_steps_through_a_statement(shell: Interpreter) -> None:
    run_in(shell, "def f(n):\n    m = n + 1\n    return m")
    assert "\n5\n" in said(shell, "%debug f(4)", ("s", "s", "s", "p n + 1", "q"))


def test_pdb_opens_by_itself(shell: Interpreter) -> None:
    assert said(shell, "%pdb on") == "Automatic pdb calling has been turned ON\n"
    assert "----> 1 1/0" in said(shell, "1/0", ("q",))
    assert said(shell, "%pdb") == "Automatic pdb calling has been turned OFF\n"
    assert "(1)<module>()" not in said(shell, "1/0")
    assert "UsageError" in said(shell, "%pdb maybe")


def test_tb(shell: Interpreter) -> None:
    run_in(shell, "1/0")
    lines = run_in(shell, "%tb Minimal")[1]
    assert isinstance(lines[0], ErrorOutput) and lines[0].report.traceback == ("ZeroDivisionError: division by zero\n",)
    assert "Unrecognized mode <Nosuch>" in said(shell, "%tb nosuch")


# -- other programs ---------------------------------------------------------------------------------------------------


def test_scripts(shell: Interpreter) -> None:
    outcome, outputs = run_in(shell, "%%bash\necho hi\necho err >&2\nexit 3")
    assert outcome.error is not None and outcome.error.ename == "CalledProcessError"
    assert outputs[0] in (Stream("stdout", "hi\n"), Stream("stderr", "err\n"))
    assert run_in(shell, "%%script --no-raise-error bash\nexit 3")[0].ok
    said(shell, "%%bash --out o --err e\necho $((1+1)); echo bad >&2")
    assert (shell.namespace.user_ns["o"], shell.namespace.user_ns["e"]) == ("2\n", "bad\n")
    assert said(shell, "%%python\nprint(6*7)") == "42\n"
    assert said(shell, "%%sh -s one\necho $1") == "one\n"
    assert "Couldn't find program: 'no-such-program'" in said(shell, "%%script no-such-program\nx")


def test_background_scripts(shell: Interpreter) -> None:
    said(shell, "%%bash --bg --out o --proc p\necho background; sleep 60")
    assert shell.namespace.user_ns["o"].readline() == b"background\n"
    said(shell, "%killbgscripts")
    assert shell.namespace.user_ns["p"].poll() is not None
    shell.namespace.user_ns["o"].close()


def test_shell_commands(shell: Interpreter) -> None:
    run_in(shell, "name = 'wor' + 'ld'")
    assert said(shell, "!echo hello $name {1+1} $$HOME") == f"hello world 2 {os.environ['HOME']}\n"
    said(shell, "!exit 3")
    assert value(shell, "_exit_code") == 3
    assert value(shell, "lines = !echo a; echo b\nlines") == ["a", "b"]
    assert value(shell, "%sx echo a") == ["a"]
    assert value(shell, "!!echo a") == ["a"]
    assert value(shell, "%%sx\necho a\necho b") == ["a", "b"]
    said(shell, "%config InteractiveShell.system_raise_on_error = True")
    assert "CalledProcessError" in said(shell, "!exit 3")


@pytest.mark.parametrize("code", ["!echo started; sleep 60", "%%bash\necho started; sleep 60", "%sx echo x; sleep 60"])
def test_an_interrupt_stops_the_command_and_the_cell(shell: Interpreter, code: str) -> None:
    class Interrupting(RecordingOutlet):
        def emit(self, output: Any) -> None:
            super().emit(output)
            if isinstance(output, Stream) and "started" in output.text:
                os.kill(os.getpid(), signal.SIGINT)

    if "started" not in code:
        signal.signal(signal.SIGALRM, signal.default_int_handler)
        signal.setitimer(signal.ITIMER_REAL, 0.2)
    outlet = Interrupting()
    with streams_to_outlet():
        outcome = shell.run(Cell(code), outlet)
    assert outcome.error is not None and outcome.error.ename == "KeyboardInterrupt"


def test_pip_is_the_one_of_this_interpreter(shell: Interpreter) -> None:
    assert re.match(r"pip [\d.]+ from .*python", said(shell, "%pip --version"))


# -- output -----------------------------------------------------------------------------------------------------------


def test_capture(shell: Interpreter) -> None:
    assert said(shell, "%%capture kept\nimport sys\nprint(1)\nprint(2, file=sys.stderr)\ndisplay(3)\n4") == ""
    kept = shell.namespace.user_ns["kept"]
    assert (kept.stdout, kept.stderr) == ("1\n", "2\n")
    assert [output.data["text/plain"] for output in kept.outputs] == ["3", "4"]
    assert said(shell, "kept()") == "1\n2\nOut: 3\nOut: 4\n"
    assert said(shell, "%%capture --no-stdout\nprint(1)") == "1\n"
    assert "UsageError" in said(shell, "%%capture --bad\n1")


@pytest.mark.parametrize(
    ("magic", "mime"),
    [
        ("html", "text/html"),
        ("markdown", "text/markdown"),
        ("latex", "text/latex"),
        ("svg", "image/svg+xml"),
        ("javascript", "application/javascript"),
    ],
)
def test_show_the_body(shell: Interpreter, magic: str, mime: str) -> None:
    outputs = run_in(shell, f"%%{magic}\n<b>x</b>")[1]
    assert isinstance(outputs[0], Display) and mime in outputs[0].data


def test_isolated_html(shell: Interpreter) -> None:
    outputs = run_in(shell, "%%html --isolated\nx")[1]
    assert isinstance(outputs[0], Display) and outputs[0].metadata == {"text/html": {"isolated": True}}


# -- objects ----------------------------------------------------------------------------------------------------------


def test_objects(shell: Interpreter) -> None:
    run_in(shell, "def f(a, b=2):\n    'fdoc'")
    page = run_in(shell, "f?")[0].payload[0]
    assert page["source"] == "page" and page["data"]["text/plain"].startswith("Signature: f(a, b=2)\nDocstring: fdoc\n")
    assert "Source:" in run_in(shell, "f??")[0].payload[0]["data"]["text/plain"]
    assert said(shell, "nothing?") == "Object `nothing` not found.\n"
    assert said(shell, "%pdef f") == "f(a, b=2)\n"
    assert "fdoc" in said(shell, "%pdoc f")
    assert said(shell, "%psearch all*") == "all\n"
    assert "os.path\n" in said(shell, "import os\nos.pa*?")


def test_automagic(shell: Interpreter) -> None:
    assert value(shell, "pwd") == os.getcwd()
    run_in(shell, "pwd = 5")
    assert value(shell, "pwd") == 5
