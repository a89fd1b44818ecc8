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


# -- as they are known elsewhere --------------------------------------------------------------------------------------


def shown(value: object) -> dict[str, object]:
    failures: list[BaseException] = []
    data = Displayer(failures.append).format(value)[0]
    if failures:
        raise failures[0]
    return data


@pytest.mark.parametrize("name", ["HTML", "Markdown", "Latex", "SVG", "Pretty", "Javascript", "DisplayObject"])
def test_their_repr_is_the_one_that_documents_show(name: str) -> None:
    assert repr(getattr(classes, name)("x")) == f"<IPython.core.display.{name} object>"
    assert repr(classes.Audio(b"x")) == "<IPython.lib.display.Audio object>"


def test_a_subclass_is_called_by_its_own_module() -> None:
    class Own(classes.HTML):
        pass

    assert repr(Own("x")) == f"<{__name__}.Own object>"


@pytest.mark.parametrize("name", ["HTML", "Markdown", "Latex", "SVG", "Javascript", "Code", "TextDisplayObject"])
def test_a_file_may_be_given_as_data_and_is_read_again(name: str, tmp_path: Path) -> None:
    path = tmp_path / "content.txt"
    path.write_text("first")
    for given in (str(path), path):
        made = getattr(classes, name)(given)
        assert (made.data, made.filename, made.url) == ("first", str(path), None)
    path.write_text("second")
    made.reload()
    assert made.data == "second"


def test_metadata_goes_along() -> None:
    assert Displayer().format(classes.HTML("x", metadata={"isolated": True}))[1] == {"text/html": {"isolated": True}}
    assert Displayer().format(classes.Markdown("x", metadata={"a": 1}))[1] == {"text/markdown": {"a": 1}}


def test_json_has_options_for_the_tree() -> None:
    data, metadata = Displayer().format(classes.JSON([1], expanded=True, root="r", depth=3))
    assert data["application/json"] == [1]
    assert metadata["application/json"] == {"expanded": True, "root": "r", "depth": 3}
    with pytest.raises(TypeError, match="JSONable dict or list"):
        classes.JSON(5)


def test_geojson_is_not_json() -> None:
    data, metadata = Displayer().format(classes.GeoJSON({"type": "Point"}, url_template="http://x/{z}"))
    assert data == {"application/geo+json": {"type": "Point"}, "text/plain": "<IPython.core.display.GeoJSON object>"}
    assert metadata["application/geo+json"]["url_template"] == "http://x/{z}"


def test_a_script_waits_for_its_libraries() -> None:
    script = str(
        shown(classes.Javascript("run() // note", lib=["a.js", "b.js"], css="c.css"))["application/javascript"]
    )
    assert script.index('"c.css"') < script.index('"a.js"') < script.index('"b.js"') < script.index("run()")
    assert script.endswith("run() // note\n});\n});")


def test_pictures_of_every_origin(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(png(1, 1))
    for picture in (
        classes.Image(png(1, 1)),
        classes.Image(data=png(1, 1), format="png"),
        classes.Image(filename=path),
        classes.Image(path),
        classes.Image(path.as_uri(), embed=True, url=path.as_uri()),
    ):
        assert str(shown(picture)["image/png"]).startswith("iVBOR")
        assert picture._repr_png_() == shown(picture)["image/png"]
        assert picture._repr_jpeg_() is None
    from base64 import b64encode

    text = b64encode(png(1, 1)).decode()
    assert shown(classes.Image(text))["image/png"] == text
    assert shown(classes.Image("data:image/png;base64,AAAA"))["text/html"] == '<img src="data:image/png;base64,AAAA"/>'
    assert shown(classes.Image(str(path), embed=False))["text/html"] == f'<img src="{path}"/>'


def test_pictures_that_are_not_there() -> None:
    with pytest.raises(FileNotFoundError, match="nosuch"):
        shown(classes.Image("nosuch.png"))
    with pytest.raises(ValueError, match="No image data found"):
        classes.Image()
    with pytest.raises(FileNotFoundError):
        classes.Audio("nosuch.wav")


def test_width_height_alt_and_unconfined() -> None:
    about = Displayer().format(classes.Image(png(1, 1), width=5, height=6, unconfined=True, metadata={"m": 1}))[1]
    assert about["image/png"] == {"m": 1, "width": 5, "height": 6, "unconfined": True}
    html = shown(classes.Image(url="http://x/a.png", height=4, unconfined=True, alt="a"))["text/html"]
    assert html == '<img src="http://x/a.png" height="4" class="unconfined" alt="a"/>'


def test_films(tmp_path: Path) -> None:
    path = tmp_path / "a.webm"
    path.write_bytes(b"film")
    assert shown(classes.Video(str(path)))["text/html"] == f'<video src="{path}" controls></video>'
    embedded = str(shown(classes.Video(str(path), embed=True, width=3, html_attributes="muted"))["text/html"])
    assert embedded == '<video src="data:video/webm;base64,ZmlsbQ==" width="3" muted></video>'
    assert 'src="http://x/v.mp4"' in str(shown(classes.Video(url="http://x/v.mp4"))["text/html"])


def test_sound_of_every_origin(tmp_path: Path) -> None:
    path = tmp_path / "a.mp3"
    path.write_bytes(b"sound")
    assert 'src="data:audio/mpeg;base64,c291bmQ=" type="audio/mpeg"' in str(shown(classes.Audio(path))["text/html"])
    html = shown(classes.Audio(url="http://x/a.mp3", autoplay=True, element_id="e"))["text/html"]
    assert str(html).startswith('<audio id="e" controls="controls" autoplay="autoplay"><source src="http://x/a.mp3"')


def test_samples_in_an_array_make_the_same_sound() -> None:
    numpy = pytest.importorskip("numpy")
    for samples in ([0.0, 0.5, -1.0], [[0.0, 0.25], [0.5, -0.5]]):
        assert classes.Audio(numpy.array(samples), rate=8).data == classes.Audio(samples, rate=8).data
    with pytest.raises(ValueError, match="samples"):
        classes.Audio(numpy.array([]), rate=8)
    with pytest.raises(ValueError, match="samples"):
        classes.Audio([], rate=8)


def test_pages_inside_the_page() -> None:
    html = str(shown(classes.IFrame("http://x?a=1", "50%", 2, b="c d", extras=["loading='lazy'"]))["text/html"])
    assert 'width="50%" height="2" src="http://x?a=1&amp;b=c+d"' in html
    assert html.endswith(" loading='lazy'></iframe>")
    film = str(shown(classes.YouTubeVideo("id", start=5, allow_autoplay=True))["text/html"])
    assert 'src="https://www.youtube.com/embed/id?start=5&amp;autoplay=1"' in film and 'allow="autoplay"' in film
    assert 'src="https://player.vimeo.com/video/12"' in str(shown(classes.VimeoVideo("12"))["text/html"])
    paper = str(shown(classes.ScribdDocument(7, start_page=3))["text/html"])
    assert 'src="https://www.scribd.com/embeds/7/content?start_page=3"' in paper


def test_links_to_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "sub").mkdir()
    for name in ("b.txt", "a c.py", "sub/d.txt"):
        (tmp_path / name).write_text("x")
    assert shown(classes.FileLink("a c.py", url_prefix="/files/"))["text/html"] == (
        '<a href="/files/a%20c.py" target="_blank">a c.py</a><br>'
    )
    assert "doesn&#x27;t exist" in str(shown(classes.FileLink("no"))["text/html"]).replace("'", "&#x27;")
    links = classes.FileLinks(".", included_suffixes=[".txt"])
    assert repr(links) == "./\n  b.txt\n./sub/\n  d.txt"
    assert shown(links)["text/html"] == (
        './<br>\n&nbsp;&nbsp;<a href="./b.txt" target="_blank">b.txt</a><br>\n'
        './sub/<br>\n&nbsp;&nbsp;<a href="./sub/d.txt" target="_blank">d.txt</a><br>'
    )
    assert repr(classes.FileLinks(".", recursive=False)) == "./\n  a c.py\n  b.txt"
    own = classes.FileLinks("sub", terminal_display_formatter=lambda folder, names, suffixes: [folder, *names])
    assert repr(own) == "sub\nd.txt"
    for wrong, class_ in (("sub", classes.FileLink), ("b.txt", classes.FileLinks)):
        with pytest.raises(ValueError, match="Cannot display a"):
            class_(wrong)  # type: ignore[operator]


def test_a_bar_of_nothing() -> None:
    outlet = RecordingOutlet()
    with use_outlet(outlet):
        assert list(classes.ProgressBar(0)) == []
    assert "0/0" in repr(classes.ProgressBar(0))
