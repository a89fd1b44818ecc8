"""Real kernels on the left, a pyte terminal on the right: what a user sees of what libraries really send."""

from __future__ import annotations

import base64
import importlib.util
import io
import re
from collections.abc import Iterator
from typing import Any

import pyte
import pytest

from antiphon_console_client.images import TerminalPictures
from antiphon_console_client.outputs import Clear, Display, Error, Output, Result, Stream
from antiphon_console_client.pager import page_text
from antiphon_console_client.pictures import Terminal
from antiphon_console_client.pictures.testing import kitty_commands, pillow
from antiphon_console_client.renderer import Renderer
from antiphon_console_client.rendering import Look
from antiphon_wire_protocol.discovery.kernelspec import find_kernelspec
from antiphon_wire_protocol.errors import NoSuchKernel
from antiphon_wire_protocol.manager.blocking import BlockingKernelManager
from antiphon_wire_protocol.message import content as c


def output_of(content: object) -> Output | None:
    match content:
        case c.Stream():
            return Stream(content.name, content.text)
        case c.UpdateDisplayData():
            return Display(content.data, content.metadata, content.transient.get("display_id"), True)
        case c.DisplayData():
            return Display(content.data, content.metadata, content.transient.get("display_id"))
        case c.ExecuteResult():
            return Result(content.execution_count, content.data, content.metadata)
        case c.Error():
            return Error(content.ename, content.evalue, content.traceback)
        case c.ClearOutput():
            return Clear(content.wait)
    return None


class Console:
    """A kernel, and the terminal its outputs are shown in."""

    def __init__(self, client: Any, columns: int = 60, rows: int = 24) -> None:
        self.client = client
        self.screen = pyte.Screen(columns, rows)
        self.screen.set_mode(pyte.modes.LNM)
        self.stream = pyte.Stream(self.screen)
        self.written: list[str] = []
        pictures = TerminalPictures(Terminal("kitty", cell=(10, 20)))
        self.renderer = Renderer(self.write, columns=lambda: columns, rows=lambda: rows, pictures=pictures)

    def write(self, text: str) -> None:
        self.written.append(text)
        self.stream.feed(re.sub(r"\x1b_[^\x1b]*\x1b\\", "", text))  # pyte would print it, a terminal does not

    def run(self, code: str) -> c.ExecuteReply:
        self.renderer.begin()
        reply: c.ExecuteReply = self.client.execute(code, on_output=self.hear, timeout=60)
        return reply

    def hear(self, message: Any) -> None:
        output = output_of(message.content)
        if output is not None:
            self.renderer.show(output)

    @property
    def lines(self) -> list[str]:
        return "\n".join(line.rstrip() for line in self.screen.display).rstrip().split("\n")


@pytest.fixture(scope="module", params=["python3", "antiphon"])
def client(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    try:
        find_kernelspec(request.param)
    except NoSuchKernel:
        pytest.skip(f"no kernel {request.param}")
    home = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        for name in ("ANTIPHON_HOME", "IPYTHONDIR", "JUPYTER_CONFIG_DIR", "MPLCONFIGDIR"):
            patch.setenv(name, str(home / name.lower()))
        with BlockingKernelManager(request.param) as manager:
            manager.ready()
            with manager.client() as client:
                client.ready()
                yield client


@pytest.fixture
def console(client: Any) -> Console:
    return Console(client)


@pytest.fixture
def ipython(client: Any) -> None:
    """`IPython.display` speaks to the kernel only where `IPython` knows that it runs in one."""
    reply = client.execute("", silent=True, user_expressions={"x": "__import__('IPython').get_ipython() is None"})
    if reply.user_expressions["x"].get("data", {}).get("text/plain") != "False":
        pytest.skip("this kernel does not serve IPython's names")


def needs(*modules: str) -> pytest.MarkDecorator:
    missing = [module for module in modules if importlib.util.find_spec(module) is None]
    return pytest.mark.skipif(bool(missing), reason=f"not installed: {', '.join(missing)}")


@pytest.mark.usefixtures("ipython")
def test_a_display_is_updated_in_place(console: Console) -> None:
    console.run("from IPython.display import display\nshown = display('one', display_id=True)\nprint('below')")
    assert console.lines == ["'one'", "below"]
    console.run("shown.update('two')\nprint('further below')")
    assert console.lines == ["'two'", "below", "further below"]


@pytest.mark.usefixtures("ipython")
def test_an_animation_of_cleared_outputs_leaves_one_frame(console: Console) -> None:
    console.run(
        "from IPython.display import clear_output\n"
        "for frame in range(5):\n"
        "    clear_output(wait=True)\n"
        "    print('frame', frame)\n"
        "    print('=' * frame)\n"
    )
    assert console.lines == ["frame 4", "===="]


@needs("tqdm")
def test_nested_progress_bars(console: Console) -> None:
    console.run(
        "from tqdm import tqdm\n"
        "for _ in tqdm(range(3), desc='outer', ncols=40, file=__import__('sys').stdout):\n"
        "    for _ in tqdm(range(4), desc='inner', ncols=40, leave=False, file=__import__('sys').stdout):\n"
        "        pass\n"
        "print('done')\n"
    )
    assert console.lines[0].startswith("outer: 100%|")
    assert [line for line in console.lines[1:] if line] == ["done"]


@needs("rich")
def test_progress_of_rich_on_a_forced_terminal(console: Console) -> None:
    console.run(
        "from rich.console import Console\n"
        "from rich.progress import Progress\n"
        "with Progress(console=Console(force_terminal=True, force_jupyter=False, width=50)) as progress:\n"
        "    first, second = progress.add_task('first', total=4), progress.add_task('second', total=2)\n"
        "    for step in range(4):\n"
        "        progress.advance(first)\n"
        "        progress.advance(second, 0.5)\n"
        "print('done')\n"
    )
    assert len(console.lines) == 3
    assert all("100%" in line for line in console.lines[:2])
    assert console.lines[2] == "done"


@needs("matplotlib", "PIL")
def test_a_figure_is_a_picture(console: Console) -> None:
    console.run(
        "%matplotlib inline\nimport matplotlib.pyplot as plt\nfigure = plt.figure(figsize=(4, 2)); plt.plot([1, 2])"
    )
    drawn = [(keys, payload) for keys, payload in kitty_commands("".join(console.written))]
    data = base64.b64decode(b"".join(payload for _, payload in drawn))
    width, height = pillow().open(io.BytesIO(data)).size
    assert drawn[0][0]["a"] == "T"
    assert int(drawn[0][0]["c"]) == round(width / 10)
    assert int(drawn[0][0]["r"]) == -(-height // 20)
    assert console.screen.cursor.y >= int(drawn[0][0]["r"])
    assert not any("Figure" in line for line in console.lines)


def test_markdown_is_drawn(console: Console) -> None:
    console.run("from IPython.display import Markdown\nMarkdown('# Head\\n\\n- *one*\\n- `two`')")
    assert re.fullmatch(r"Out\[\d+\]:", console.lines[0])
    assert console.lines[1:] == ["Head", "", "• one", "• two"]


@pytest.mark.usefixtures("ipython")
def test_a_formula_is_drawn(console: Console) -> None:
    console.run(r"from IPython.display import Math, display; display(Math(r'\frac{1}{2} \leq x^2'))")
    assert console.lines == ["½ ≤ x²"]


@needs("pandas")
def test_a_data_frame_is_text(console: Console) -> None:
    console.run("import pandas\npandas.DataFrame({'a': [1, 2], 'b': ['x', 'y']})")
    assert console.lines[1:] == ["   a  b", "0  1  x", "1  2  y"]


def test_an_error_is_its_traceback(console: Console) -> None:
    console.run("def f():\n    1 / 0\nf()")
    assert "ZeroDivisionError" in console.lines[-1]
    assert any("1 / 0" in line for line in console.lines)


def test_a_question_is_a_page(console: Console) -> None:
    reply = console.run("len?")
    pages = [payload for payload in reply.payload if payload["source"] == "page"]
    assert "Return the number of items" in page_text(pages[0]["data"], Look(colour=False))


def test_a_thousand_prints_end_where_they_should(console: Console) -> None:
    console.run("for line in range(1000): print('line', line)\nprint('end', end='')")
    assert console.lines[-2:] == ["line 999", "end"]
