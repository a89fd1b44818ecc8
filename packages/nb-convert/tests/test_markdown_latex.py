"""Tokens as LaTeX: known shapes; a strict reader of our own for any text, and TeX itself where it is installed."""

# ruff: noqa: E501 - source and what comes of it side by side
from __future__ import annotations

import json
import random
import re
import shutil
import subprocess
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from antiphon_nb_convert.anchors import Anchors
from antiphon_nb_convert.markdown.html_fragments import blocks
from antiphon_nb_convert.markdown.latex import PACKAGES, address, display, escape, file_path, inline_math, to_latex
from antiphon_nb_convert.markdown.parsing import parse

SPECIFICATION = json.loads((Path(__file__).parent / "commonmark.json").read_text(encoding="utf-8"))
TABLES = frozenset({"longtable", "tabular"})
TOKEN = re.compile(
    r"\\begin\{Verbatim\}\n.*?\n\\end\{Verbatim\}|\\(begin|end)\{([a-zA-Z]+\*?)\}|\\[a-zA-Z]+|\\.|.", re.DOTALL
)


def strict(source: str) -> str:
    """The text that TeX would see as text; fails where a sign would not stand for itself."""
    depth = 0
    opened: list[str] = []
    formula = ""
    text = []
    for match in TOKEN.finditer(source):
        token = match[0]
        if token.startswith("\\begin{Verbatim}"):
            text.append(token[17:-15])
        elif match[1] == "begin":
            opened.append(match[2])
        elif match[1] == "end":
            assert opened.pop() == match[2]
        elif token in ("\\[", "\\("):
            formula = token
        elif token in ("\\]", "\\)"):
            formula = ""
        elif token == "$":
            formula = "" if formula == "$" else "$"
        elif token in "{}":
            depth += 1 if token == "{" else -1
            assert depth >= 0
        elif not formula and not (opened and opened[-1] not in TABLES and opened[-1] in ("align", "equation")):
            assert token not in ("#", "%", "^", "_", "\0")
            assert token != "&" or (opened and opened[-1] in TABLES)
            text.append(token)
    assert not depth and not opened and not formula, source
    return "".join(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("# A", "\\section{A}"),
        ("# *A*", "\\section[A]{\\emph{A}}"),
        ("###### A", "\\textbf{A}"),
        ("a **b** `c_d`", "a \\textbf{b} \\texttt{c\\_d}"),
        ("50% of $5 & #1 ~ {x}_2^3 \\\\", "50\\% of \\$5 \\& \\#1 \\textasciitilde{} \\{x\\}\\_2\\textasciicircum{}3 "
                                          "\\textbackslash{}"),
        ('a -- b "c" \'\'d\'\'', "a -{}- b \\textquotedbl{}c\\textquotedbl{} '{}'d'{}'"),
        ("- a\n- b", "\\begin{itemize}\n\\setlength{\\itemsep}{0pt}\\setlength{\\parskip}{0pt}\n\\item{} a\n\\item{} b\n"
                     "\\end{itemize}"),
        ("3. a", "\\begin{enumerate}\n\\setlength{\\itemsep}{0pt}\\setlength{\\parskip}{0pt}\n\\item[3.] a\n\\end{enumerate}"),
        ("> q", "\\begin{quote}\nq\n\\end{quote}"),
        ("```\n\\x{\n```", "\\begin{Verbatim}\n\\x{\n\\end{Verbatim}"),
        ("$x^2$", "$x^2$"),
        ("$$\nx\n$$", "\\[x\\]"),
        ("\\begin{align}a&=b\\end{align}", "\\begin{align}a&=b\\end{align}"),
        ("[a](http://b/c_d?e=1&f=2%20#g)", "\\href{http://b/c\\_d?e=1\\&f=2\\%20\\#g}{a}"),
        ("![a](b.png)", "\\IfFileExists{b.png}{\\includegraphics[max width=\\linewidth]{b.png}}{\\emph{{[}a{]}}}"),
        ("![a](b.svg)", "\\emph{{[}a{]}}"),
        ("a[^1] b[^1]\n\n[^1]: n", "a\\footnote{n\\label{fn-1}} b\\textsuperscript{\\ref{fn-1}}"),
        ("", ""),
    ],
)  # fmt: skip
def test_known(text: str, expected: str) -> None:
    made = to_latex(parse(text))
    assert made == (expected + "\n" if expected else "")
    strict(made)


def test_options() -> None:
    anchors = Anchors()
    made = to_latex(
        parse("# Ünï\n\n[up](#Ünï) [nowhere](#x) [l](y)\n\n![a](b)\n\n```py\nc\n```"),
        anchors=anchors,
        chapters=True,
        link=lambda url: None,
        image=lambda url: "files/b.pdf",
        highlight=lambda code, language: f"<{language}:{code}>",
    )
    assert made == (
        "\\chapter{Ünï}\\label{udcnuef}\n\n\\hyperref[udcnuef]{up} nowhere l\n\n"
        "\\IfFileExists{files/b.pdf}{\\includegraphics[max width=\\linewidth]{files/b.pdf}}{\\emph{{[}a{]}}}\n\n<py:c>\n"
    )


def test_a_table() -> None:
    made = to_latex(parse("| a | b |\n|:--|--:|\n| 1 | x&y |"))
    assert made == (
        "\\begin{longtable}{@{}lr@{}}\n\\toprule\n\\textbf{a} & \\textbf{b} \\\\\n\\midrule\n\\endhead\n"
        "1 & x\\&y \\\\\n\\bottomrule\n\\end{longtable}\n"
    )


def test_formulas_that_would_break_the_document_are_shown() -> None:
    assert inline_math(r"\frac{1}{2}") == r"$\frac{1}{2}$"
    assert inline_math(r"\text{if $x$}") == r"$\text{if $x$}$"
    assert inline_math("x % y") == "$x % y\n$"
    bad = (
        r"\frac{1",
        "}",
        r"\input{/etc/passwd}",
        r"a$b",
        r"\begin{x}",
        r"\end{document}",
        "a#1",
        r"\write18{ls}",
        "x\\",
        r"\]",
    )
    for tex in bad:
        assert inline_math(tex) == f"\\texttt{{{escape(tex)}}}"
        assert "\\texttt" in display(tex)


def test_addresses_and_files() -> None:
    assert address("http://a/b~c{d}é\\") == "http://a/b\\%7Ec\\%7Bd\\%7D\\%C3\\%A9\\%5C"
    assert file_path("a%20b/c_d.png") == "a b/c_d.png"
    assert [file_path(url) for url in ("http://x/a.png", "a.svg", "a%7Db.png", "a%0A.png")] == [None] * 4


MARKS = st.sampled_from(
    [*"*_`|:<>[]()\\-+=~.#&!/\"'@^$%{}?,", "\n", "\n\n", " ", "  \n", "a", "1. ", "- ", "> ", "`c`", "**b**", "# ", "|a|\n|-|\n",
     "<table><tr><td rowspan=2>a<td>b<tr><td>c</table>", "<br>", "[a](b)", "![a](b.png)", "```\n", "\\end{Verbatim}", "    ",
     "\\begin{align}", "\\end{align}", "$$", "[^1]", "\n\n[^1]: x\n\n    - y\n", "é", "漢"]
)  # fmt: skip


@settings(max_examples=400, deadline=None)
@given(st.lists(MARKS, max_size=25).map("".join) | st.text(max_size=60))
def test_any_text_stands_for_itself(text: str) -> None:
    strict(to_latex(parse(text)))


@pytest.mark.skipif(shutil.which("xelatex") is None, reason="there is no TeX here")
def test_tex_reads_it(tmp_path: Path) -> None:
    """The cases of CommonMark, pandas' tables and a few hundred pieces of nonsense, in one document."""
    chance = random.Random(4)
    marks = [mark for mark in MARKS.elements if "$" not in mark and "align" not in mark]  # type: ignore[attr-defined]
    texts = [case["markdown"] for case in SPECIFICATION if "$" not in case["markdown"]]
    texts += ["".join(chance.choices(marks, k=15)) for _ in range(400)]
    parts = [to_latex(parse(text), anchors=Anchors(), prefix=f"{n}-") for n, text in enumerate(texts)]
    columns = pd.MultiIndex.from_product([["x", "y"], [f"column_{n}" for n in range(20)]])
    frame = pd.DataFrame([[1.5] * 40] * 3, columns=columns, index=pd.MultiIndex.from_product([["a"], [1, 2, 3]]))
    parts += [to_latex(blocks(table.to_html())) for table in (frame, frame["x"], frame["x"].iloc[:, :3])]
    packages = "".join(f"\\usepackage{'[Export]' if name == 'adjustbox' else ''}{{{name}}}" for name in PACKAGES)
    body = "\n\n\\par\n".join(parts)
    source = (
        f"\\documentclass{{article}}\\usepackage{{fontspec}}{packages}\\begin{{document}}\n{body}\n\\end{{document}}"
    )
    (tmp_path / "a.tex").write_text(source, encoding="utf-8")
    command = ["xelatex", "-interaction=nonstopmode", "-halt-on-error", "-no-shell-escape", "a.tex"]
    run = subprocess.run(command, cwd=tmp_path, capture_output=True, timeout=110, check=False)
    told = run.stdout.decode("utf-8", "replace")
    assert run.returncode == 0, "\n".join(line for line in told.splitlines() if not line.startswith("Missing"))[-3000:]
    assert (tmp_path / "a.pdf").read_bytes().startswith(b"%PDF-")
