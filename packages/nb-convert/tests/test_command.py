"""`antiphon convert` as people type it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from antiphon_nb_convert.command import main, parser

PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="


def notebook(*cells: dict[str, Any], **metadata: Any) -> str:
    return json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": metadata, "cells": list(cells)})


def markdown(source: str, **more: Any) -> dict[str, Any]:
    return {"cell_type": "markdown", "id": f"m{abs(hash(source)) % 10**6}", "source": source, "metadata": {}, **more}


def code(source: str, *outputs: dict[str, Any], tags: Any = ()) -> dict[str, Any]:
    return {
        "cell_type": "code",
        "id": f"c{abs(hash(source)) % 10**6}",
        "source": source,
        "metadata": {"tags": list(tags)},
        "outputs": list(outputs),
        "execution_count": 1,
    }


def stream(text: str) -> dict[str, Any]:
    return {"output_type": "stream", "name": "stdout", "text": text}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("JUPYTER_CONFIG_DIR", str(tmp_path / "config"))
    (tmp_path / "deep").mkdir()
    picture = {"output_type": "display_data", "data": {"image/png": PNG}, "metadata": {}}
    (tmp_path / "a.ipynb").write_text(
        notebook(
            markdown("# Title\n\nsee [b](deep/b.ipynb#Part), $x^2$"),
            code("print('said')", stream("said\n")),
            code("plot()", picture, tags=["secret"]),
        )
    )
    (tmp_path / "deep" / "b.ipynb").write_text(notebook(markdown("# Part\n\nback to [a](../a.ipynb)")))
    return tmp_path


@pytest.mark.usefixtures("folder")
def test_a_page_beside_the_notebook(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["a.ipynb"]) == 0
    page = Path("a.html").read_text()
    assert '<h1 id="Title">' in page and "said" in page and "<math" in page
    assert "<script" not in page
    assert "http://" not in page.replace("http://www.w3.org/1998/Math/MathML", "")
    assert "a.ipynb -> a.html" in capsys.readouterr().err


@pytest.mark.usefixtures("folder")
def test_the_same_input_gives_the_same_bytes() -> None:
    for to in ("html", "slides", "markdown", "rst", "asciidoc", "latex", "python", "notebook", "pdf"):
        made = []
        for name in ("one", "two"):
            assert main(["a.ipynb", "--to", to, "--output", f"{name}/a", "-q"]) == 0
            made.append({path.name: path.read_bytes() for path in Path(name).rglob("*") if path.is_file()})
        assert made[0] == made[1], to


@pytest.mark.usefixtures("folder")
def test_a_tree_keeps_its_links() -> None:
    assert main([".", "--output-dir", "out", "--jobs", "2", "-q"]) == 0
    assert 'href="deep/b.html#Part"' in Path("out/a.html").read_text()
    assert 'href="../a.html"' in Path("out/deep/b.html").read_text()


@pytest.mark.usefixtures("folder")
def test_what_is_shown() -> None:
    assert main(["a.ipynb", "--no-input", "--remove-cell-tag", "secret", "-q"]) == 0
    page = Path("a.html").read_text()
    assert "highlight hl-" not in page and "said" in page and "<img" not in page
    assert main(["a.ipynb", "--no-prompt", "-q"]) == 0
    assert "In&nbsp;[" not in Path("a.html").read_text()


@pytest.mark.usefixtures("folder")
def test_in_place() -> None:
    assert main(["a.ipynb", "--clear-output", "-q"]) == 0
    cleared = json.loads(Path("a.ipynb").read_text())
    assert [cell["outputs"] for cell in cleared["cells"] if cell["cell_type"] == "code"] == [[], []]
    assert main(["a.ipynb", "--to", "notebook", "-q"]) == 0
    assert Path("a.nbconvert.ipynb").exists()


@pytest.mark.usefixtures("folder")
def test_standard_input_and_output() -> None:
    words = [sys.executable, "-m", "antiphon_nb_convert.command", "--stdin", "--stdout", "--to", "python"]
    done = subprocess.run(words, input=Path("a.ipynb").read_bytes(), capture_output=True, check=True)
    assert b"print('said')" in done.stdout and done.stderr == b""
    compile(done.stdout, "a", "exec")


@pytest.mark.parametrize(
    ("words", "code_", "said"),
    [
        ([], 2, "no notebooks: say which"),
        (["none.ipynb"], 2, "none.ipynb: no such file"),
        (["a.ipynb", "--to", "htm"], 2, "there is no format 'htm'; did you mean 'html'?"),
        (["a.ipynb", "--template", "labb"], 1, "there is no template 'labb' (did you mean 'lab'?)"),
        (["a.ipynb", "--nonsense"], 2, "unknown option '--nonsense'"),
        (["a.ipynb", "--HTMLExporter.thme=x"], 2, "no setting thme"),
        (["a.ipynb", "deep/b.ipynb", "--output", "same", "--output-dir", "o"], 2, "would both become"),
        (["a.ipynb", "--stdin"], 2, "do not go together"),
        (["a.ipynb", "--config", "none.py"], 2, "no such config file"),
        (["broken.ipynb", "a.ipynb"], 1, "broken.ipynb: not JSON"),
        (["a.ipynb", "--template-file", "t.html.j2"], 1, "t.html.j2, line 2: "),
        (["a.ipynb", "--post", "nonsense"], 2, "there is no postprocessor 'nonsense'"),
        (["a.ipynb", "-f", "none.json"], 2, "none.json: no such file"),
    ],
)
@pytest.mark.usefixtures("folder")
def test_mistakes_are_a_line(words: list[str], code_: int, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    Path("broken.ipynb").write_text("{")
    Path("t.html.j2").write_text("x\n{{ nb.nothing.at.all }}")
    assert main([*words, "-q"]) == code_
    told = capsys.readouterr().err
    assert said in told
    assert told.count("\n") == 1
    if "broken.ipynb" in words:
        assert Path("a.html").exists(), "the others go on"


@pytest.mark.usefixtures("folder")
def test_json_for_scripts(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["a.ipynb", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told == {
        "notebook": "a.ipynb",
        "result": "a.html",
        "bytes": Path("a.html").stat().st_size,
        "error": None,
        "notices": [],
    }
    assert main(["--list", "--json"]) == 0
    assert "html" in json.loads(capsys.readouterr().out)


# fmt: off
NBCONVERT = [
    "--to", "--template", "--template-file", "--theme", "--sanitize_html", "--writer", "--post", "--output",
    "--output-dir", "--reveal-prefix", "--nbformat", "--config", "--log-level", "--execute",
    "--allow-errors", "--stdin", "--stdout", "--inplace", "--clear-output", "--coalesce-streams",
    "--no-prompt", "--no-input", "--show-input", "--embed-images", "--sanitize-html",
    "--allow-chromium-download", "--disable-chromium-sandbox", "--debug", "-y", "--generate-config",
    "--help-all",
]
# fmt: on


@pytest.mark.parametrize("option", NBCONVERT)
def test_every_option_of_nbconvert_is_known(option: str) -> None:
    assert any(option in action.option_strings for action in parser()._actions)


@pytest.mark.usefixtures("folder")
def test_a_template_of_somebodys() -> None:
    Path("mine").mkdir()
    Path("mine/conf.json").write_text('{"base_template": "lab", "mimetypes": {"text/html": true}}')
    Path("mine/index.html.j2").write_text(
        "{%- extends 'lab/index.html.j2' -%}\n"
        "{% block input_group %}<!-- {{ cell.metadata.tags | join(',') }} -->{{ super() }}{% endblock %}\n"
        "{% block html_head_css %}<meta name='by' content='{{ resources.metadata.name }}'>{% endblock %}\n"
    )
    assert main(["a.ipynb", "--template", "mine", "-q"]) == 0
    page = Path("a.html").read_text()
    assert "<!-- secret -->" in page and "<meta name='by' content='a'>" in page and "jp-Cell" in page


@pytest.mark.usefixtures("folder")
def test_config_of_the_folder_is_read() -> None:
    Path("jupyter_nbconvert_config.py").write_text("c.NbConvertApp.export_format = 'python'\n")
    assert main(["a.ipynb", "-q"]) == 0
    assert Path("a.py").exists()
