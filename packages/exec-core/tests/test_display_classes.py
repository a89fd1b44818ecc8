from __future__ import annotations

import struct
import zlib
from pathlib import Path

import pytest

from antiphon_exec_core import display_classes as classes
from antiphon_exec_core.displayer import Displayer
from antiphon_exec_core.outputs import use_outlet
from antiphon_exec_core.testing import RecordingOutlet


def png(width: int, height: int) -> bytes:
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    chunk = b"IHDR" + header
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + chunk + struct.pack(">I", zlib.crc32(chunk))


@pytest.mark.parametrize(
    ("value", "mime", "content"),
    [
        (classes.HTML("<b>"), "text/html", "<b>"),
        (classes.Markdown("# a"), "text/markdown", "# a"),
        (classes.Latex("$x$"), "text/latex", "$x$"),
        (classes.Math("x^2"), "text/latex", "$\\displaystyle x^2$"),
        (classes.SVG("<?xml?><svg a='1'></svg>\n"), "image/svg+xml", "<svg a='1'></svg>"),
        (classes.JSON('{"a": 1}'), "application/json", {"a": 1}),
        (classes.Javascript("alert(1)"), "application/javascript", "alert(1)"),
        (classes.Pretty("a\nb"), "text/plain", "a\nb"),
    ],
)
def test_shows_itself_as_what_it_is(value: object, mime: str, content: object) -> None:
    assert Displayer().format(value)[0][mime] == content


def test_images_carry_their_size() -> None:
    data, metadata = Displayer().format(classes.Image(png(40, 20), retina=True, alt="dots"))
    assert data["image/png"].startswith("iVBOR")
    assert metadata["image/png"] == {"width": 20, "height": 10, "alt": "dots"}


def test_an_image_by_address_is_not_fetched() -> None:
    assert Displayer().format(classes.Image(url="http://x/a.png", width=3))[0]["text/html"] == (
        '<img src="http://x/a.png" width="3"/>'
    )


def test_an_image_from_a_file(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(png(1, 1))
    assert "image/png" in Displayer().format(classes.Image(str(path)))[0]
    with pytest.raises(ValueError, match="Cannot embed"):
        classes.Image(b"x", format="bmp")


@pytest.mark.parametrize(
    "value",
    [
        classes.Image(url='http://x/"><script>', alt='"><script>'),
        classes.IFrame('http://x/"><script>', '"><script>', 1),
        classes.Video('http://x/"><script>', width='"><script>'),  # type: ignore[arg-type]
        classes.Audio(url='http://x/"><script>', element_id='"><script>'),
        classes.FileLink('no"><script>'),
    ],
)
def test_nothing_escapes_from_an_attribute(value: object) -> None:
    assert "<script>" not in Displayer().format(value)[0]["text/html"]


def test_sound_from_samples() -> None:
    html = Displayer().format(classes.Audio([0.0, 0.5, -1.0], rate=8000))[0]["text/html"]
    assert 'src="data:audio/wav;base64,UklGR' in html
    with pytest.raises(ValueError, match="rate"):
        classes.Audio([0.0, 1.0])
    with pytest.raises(ValueError, match="between -1 and 1"):
        classes.Audio([0.0, 2.0], rate=8000, normalize=False)


def test_a_raw_film_must_be_embedded() -> None:
    with pytest.raises(ValueError, match="embed=True"):
        classes.Video(b"film")
    assert "data:video/mp4;base64," in Displayer().format(classes.Video(b"film", embed=True))[0]["text/html"]


def test_code_is_coloured() -> None:
    pytest.importorskip("pygments")
    assert '<span class="k">' in Displayer().format(classes.Code("def f(): pass", language="python"))[0]["text/html"]


def test_text_is_wanted() -> None:
    with pytest.raises(TypeError, match="expects text"):
        classes.HTML(3)


def test_a_bar_fills_as_one_iterates() -> None:
    outlet = RecordingOutlet()
    with use_outlet(outlet):
        assert list(classes.ProgressBar(3)) == [0, 1, 2]
    shown = [output.data["text/plain"].split()[-1] for output in outlet.outputs]  # type: ignore[union-attr]
    assert shown == ["0/3", "0/3", "1/3", "2/3", "3/3"]
    assert len({output.display_id for output in outlet.outputs}) == 1  # type: ignore[union-attr]
