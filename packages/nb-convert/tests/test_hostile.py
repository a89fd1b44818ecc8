"""Whatever a notebook holds, an exporter gives a result or one line: never a traceback, a hang, or a file elsewhere."""

from __future__ import annotations

import base64
import json
import re
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import html5lib
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from antiphon_nb_convert.errors import ConversionError
from antiphon_nb_convert.exporters.exporter import Result
from antiphon_nb_convert.exporters.registry import EXPORTERS
from antiphon_nb_convert.pipeline import convert
from antiphon_nb_convert.policy import Policy, confined
from antiphon_nb_convert.settings import Options, Templates

FORMATS = [name for name in EXPORTERS if name not in ("custom", "webpdf")]
LIMIT = 60.0  # seconds for one conversion of something hostile, on a loaded machine
HTML = "{http://www.w3.org/1999/xhtml}"
PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNkYAAAAAYAAjCB0C8AAAAASUVORK5CYII="  # one pixel


def notebook(*cells: dict[str, Any], **metadata: Any) -> dict[str, Any]:
    return {"nbformat": 4, "nbformat_minor": 5, "metadata": metadata, "cells": list(cells)}


def markdown(source: str, **more: Any) -> dict[str, Any]:
    return {"cell_type": "markdown", "id": "m", "metadata": {}, "source": source, **more}


def code(source: str = "1", *outputs: dict[str, Any]) -> dict[str, Any]:
    return {
        "cell_type": "code",
        "id": "c",
        "metadata": {},
        "source": source,
        "outputs": list(outputs),
        "execution_count": None,
    }


def shown(mime: str, value: Any, **metadata: Any) -> dict[str, Any]:
    return {"output_type": "display_data", "data": {mime: value, "text/plain": "<x>"}, "metadata": metadata}


def tried(content: dict[str, Any] | bytes, to: str, policy: Policy | None = None) -> Result | None:
    """The result; None where one line said why there is none. Anything else is an error of the test."""
    data = content if isinstance(content, bytes) else json.dumps(content).encode()
    begun = time.monotonic()
    try:
        result = convert(data, to, policy=policy)
    except ConversionError as error:
        assert str(error).strip()
        assert "\n" not in str(error).strip()
        return None
    assert time.monotonic() - begun < LIMIT
    assert isinstance(result.data, bytes)
    assert all(confined(path) == path for path in result.files)
    return result


def page(result: Result) -> Any:
    """The tree of a page that is HTML without an error."""
    return html5lib.HTMLParser(strict=True).parse(result.data.decode())


def assert_harmless(result: Result) -> None:
    tree = page(result)
    for element in tree.iter():
        assert element.tag not in {f"{HTML}{tag}" for tag in ("script", "iframe", "object", "embed", "base", "form")}
        for name, value in element.attrib.items():
            assert not str(name).lower().startswith("on"), f"{element.tag} {name}"
            assert not re.match(r"\s*(javascript|vbscript|data:text/html)", value, re.I), value
    ids = [element.get("id") for element in tree.iter() if element.get("id") is not None]
    assert len(ids) == len(set(ids))


# -- whatever the schema allows ----------------------------------------------------------------------------------------

SIGNS = st.sampled_from(
    [
        *"abc \n\t`*_#>|-+.()[]{}!<&\"'\\$%^~:/=",
        *["\r", "\b", "\x1b[31m", "\x1b]8;;u\x07", "\x00", "\ufffe", "\x85", "é", "字", "ש", "👩‍🚀", "\u2028"],
        *["\\begin{equation}", "\\end{equation}", "$$", "```", "<div>", "</p>", "<!--", "<script>alert(1)</script>"],
        *["](attachment:a.png)", "![", "http://x.y", "\\frac{", "&nbsp;", "|-|-|", "[^1]", '<i id="a">'],
    ]
)
TEXT = st.lists(SIGNS, max_size=25).map("".join) | st.text(max_size=30)
LINES = TEXT | st.lists(TEXT, max_size=3)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**9), 10**9) | st.floats(allow_nan=False) | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=8,
)
METADATA_KEYS = st.sampled_from(
    """tags name alt title authors slideshow magics_language raw_mimetype language_info kernelspec widgets width height
    filename filenames isolated scrolled image/png latex_metadata transient needs_background format editable""".split()  # noqa: SIM905
)
METADATA = st.dictionaries(METADATA_KEYS | TEXT, VALUES, max_size=4)
TYPES = st.sampled_from(
    """text/plain text/html text/markdown text/latex image/png image/jpeg image/gif image/svg+xml application/pdf
    application/javascript text/vnd.mermaid text/x-rst x""".split()  # noqa: SIM905
)
JSON_TYPES = st.sampled_from(
    ["application/json", "application/vnd.jupyter.widget-view+json", "application/vnd.vega.v5+json"]
)
BUNDLES = st.tuples(
    st.dictionaries(TYPES, LINES | st.just(PNG), max_size=3), st.dictionaries(JSON_TYPES, VALUES, max_size=1)
).map(lambda pair: {**pair[0], **pair[1]})
COUNTS = st.none() | st.integers(0, 10**6)
OUTPUTS = st.one_of(
    st.fixed_dictionaries({"output_type": st.just("stream"), "name": TEXT, "text": LINES}),
    st.fixed_dictionaries({"output_type": st.just("display_data"), "data": BUNDLES, "metadata": METADATA}),
    st.fixed_dictionaries(
        {"output_type": st.just("execute_result"), "data": BUNDLES, "metadata": METADATA, "execution_count": COUNTS}
    ),
    st.fixed_dictionaries(
        {"output_type": st.just("error"), "ename": TEXT, "evalue": TEXT, "traceback": st.lists(TEXT, max_size=3)}
    ),
)
ATTACHMENTS = st.dictionaries(st.sampled_from(["a.png", "../a.png", "/etc/a", "a b.png"]) | TEXT, BUNDLES, max_size=2)
CELLS = st.one_of(
    st.fixed_dictionaries({"cell_type": st.just("markdown"), "metadata": METADATA, "source": LINES}),
    st.fixed_dictionaries(
        {"cell_type": st.just("markdown"), "metadata": METADATA, "source": LINES, "attachments": ATTACHMENTS}
    ),
    st.fixed_dictionaries({"cell_type": st.just("raw"), "metadata": METADATA, "source": LINES}),
    st.fixed_dictionaries(
        {
            "cell_type": st.just("code"),
            "metadata": METADATA,
            "source": LINES,
            "outputs": st.lists(OUTPUTS, max_size=3),
            "execution_count": COUNTS,
        }
    ),
)
IDS = st.text("abcXYZ019-_", min_size=1, max_size=4)


@st.composite
def notebooks(draw: st.DrawFn) -> dict[str, Any]:
    """Notebooks that the schema of 4.5 allows; ids may be there twice."""
    cells = [{**cell, "id": draw(IDS)} for cell in draw(st.lists(CELLS, max_size=4))]
    metadata = {key: value for key, value in draw(METADATA).items() if key not in ("kernelspec", "language_info")}
    language = draw(st.none() | st.sampled_from(["python", "bash", "R", "", "<b>"]) | TEXT)
    if language is not None:
        metadata["language_info"] = {"name": language, **draw(METADATA)}
    return {"nbformat": 4, "nbformat_minor": 5, "metadata": metadata, "cells": cells}


@pytest.mark.parametrize("to", FORMATS)
def test_whatever_the_schema_allows(to: str) -> None:
    @settings(max_examples=25 if to == "pdf" else 60, deadline=None, suppress_health_check=list(HealthCheck))
    @given(notebooks())
    def check(content: dict[str, Any]) -> None:
        result = tried(content, to)
        if to == "html" and result is not None:
            assert_harmless(result)
        if to == "notebook" and result is not None:
            assert json.loads(result.data)["nbformat"] == 4

    check()


@pytest.mark.parametrize("template", ["lab", "classic", "basic"])
def test_whatever_the_schema_allows_in_other_templates(template: str) -> None:
    @settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
    @given(notebooks())
    def check(content: dict[str, Any]) -> None:
        try:
            convert(json.dumps(content).encode(), "html", options=Options(templates=Templates(name=template)))
        except ConversionError as error:
            assert "\n" not in str(error).strip()

    check()


# -- what the hostile send ---------------------------------------------------------------------------------------------

LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE svg [<!ENTITY a "ha">'
    + "".join(f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefghi", "bcdefghij", strict=True))
    + ']><svg xmlns="http://www.w3.org/2000/svg"><text>&j;</text></svg>'
)
DEEP = "<div>" * 20_000 + "x" + "</div>" * 20_000
HOSTILE: dict[str, dict[str, Any]] = {
    "a billion laughs": notebook(code("1", shown("image/svg+xml", LAUGHS))),
    "an SVG that reads files": notebook(
        code(
            "1",
            shown(
                "image/svg+xml",
                '<!DOCTYPE svg [<!ENTITY f SYSTEM "file:///etc/passwd">]><svg xmlns="http://www.w3.org/2000/svg" '
                'xmlns:xlink="http://www.w3.org/1999/xlink"><text>&f;</text>'
                '<image xlink:href="file:///etc/passwd"/></svg>',
            ),
        )
    ),
    "quotes in quotes": notebook(markdown("> " * 5_000 + "x")),
    "lists in lists": notebook(markdown("\n".join("  " * n + "- x" for n in range(400)))),
    "emphasis that never ends": notebook(markdown("*a **b " * 5_000)),
    "brackets that never end": notebook(markdown("[" * 20_000)),
    "links that never end": notebook(markdown("[a](" * 5_000)),
    "backticks": notebook(markdown("".join("`" * n + " " for n in range(500)))),
    "dollars": notebook(markdown("$" * 10_000 + " $a" * 5_000)),
    "a formula in braces": notebook(markdown("$" + "{" * 3_000 + "x" + "}" * 3_000 + "$")),
    "fractions of fractions": notebook(markdown("$" + "\\frac{1}{" * 400 + "x" + "}" * 400 + "$")),
    "a macro of itself": notebook(markdown("$\\newcommand{\\a}{\\a\\a}\\a$\n\n$\\def\\b{\\b\\b}\\b$")),
    "a table of many columns": notebook(markdown("|x" * 2_000 + "|\n" + "|-" * 2_000 + "|\n" + "|y" * 2_000 + "|")),
    "HTML in HTML": notebook(markdown(DEEP), code("1", shown("text/html", DEEP))),
    "tables in tables": notebook(code("1", shown("text/html", "<table><tr><td>" * 500 + "x"))),
    "spans of a million": notebook(
        code("1", shown("text/html", "<table><tr><td colspan=1000000 rowspan=1000000>x</table>"))
    ),
    "colours": notebook(code("1", {"output_type": "stream", "name": "stdout", "text": "\x1b[1;31;38;5;9m" * 20_000})),
    "backspaces": notebook(
        code("1", {"output_type": "stream", "name": "stdout", "text": "a\b" * 50_000 + "\r" * 50_000})
    ),
    "one long line": notebook(code("1", {"output_type": "stream", "name": "stdout", "text": "x" * 2_000_000})),
    "deep JSON": notebook(
        code("1", shown("application/json", json.loads("[" * 60 + "]" * 60))),
    ),
    "a picture that is none": notebook(code("1", shown("image/png", "not base64 at all"), shown("image/jpeg", "AAAA"))),
    "a picture that says it is huge": notebook(
        code(
            "1",
            shown(
                "image/png",
                base64.b64encode(
                    base64.b64decode(PNG)[:16] + b"\x7f\xff\xff\xff\x7f\xff\xff\xff" + base64.b64decode(PNG)[24:]
                ).decode(),
            ),
        )
    ),
    "names that lead out": notebook(
        code("1", shown("image/png", PNG, filename="../../../etc/cron.d/x", filenames={"image/png": "/etc/x"})),
        code("1", shown("image/svg+xml", "<svg/>", filename="..\\..\\x", filenames={"image/svg+xml": "../x"})),
        markdown("![](attachment:../../x.png)", attachments={"../../x.png": {"image/png": PNG}}),
        markdown("![](attachment:C:x.png)", attachments={"C:x.png": {"image/png": PNG}}),
        markdown("![](/etc/passwd) ![](../../../../etc/passwd) ![](file:///etc/passwd)"),
    ),
    "scripts everywhere": notebook(
        markdown("<script>alert(1)</script><img src=x onerror=alert(1)>[x](javascript:alert(1))<svg onload=alert(1)>"),
        code(
            "</script><script>alert(1)</script>",
            shown("text/html", "<iframe src=javascript:alert(1)></iframe><a href='java\tscript:alert(1)'>x</a>"),
            shown("application/javascript", "alert(1)"),
            shown("text/markdown", "<details open ontoggle=alert(1)>"),
            shown("text/latex", "</script><script>alert(1)</script>"),
            {"output_type": "error", "ename": "<script>", "evalue": "</pre>", "traceback": ["</pre><script>alert(1)"]},
        ),
        title="</title><script>alert(1)</script>",
        language_info={"name": '"><script>alert(1)</script>', "pygments_lexer": "../../x"},
    ),
    "the same id a hundred times": notebook(*[markdown("# same")] * 100, *[code()] * 100),
    "ids of HTML": notebook(
        markdown('<a id="m"></a><a id="content"></a><a id="same"></a>\n\n# same\n\n# m'),
        code("1", shown("text/html", '<b id="same">x</b><b id="same">y</b><b id="cell-id=m">z</b>')),
    ),
}


@pytest.mark.parametrize("to", FORMATS)
@pytest.mark.parametrize("name", HOSTILE)
def test_the_hostile(name: str, to: str) -> None:
    result = tried(HOSTILE[name], to)
    assert result is not None, "each of these can be shown, in one way or another"
    assert b"root:x:0:0" not in result.data
    if to == "html":
        assert_harmless(result)
    if name == "a billion laughs":
        assert len(result.data) < 3_000_000


@pytest.mark.parametrize("to", ["html", "slides", "markdown", "rst", "asciidoc", "latex"])
@pytest.mark.parametrize("names", [{"image/png": "/etc/x"}, {"image/png": ["x"]}, ["x"], "x", 7])
def test_files_that_the_notebook_itself_names_are_not_shown(names: object, to: str) -> None:
    result = tried(notebook(code("1", shown("image/png", PNG, filenames=names))), to)
    assert result is not None
    assert b"etc/x" not in result.data
    if to in ("html", "slides"):
        assert b"data:image/png;base64,iVBOR" in result.data
    else:
        assert [path.encode() in result.data for path in result.files] == [True]


@pytest.mark.parametrize("to", ["html", "markdown", "script", "notebook"])
def test_a_hundred_thousand_cells(to: str) -> None:
    content = json.dumps(notebook(*[markdown("a *b* c"), code("x = 1")] * 50_000)).encode()
    result = tried(content, to)
    assert result is not None
    assert len(result.data) > 500_000


def test_more_cells_than_the_policy_has_are_refused() -> None:
    assert tried(notebook(*[code()] * 11), "html", Policy(max_cells=10)) is None


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff\xfe",
        b"[]",
        b"null",
        b"{",
        b'{"nbformat": 9, "cells": []}',
        b'{"nbformat": 4, "cells": {}}',
        b'{"nbformat": 4, "cells": [{"cell_type": 3}]}',
        b'{"nbformat": 4, "cells": [{"cell_type": "code", "outputs": [7]}]}',
        b'{"nbformat": 3, "worksheets": 5}',
        b'{"nbformat": 4, "cells": [' + b"[" * 100_000 + b"]" * 100_000 + b"]}",
        b'{"nbformat": 4, "cells": [], "x": ' + b"9" * 10_000 + b"}",
    ],
    ids=range(12),
)
@pytest.mark.parametrize("to", ["html", "pdf", "script", "notebook"])
def test_what_is_no_notebook_is_told_in_a_line(data: bytes, to: str) -> None:
    assert tried(data, to) is None


def test_a_huge_attachment_goes_through_once(tmp_path: Path) -> None:
    picture = base64.b64encode(base64.b64decode(PNG) + b"\0" * 20_000_000).decode()
    content = notebook(markdown("![x](attachment:a.png)", attachments={"a.png": {"image/png": picture}}))
    result = tried(content, "html")
    assert result is not None
    assert len(result.data) < 1.2 * len(picture)
    beside = tried(content, "markdown")
    assert beside is not None
    assert len(beside.data) < 1000
    assert [len(made) for made in beside.files.values()] == [20_000_000 + len(base64.b64decode(PNG))]


def test_nothing_is_written_where_a_conversion_fails(tmp_path: Path) -> None:
    (tmp_path / "bad.ipynb").write_bytes(b'{"nbformat": 4, "cells": [{"cell_type": "code", "outputs": 7}]}')
    (tmp_path / "out.ipynb").write_text(json.dumps(HOSTILE["names that lead out"]))
    folder = tmp_path / "results" / "deep"
    words = ["--to", "markdown", "--output-dir", str(folder), str(tmp_path / "bad.ipynb"), str(tmp_path / "out.ipynb")]
    done = subprocess.run(
        [sys.executable, "-m", "antiphon_nb_convert.command", *words], capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert "bad.ipynb: cell 1: its outputs are a number" in done.stderr
    written = {str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*") if path.is_file()}
    assert written - {"bad.ipynb", "out.ipynb"}
    assert all(name.startswith("results/deep/out") for name in written - {"bad.ipynb", "out.ipynb"})
