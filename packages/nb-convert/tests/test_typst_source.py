"""A notebook as Typst: every kind of cell and output, in reading order, and what cannot be shown is told."""

from __future__ import annotations

import base64
import io
import time
from pathlib import Path
from typing import Any

import pandas as pd
import pypdf
import pytest

from antiphon_nb_convert.conversion import Conversion
from antiphon_nb_convert.notebook import checked
from antiphon_nb_convert.pdf.compiler import Pdf, compile
from antiphon_nb_convert.pdf.pictures import Pictures, kind_of, size_of
from antiphon_nb_convert.pdf.typst_source import document, typst_source
from antiphon_nb_convert.policy import Policy
from antiphon_nb_convert.settings import Shown

SVG = "<svg xmlns='http://www.w3.org/2000/svg' width='40' height='20'><text x='1' y='9'>drawn</text></svg>"
PNG = "iVBORw0KGgoAAAANSUhEUgAAAAIAAAACCAAAAABX3VL4AAAADklEQVR4nGNg+M/wnwEABf8B/80Y3oQAAAAASUVORK5CYII="  # two by two


def markdown(source: str, **more: Any) -> dict[str, Any]:
    return {"cell_type": "markdown", "metadata": {}, "source": source, **more}


def code(source: str, *outputs: dict[str, Any], count: int | None = 1, **metadata: Any) -> dict[str, Any]:
    return {
        "cell_type": "code", "metadata": metadata, "source": source, "execution_count": count, "outputs": list(outputs)
    }  # fmt: skip


def result(count: int = 1, **data: Any) -> dict[str, Any]:
    bundle = {name.replace("_", "/", 1).replace("_", "+"): value for name, value in data.items()}
    return {"output_type": "execute_result", "metadata": {}, "data": bundle, "execution_count": count}


def conversion(*cells: dict[str, Any], policy: Policy = Policy(), **resources: Any) -> Conversion:  # noqa: B008
    metadata = resources.pop("notebook", {})
    loaded = {"nbformat": 4, "nbformat_minor": 4, "metadata": metadata, "cells": list(cells)}
    return Conversion(checked(loaded, policy), {"metadata": {"name": "Name"}, **resources}, policy=policy)


def pdf(one: Conversion) -> tuple[Pdf, str]:
    source, files = typst_source(one)
    made = compile(source, files)
    reader = pypdf.PdfReader(io.BytesIO(made.data))
    return made, "\n".join(page.extract_text() for page in reader.pages)


def in_order(text: str, *words: str) -> bool:
    """Whether these words follow each other."""
    positions = []
    at = 0
    for word in words:
        at = text.find(word, at)
        positions.append(at)
    return -1 not in positions


def test_everything_in_reading_order() -> None:
    frame = pd.DataFrame({"first": [1, 2], "second": [3, 4]})
    made, text = pdf(
        conversion(
            markdown("# The *title*\n\nSome prose, [a link](#The-title) and $e = mc^2$."),
            code("answer = 42\nanswer", result(text_plain="42")),
            code("frame", result(2, text_html=frame._repr_html_(), text_plain="not this"), count=2),
            code(
                "raise ValueError",
                {"output_type": "stream", "name": "stdout", "text": "told \x1b[31mred\x1b[0m\n"},
                {
                    "output_type": "error",
                    "ename": "ValueError",
                    "evalue": "",
                    "traceback": ["\x1b[31mValueError\x1b[0m"],
                },
            ),
            code("draw", result(3, **{"image_svg+xml": SVG, "text_plain": "<Figure>"})),
            {"cell_type": "raw", "metadata": {}, "source": "raw text"},
            markdown("The end."),
        )
    )
    assert made.warnings == () and made.accessible
    assert in_order(
        text, "The title", "Some prose, a link", "In [1]:", "answer = 42", "Out[1]:", "42", "In [2]:", "frame", "first",
        "second", "In [1]:", "raise ValueError", "told red", "ValueError", "In [1]:", "draw", "drawn",
        "raw text", "The end.",
    )  # fmt: skip
    assert "not this" not in text
    reader = pypdf.PdfReader(io.BytesIO(made.data))
    assert reader.metadata is not None and reader.metadata.title == "The title"
    assert [entry["/Title"] for entry in reader.outline] == ["The title"]


def test_title_authors_and_language() -> None:
    notebook = {"title": 'On "it"', "authors": [{"name": "A. Body"}, "C"], "date": "May"}
    made, text = pdf(conversion(markdown("x"), notebook=notebook, language_code="pt-BR"))
    assert in_order(text, 'On "it"', "A. Body, C", "May", "x")
    assert pypdf.PdfReader(io.BytesIO(made.data)).root_object["/Lang"] == "pt-BR"
    assert in_order(pdf(conversion(markdown("## sub")))[1], "Name", "sub")
    assert "Name" not in pdf(conversion(markdown("# top")))[1]


def test_what_is_left_out() -> None:
    cells = (
        markdown("prose"),
        code("source", result(text_plain="shown"), {"output_type": "stream", "name": "stdin", "text": "typed"}),
    )

    def text(**left_out: bool) -> str:
        return pdf(conversion(*cells, global_content_filter=Shown(**left_out).content_filter()))[1]

    assert all(word in text() for word in ("prose", "source", "shown", "typed", "In [1]:", "Out[1]:"))
    assert "prose" not in text(markdown=False)
    assert "source" not in text(input=False) and "shown" in text(input=False)
    assert "In [" not in text(input_prompt=False) and "Out[" not in text(output_prompt=False)
    assert "shown" not in text(output=False) and "source" in text(output=False)
    assert "source" not in text(code=False) and "shown" not in text(code=False)
    assert "typed" not in text(output_stdin=False)


def test_the_form_that_is_shown() -> None:
    def shown(**data: Any) -> str:
        return document(conversion(code("", result(**data)))).source.partition("#output-cell")[2]

    assert "math.equation" in shown(text_latex="$\\displaystyle x$", text_plain="p", image_png=PNG)
    assert "pictures/" in shown(text_latex="$\\nope$", text_plain="p", image_png=PNG)
    assert 'raw("p")' in shown(text_latex="\\begin{tabular}{l}x\\end{tabular}", text_plain="p")
    assert 'raw("p")' in shown(text_html="<div id=a></div><script>draw('a')</script>", text_plain="p")
    assert "#strong[b]" in shown(text_html="<b>b</b>", text_plain="p")
    assert "#strong[b]" in shown(text_markdown="**b**", text_plain="p")
    assert '{\n  \\"a\\": 1\n}' in shown(application_json={"a": 1})
    assert (
        "width: 75pt"
        in document(conversion(code("", {**result(image_png=PNG), "metadata": {"image/png": {"width": 100}}}))).source
    )


def test_pictures_of_prose(tmp_path: Path) -> None:
    inside, outside = tmp_path / "in", tmp_path / "out.svg"
    inside.mkdir()
    (inside / "a b.svg").write_text(SVG)
    outside.write_text(SVG)
    one = conversion(
        markdown(
            "![one](a%20b.svg) ![two](../out.svg) ![three](http://x.y/z.png) ![four](none.png)\n\n"
            f"![five](data:image/png;base64,{PNG}) <img src='attachment:p.svg' width=20>\n\n"
            "![six](data:text/plain,hello)",
            attachments={"p.svg": {"image/svg+xml": SVG}},
        ),
        policy=Policy(roots=(str(inside),)),
    )
    one = one.with_resources(metadata={"name": "n", "path": str(inside)})
    made = document(one)
    assert [number for number, _ in made.notices] == [1] * 4
    told = " ".join(text for _, text in made.notices)
    assert in_order(
        told, "../out.svg", "outside of the folders", "http://x.y", "nothing is fetched", "none.png", "data:text"
    )
    assert sorted(path.rpartition(".")[2] for path in made.files) == ["png", "svg"]
    assert "width: 15pt" in made.source
    assert compile(made.source, made.files).accessible


def test_formulas_that_cannot_be_set_are_told_and_shown() -> None:
    made = document(conversion(markdown(r"$\newcommand{\a}{x}$"), markdown(r"$\a$ and $\nope{y}$")))
    assert made.notices == ((2, r"a formula is shown as its source: \nope{y}"),)
    assert r'raw("\\nope{y}", lang: "latex")' in made.source


def test_equations_have_numbers_and_references_tell_them() -> None:
    one = conversion(
        markdown("As \\eqref{late} and $\\ref{one}$ say, but \\eqref{none}:"),
        markdown("\\begin{equation}\nE = 1 \\label{one}\n\\end{equation}"),
        markdown("\\begin{align}a &= b \\\\ c &= d \\label{late}\\end{align}"),
    )
    source = document(one).source
    assert 'numbering: _ => "(1)"' in source and 'wide"(2)"' in source and 'wide"(3)"' in source
    assert '$"(3)"$' in source and '$"1"$' in source and "eqref{none}" in source
    assert "(1)" in pdf(one)[1]


def test_nothing_of_the_notebook_is_typst() -> None:
    evil = '#import "@preview/x:1.0.0"\n#read("/etc/passwd") $#read("x")$ ``` ``` `` ` ]) #panic("no") \\'
    _, text = pdf(
        conversion(
            markdown(evil), markdown("```" + evil + "\n" + evil + "\n```"), markdown("# " + evil),
            code(evil, result(text_plain=evil), result(text_html=f"<p>{evil}</p>"), result(text_latex=f"${evil}$")),
            {"cell_type": "raw", "metadata": {}, "source": evil},
            notebook={"title": evil, "authors": [evil], "kernelspec": {"language": evil}},
            language_code='en"))',
        )
    )  # fmt: skip
    assert text.count("@preview/x:1.0.0") >= 6


def test_long_lines_are_broken_and_nothing_is_added() -> None:
    word = "abcdefghij" * 40
    _, text = pdf(conversion(code(f"x = '{word}'", {"output_type": "stream", "name": "stdout", "text": word})))
    assert text.replace("\n", "").count(word) == 2
    assert max(map(len, text.split("\n"))) < 110


def test_data_in_code_and_long_logs_take_no_time() -> None:
    log = {"output_type": "stream", "name": "stdout", "text": "x" * 100_000 + "\nline 漢字" * 2_000}
    began = time.monotonic()
    _, text = pdf(conversion(code(f"x = '{'y' * 100_000}'", log)))
    assert text.count("x") >= 100_000 and text.count("y") >= 100_000 and text.count("line") == 2_000
    assert time.monotonic() - began < 60  # it took minutes where lines were left to Typst


@pytest.mark.parametrize(
    ("data", "kind", "size"),
    [
        (base64.b64decode(PNG), "png", (1.5, 1.5)),
        (SVG.encode(), "svg", (30.0, 15.0)),
        (b"<?xml version='1.0'?><svg viewBox='0 0 100 50'/>", "svg", (75.0, 37.5)),
        (b"<svg width='2in' height='10mm'>", "svg", (144.0, 28.3465)),
        (b"%PDF-1.4 /MediaBox [0 0 72.5 36]", "pdf", (72.5, 36.0)),
        (b"GIF89a\x04\x00\x02\x00", "gif", (3.0, 1.5)),
        (b"\xff\xd8\xff\xe0\x00\x04ab\xff\xc0\x00\x11\x08\x00\x08\x00\x10\x03\x01", "jpg", (12.0, 6.0)),
        (b"RIFF____WEBPVP8 ", "webp", (0.0, 0.0)),
        (b"hello", None, None),
    ],
)
def test_kinds_and_sizes_of_pictures(data: bytes, kind: str | None, size: tuple[float, float] | None) -> None:
    assert kind_of(data) == kind
    if kind is not None:
        assert size_of(data, kind) == pytest.approx(size)


def test_pictures_fit_the_page() -> None:
    pictures = Pictures()
    wide = pictures.add(b"<svg width='4000' height='1000'>")
    high = pictures.add(b"<svg width='100' height='9000'>")
    assert wide is not None and high is not None
    assert (wide.width, wide.height) == (440.0, 110.0) and high.height == pytest.approx(640.0)
    assert pictures.add(b"<svg width='4000' height='1000'>") == wide and len(pictures.files) == 2
