"""Every notebook of the gallery in every format, each read by a program that knows the format and is not ours."""

from __future__ import annotations

import ast
import io
import json
import re
import shutil
from functools import cache
from pathlib import Path
from urllib.parse import unquote

import docutils.core
import html5lib
import nbformat
import pypdf
import pytest

from antiphon_nb_convert.exporters.exporter import Result
from antiphon_nb_convert.exporters.pdf import BROWSERS
from antiphon_nb_convert.exporters.registry import exporters
from antiphon_nb_convert.pipeline import convert
from antiphon_nb_convert.settings import Options, Templates

GALLERY = Path(__file__).parents[2] / "examples" / "gallery"
NOTEBOOKS = sorted(GALLERY.glob("*.ipynb"))
FORMATS = [name for name in exporters() if name not in ("custom", "webpdf")]
HTML = "{http://www.w3.org/1999/xhtml}"
CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
notebooks = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)


@cache
def made(path: Path, to: str) -> Result:
    """One conversion; tests that look at the same result share it."""
    return convert(path, to)


def cells(path: Path, kind: str) -> list[str]:
    """The sources of the cells of a type."""
    return ["".join(cell["source"]) for cell in json.loads(path.read_text())["cells"] if cell["cell_type"] == kind]


def parsed(result: Result):
    """The tree of a page, which has no error of syntax."""
    parser = html5lib.HTMLParser(strict=True)
    return parser.parse(result.data.decode())


def references(page):
    """What the page's elements refer to: attribute and value."""
    for element in page.iter():
        for name in ("href", "src", "srcset", "action", "data", "poster", "xlink:href"):
            if name in element.attrib:
                yield element, name, element.attrib[name]


def test_there_are_enough_of_them_and_they_are_small():
    assert len(NOTEBOOKS) >= 8
    for path in NOTEBOOKS:
        assert path.stat().st_size < 200_000, path.name
        nbformat.validate(nbformat.read(path, as_version=nbformat.NO_CONVERT))
        assert any(cell.get("outputs") for cell in json.loads(path.read_text())["cells"]), path.name


@notebooks
@pytest.mark.parametrize("to", FORMATS)
def test_the_same_bytes_twice(path, to):
    one, other = made(path, to), convert(path, to)
    assert one.data and one.data == other.data
    assert one.files == other.files
    assert all(notice.text and "\n" not in notice.text for notice in one.notices)


@notebooks
@pytest.mark.parametrize("to", ["html", "slides"])
def test_pages_are_html_of_one_file(path, to):
    page = parsed(made(path, to))
    assert page.get("lang") == "en"
    assert page.find(f"{HTML}head/{HTML}title").text.strip()
    ids = [element.get("id") for element in page.iter() if element.get("id") is not None]
    assert len(ids) == len(set(ids)) and all(ids)
    for element, name, value in references(page):
        if element.tag == f"{HTML}a" and value.startswith("#"):
            assert unquote(value[1:]) in ids, f"{value} leads nowhere"
        elif element.tag != f"{HTML}a":
            assert value.startswith(("data:", "#")), f"{element.tag} {name}={value[:80]}"
    for image in page.iter(f"{HTML}img"):
        assert image.get("alt", "").strip(), f"an image without words: {image.get('src')[:80]}"
    assert made(path, to).files == {}


@notebooks
def test_a_page_runs_nothing_and_its_css_is_small(path):
    result = made(path, "html")
    page = parsed(result)
    assert not list(page.iter(f"{HTML}script"))
    assert not [name for element in page.iter() for name in element.attrib if str(name).lower().startswith("on")]
    css = [style.text or "" for style in page.find(f"{HTML}head").iter(f"{HTML}style")]
    assert 0 < sum(map(len, css)) <= 25_000
    styles = " ".join(style.text or "" for style in page.iter(f"{HTML}style"))
    assert "@import" not in styles
    assert not re.search(r"url\((?!['\"]?(data:|#))", styles)


@pytest.mark.parametrize("template", ["lab", "classic", "basic"])
@notebooks
def test_other_templates_are_html_too(path, template):
    result = convert(path, "html", options=Options(templates=Templates(name=template)))
    if template == "basic":
        html5lib.HTMLParser(strict=True).parseFragment(result.data.decode())
    else:
        parsed(result)


@notebooks
def test_pages_show_all_of_the_code(path):
    page = parsed(made(path, "html"))
    shown = "".join(page.find(f"{HTML}body").itertext())
    for source in cells(path, "code"):
        for line in source.splitlines():
            assert line in shown


@notebooks
def test_scripts_are_programs(path):
    made(path, "python")
    script = made(path, "script")
    if path.stem == "shell":
        assert script.extension == ".sh"
        assert all(source in script.content for source in cells(path, "code"))
        return
    for program in (made(path, "python"), script):
        assert program.extension == ".py"
        if path.stem == "errors":  # one of its cells is no Python, and that is its point
            with pytest.raises(SyntaxError):
                ast.parse(program.content)
        else:
            ast.parse(program.content)


@notebooks
def test_notebooks_are_valid_in_each_version(path):
    for version in (4, 3):
        again = convert(path, "notebook", options=Options(nbformat=version))
        read = json.loads(again.content)
        assert read["nbformat"] == version
        nbformat.validate(read)
    kept = nbformat.reads(made(path, "notebook").content, as_version=4)
    assert [cell.source for cell in kept.cells] == ["".join(c["source"]) for c in json.loads(path.read_text())["cells"]]


@notebooks
def test_restructuredtext_is_read_without_a_word(path, tmp_path):
    result = made(path, "rst")
    for name, content in result.files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(content)
    told = io.StringIO()
    settings = {"warning_stream": told, "report_level": 2, "halt_level": 5}  # MathJax takes LaTeX as it is
    settings["math_output"] = "MathJax mathjax.js"
    docutils.core.publish_string(
        result.content, source_path=str(tmp_path / "notebook.rst"), writer="html5", settings_overrides=settings
    )
    assert told.getvalue() == ""


@notebooks
@pytest.mark.parametrize("to", ["markdown", "rst", "asciidoc", "latex"])
def test_texts_name_the_files_that_are_beside_them(path, to):
    result = made(path, to)
    assert not CONTROLS.search(result.content)
    for name, content in result.files.items():
        assert content
        assert name in result.content or name.replace(" ", "%20") in result.content, name
    assert "attachment:" not in result.content


@notebooks
def test_pdf_has_the_headings_in_their_order(path):
    document = pypdf.PdfReader(io.BytesIO(made(path, "pdf").data))
    assert "/StructTreeRoot" in document.trailer["/Root"], "not tagged"
    text = re.sub(r"\s+", "", "".join(page.extract_text() for page in document.pages))
    headings = [
        re.sub(r"[\s`*]+", "", found)
        for source in cells(path, "markdown")
        for found in re.findall(r"(?m)^#+ (.+)$", source)
    ]
    assert headings
    if path.stem == "scripts":  # extraction turns right-to-left words round
        headings = headings[:1]
    position = 0
    for heading in headings:
        found = text.find(heading, position)
        assert found >= 0, f"{heading} is not after what precedes it"
        position = found + len(heading)


@pytest.mark.skipif(not any(map(shutil.which, BROWSERS)), reason="no browser that prints")
def test_a_browser_prints_the_page():
    document = pypdf.PdfReader(io.BytesIO(convert(GALLERY / "long-and-wide.ipynb", "webpdf").data))
    assert len(document.pages) > 3
    text = re.sub(r"\s+", "", "".join(page.extract_text() for page in document.pages))
    assert "TooLongandtooWide".lower() in text.lower()
    assert "line299:" in text, "what scrolls on the screen is printed whole"
