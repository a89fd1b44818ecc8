"""Templates: found by nbconvert's rules, with its blocks; mistakes told with their place."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from jinja2 import nodes

from antiphon_nb_convert.errors import NoSuchTemplate, TemplateError
from antiphon_nb_convert.settings import Templates
from antiphon_nb_convert.template import OURS, environment, find, names, read_file, render

NOTHING = Templates(basedirs=())
LADDER = set(
    [
        "header",
        "body",
        "body_header",
        "body_loop",
        "any_cell",
        "codecell",
        "input_group",
        "in_prompt",
        "input",
        "output_group",
        "output_prompt",
        "outputs",
        "output",
        "execute_result",
        "stream",
        "stream_stdout",
        "stream_stderr",
        "stream_stdin",
        "display_data",
        "data_priority",
        "error",
        "traceback_line",
        "markdowncell",
        "rawcell",
        "unknowncell",
        "body_footer",
        "footer",
    ]
)
DATA = {
    f"data_{kind}"
    for kind in [
        "pdf",
        "svg",
        "png",
        "html",
        "markdown",
        "jpg",
        "text",
        "latex",
        "mermaid",
        "javascript",
        "widget_view",
        "native",
        "other",
    ]
}
HEAD = set(["html_head", "html_head_js", "html_head_js_mathjax", "html_head_css", "jupyter_widgets", "notebook_css"])
LATEX = set(
    [
        "docclass",
        "packages",
        "definitions",
        "title",
        "date",
        "author",
        "commands",
        "margins",
        "predoc",
        "maketitle",
        "abstract",
        "postdoc",
        "bibliography",
        "figure",
        "style_colors",
        "style_prompt",
    ]
)
BLOCKS = {
    "antiphon/index.html.j2": LADDER | DATA | HEAD | {"extra_css"},
    "lab/index.html.j2": LADDER
    | DATA
    | HEAD
    | {"extra_css", "html_head_js_requirejs", "html_head_js_mermaidjs", "footer_js", "empty_in_prompt"}
    | {"output_area_prompt"},
    "classic/index.html.j2": LADDER
    | DATA
    | HEAD
    | {"html_head_js_jquery", "html_head_js_requirejs", "footer_js", "empty_in_prompt", "output_area_prompt"},
    "basic/index.html.j2": LADDER | DATA,
    "reveal/index.html.j2": LADDER | DATA | HEAD | {"html_head_js_jquery", "footer_js"},
    "webpdf/index.pdf.j2": LADDER | DATA | HEAD,
    "latex/index.tex.j2": (LADDER - {"body_header", "body_loop", "body_footer"}) | (DATA - {"data_mermaid"}) | LATEX,
    "latex/report.tex.j2": LATEX | {"tableofcontents"},
    "markdown/index.md.j2": LADDER | DATA,
    "rst/index.rst.j2": LADDER | DATA,
    "asciidoc/index.asciidoc.j2": LADDER | DATA,
    "python/index.py.j2": LADDER,
    "script/script.j2": LADDER,
}


def blocks(file: str) -> set[str]:
    """The blocks of a template and of those it extends."""
    folder, _, name = file.partition("/")
    template = find(Templates(name=folder, basedirs=()), folder, name.removeprefix("index").removesuffix(".j2"))
    made = environment(template, latex=folder == "latex")
    found: set[str] = set()
    wanted = [file]
    while wanted:
        assert made.loader is not None
        tree = made.parse(made.loader.get_source(made, wanted.pop())[0])
        found |= {block.name for block in tree.find_all(nodes.Block)}
        for extends in tree.find_all(nodes.Extends):
            wanted.append(getattr(extends.template, "value", "latex/style_jupyter.tex.j2"))
    return found


@pytest.mark.parametrize("file", BLOCKS)
def test_every_block_that_others_fill_in_is_there(file: str) -> None:
    assert blocks(file) >= BLOCKS[file]


@pytest.mark.parametrize("path", sorted(OURS.rglob("*.j2")), ids=lambda path: path.relative_to(OURS).as_posix())
def test_every_file_compiles(path: Path) -> None:
    folder = path.relative_to(OURS).parts[0]
    latex = folder == "latex"
    made = environment(find(Templates(name=folder, basedirs=()), folder, ".html"), latex)
    made.compile(path.read_text(encoding="utf-8"))


def template(folder: Path, name: str, text: str = "", **conf: Any) -> None:
    (folder / name).mkdir(parents=True)
    (folder / name / "conf.json").write_text(json.dumps(conf))
    if text:
        (folder / name / "index.html.j2").write_text(text)


def test_chains_and_merged_conf(tmp_path: Path) -> None:
    template(tmp_path, "one", base_template="lab", mimetypes={"text/html": True}, preprocessors={"a": {"x": 1}})
    template(tmp_path, "two", "hi", base_template="one", preprocessors={"a": {"y": 2}, "b": None})
    found = find(Templates(name="two", basedirs=(str(tmp_path),)), "antiphon", ".html")
    assert found.file == "index.html.j2"
    assert [Path(path).name for path in found.paths[:4]] == ["two", "one", "lab", "base"]
    assert found.conf["preprocessors"] == {"a": {"x": 1, "y": 2}, "b": None}
    assert found.conf["mimetypes"] == {"text/html": True}
    assert render(found, {}) == "hi"


def test_jupyters_folders_are_looked_into(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from antiphon_nb_convert import template as module

    template(tmp_path / "nbconvert" / "templates", "mine", "x{% extends 'lab/index.html.j2' %}", base_template="lab")
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path))
    module._jupyter_path.cache_clear()
    try:
        assert "mine" in names()
        assert find(Templates(name="mine", basedirs=()), "antiphon", ".html").name == "mine"
    finally:
        monkeypatch.undo()
        module._jupyter_path.cache_clear()


def test_a_folder_that_merely_lies_here_is_not_a_template(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    template(tmp_path, "antiphon", "trap")
    assert str(tmp_path / "antiphon") not in find(Templates(), "antiphon", ".html").paths
    (tmp_path / "lab").mkdir()
    assert str(tmp_path / "lab") not in find(Templates(name="lab"), "antiphon", ".html").paths


def test_a_file_by_itself(tmp_path: Path) -> None:
    (tmp_path / "t.html.j2").write_text("{% extends 'lab/index.html.j2' %}{% block header %}mine{% endblock %}")
    found = find(Templates(file=str(tmp_path / "t.html.j2")), "antiphon", ".html")
    assert found.file == "t.html.j2"
    text = render(
        found, {"nb": {"cells": [], "metadata": {}}, "resources": {"global_content_filter": {}, "theme": "light"}}
    )
    assert text.startswith("mine")


@pytest.mark.parametrize(
    ("name", "said"),
    [("labb", r"there is no template 'labb' \(did you mean 'lab'\?\)"), ("./none", "there is no template './none'")],
)
def test_what_is_not_there_is_told(name: str, said: str) -> None:
    with pytest.raises(NoSuchTemplate, match=said):
        find(Templates(name=name), "antiphon", ".html")


def test_mistakes_are_told(tmp_path: Path) -> None:
    template(tmp_path, "loop", base_template="loop2")
    template(tmp_path, "loop2", base_template="loop")
    with pytest.raises(TemplateError, match=r"based on itself \(loop -> loop2 -> loop\)"):
        find(Templates(name="loop", basedirs=(str(tmp_path),)), "antiphon", ".html")
    template(tmp_path, "broken", "a\n{% block %}")
    (tmp_path / "broken" / "conf.json").write_text("{")
    with pytest.raises(TemplateError, match=r"broken.conf\.json: "):
        find(Templates(name="broken", basedirs=(str(tmp_path),)), "antiphon", ".html")
    (tmp_path / "broken" / "conf.json").write_text("{}")
    found = find(Templates(name="broken", basedirs=(str(tmp_path),)), "antiphon", ".html")
    with pytest.raises(TemplateError, match=r"index\.html\.j2, line 2: "):
        render(found, {})
    with pytest.raises(TemplateError, match="'nothing' is undefined"):
        render(find(NOTHING, "antiphon", ".html"), {}, raw="{{ nothing.at }}")
    with pytest.raises(TemplateError, match="ZeroDivisionError"):
        render(find(NOTHING, "antiphon", ".html"), {"f": lambda: 1 / 0}, raw="{{ f() }}")
    with pytest.raises(NoSuchTemplate, match=r"there is no file 'none\.j2'"):
        render(find(NOTHING, "antiphon", ".html"), {}, raw="{% include 'none.j2' %}")


def test_files_of_a_template_are_read() -> None:
    found = find(NOTHING, "antiphon", ".html")
    assert "prefers-color-scheme" in read_file(found, "style.css")
    with pytest.raises(NoSuchTemplate, match=r"no file 'none\.css'"):
        read_file(found, "none.css")
    with pytest.raises(NoSuchTemplate):
        read_file(found, "../../settings.py")


def test_our_styles_are_small() -> None:
    assert len((OURS / "antiphon" / "static" / "style.css").read_bytes()) < 15_000
