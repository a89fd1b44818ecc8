"""Compiling: tagged PDF of the same bytes every time; what cannot be shown is told, and nothing is read or fetched."""

from __future__ import annotations

import io
import struct
import zlib
from pathlib import Path

import pypdf
import pytest

from antiphon_nb_convert.errors import ConversionError
from antiphon_nb_convert.pdf.compiler import compile, drawing, fonts

PLAIN = '#set document(title: "T")\n#set text(lang: "de")\n= One\nhello\n'


def png() -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", 2, 2, 8, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(b"\0\0\xff\0\xff\0")) + chunk(b"IEND", b"")


def test_a_tagged_document_with_title_language_and_outline() -> None:
    made = compile(PLAIN, {})
    reader = pypdf.PdfReader(io.BytesIO(made.data))
    root = reader.root_object
    assert root["/MarkInfo"]["/Marked"] and root["/StructTreeRoot"] and root["/Lang"] == "de"
    assert reader.metadata is not None and reader.metadata.title == "T"
    assert [entry["/Title"] for entry in reader.outline] == ["One"]
    assert made.accessible and made.warnings == ()


def test_the_same_bytes_every_time() -> None:
    source = PLAIN + '#image("a.png", alt: "a")'
    assert compile(source, {"a.png": png()}) == compile(source, {"a.png": png()})


def test_characters_without_a_glyph_are_told() -> None:
    made = compile(PLAIN + "a \U0001e7e1 b \U0001e7e1\n", {})
    assert len(made.warnings) == 1 and "U+1E7E1" in made.warnings[0] and not made.accessible
    assert made.data.startswith(b"%PDF-")


def test_broken_pictures_are_crossed_out_and_told() -> None:
    files = {"p/a.png": png()[:40], "p/b.svg": b"<svg", "c.png": png(), "d.jpg": b"\xff\xd8\xff junk"}
    source = PLAIN + "".join(f'#figure(image("{name}", alt: "x"));\n' for name in files)
    made = compile(source, files)
    assert sorted(warning.partition(" ")[0] for warning in made.warnings) == ["d.jpg", "p/a.png", "p/b.svg"]
    assert all("is not shown: failed to" in warning for warning in made.warnings)
    assert made.accessible


def test_a_drawing_in_pdf_stays_a_drawing() -> None:
    inner = compile("#set page(width: 3cm, height: 3cm)\nvector", {}).data
    made = compile(PLAIN + '#image("a.pdf", alt: "a") \U0001e7e1', {"a.pdf": inner})
    assert not made.accessible and ["U+1E7E1" in warning for warning in made.warnings] == [True]
    (page,) = pypdf.PdfReader(io.BytesIO(made.data)).pages
    assert "vector" in page.extract_text()
    assert [one["/Subtype"] for one in (page["/Resources"]["/XObject"] or {}).values()] == ["/Form"]


def test_typst_warnings_are_told() -> None:
    assert compile(PLAIN + '#set text(font: "No Such Font")\nx', {}).warnings == ("unknown font family: no such font",)


@pytest.mark.parametrize(
    "text", ['#import "@preview/a:0.1.0": b', '#include "@local/a:1.0.0"', '#import("@preview/a:1.0.0")']
)
def test_no_package_is_loaded(text: str) -> None:
    with pytest.raises(ConversionError, match="packages of Typst are not loaded"):
        compile(text, {})


@pytest.mark.parametrize("name", ["/etc/passwd", "../../etc/passwd", "test_pdf_compiler.py"])
def test_no_other_file_is_read(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(Path(__file__).parent)
    with pytest.raises(ConversionError, match="PDF: "):
        compile(f'#read("{name}")', {})


def test_files_stay_in_their_folder() -> None:
    with pytest.raises(ConversionError, match="not a file below"):
        compile("x", {"../a.png": b""})


def test_a_source_that_is_not_typst() -> None:
    with pytest.raises(ConversionError, match="PDF: unknown variable: nope"):
        compile("#nope", {})


def test_fonts_are_looked_for_once() -> None:
    assert fonts() is fonts()


def test_a_drawing_as_pdf() -> None:
    svg = b"<svg xmlns='http://www.w3.org/2000/svg' width='40' height='20'><rect width='9' height='9'/></svg>"
    (page,) = pypdf.PdfReader(io.BytesIO(drawing(svg))).pages
    assert (float(page.mediabox.width), float(page.mediabox.height)) == pytest.approx((40, 20), abs=12)
    assert b"re\n" in page["/Contents"].get_object().get_data() or b" l\n" in page["/Contents"].get_object().get_data()
    assert drawing(svg) == drawing(svg)
    with pytest.raises(ConversionError, match="SVG: failed to parse"):
        drawing(b"<svg")
