"""Pictures by every protocol, decoded back and held against what went in."""

from __future__ import annotations

import base64
import io
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon_console_client.pictures import blocks, iterm, kitty, sixel
from antiphon_console_client.pictures.drawing import fit
from antiphon_console_client.pictures.image import Image, dimensions, read
from antiphon_console_client.pictures.testing import decode_sixel, kitty_commands, picture

Pillow = pytest.importorskip("PIL.Image")


def image(**options: Any) -> Image:
    found = read(base64.b64encode(picture(**options)).decode(), "image/png")
    assert found is not None
    return found


@pytest.mark.parametrize("form", ["PNG", "JPEG", "GIF", "WEBP"])
def test_sizes_are_read_from_headers(form: str) -> None:
    assert dimensions(picture(61, 43, form)) == (61, 43)


@given(
    st.binary(max_size=60),
    st.sampled_from([b"", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff\xe0", b"GIF89a", b"RIFF0000WEBPVP8 "]),
)
def test_broken_headers_are_no_images(rest: bytes, start: bytes) -> None:
    size = dimensions(start + rest)
    assert size is None or len(size) == 2
    read(base64.b64encode(start + rest).decode(), "image/png")


def test_wishes_for_a_size() -> None:
    data = base64.b64encode(picture(60, 40)).decode()

    def size(**wishes: object) -> tuple[int, int]:
        found = read(data, "image/png", wishes)
        assert found is not None
        return found.size

    assert size() == (60, 40)
    assert size(width=30, height=20) == (30, 20)  # a retina figure
    assert size(width=30) == (30, 20)
    assert size(height="80px") == (120, 80)
    assert size(width="50%", height=float("nan"), other=1) == (60, 40)


def test_a_picture_fits_into_the_screen() -> None:
    found = image(width=640, height=480)
    assert fit(found, 80, 50, (8, 16)) == (80, 30)
    assert fit(found, 40, 50, (8, 16)) == (40, 15)
    assert fit(found, 200, 10, (8, 16)) == (27, 10)
    assert fit(image(width=1, height=1), 80, 24, (8, 16)) == (1, 1)


def test_kitty_gets_the_file_untouched() -> None:
    data = picture(300, 200)
    found = read(base64.b64encode(data).decode() + "\n", "image/png")
    assert found is not None
    drawing = kitty.draw(found, 20, 10)
    assert drawing is not None
    commands = kitty_commands(drawing.picture)
    assert base64.b64decode(b"".join(payload for _, payload in commands)) == data
    keys = commands[0][0]
    assert (keys["a"], keys["f"], keys["c"], keys["r"], keys["C"], keys["q"]) == ("T", "100", "20", "10", "1", "2")
    assert [keys["m"] for keys, _ in commands] == ["1"] * (len(commands) - 1) + ["0"]
    assert drawing.lines == [""] * 10
    assert f"i={keys['i']}," in drawing.wipe and "d=I" in drawing.wipe


def test_long_files_go_in_pieces() -> None:
    big = Pillow.effect_noise((200, 200), 90)
    out = io.BytesIO()
    big.save(out, "PNG")
    drawing = kitty.draw(Image(out.getvalue(), "image/png", 200, 200), 20, 10)
    assert drawing is not None
    commands = kitty_commands(drawing.picture)
    assert len(commands) > 5
    assert set(commands[1][0]) == {"q", "m"}
    assert base64.b64decode(b"".join(payload for _, payload in commands)) == out.getvalue()


def test_kitty_takes_other_formats_as_png() -> None:
    found = read(base64.b64encode(picture(form="JPEG")).decode(), "image/jpeg")
    assert found is not None
    drawing = kitty.draw(found, 2, 2)
    assert drawing is not None
    sent = base64.b64decode(b"".join(payload for _, payload in kitty_commands(drawing.picture)))
    assert Pillow.open(io.BytesIO(sent)).size == (60, 40)


def test_within_tmux_the_picture_is_text() -> None:
    drawing = kitty.draw(image(), 3, 2, tmux=True)
    assert drawing is not None
    handed = re.fullmatch(r"(?:\x1bPtmux;(?:\x1b\x1b|[^\x1b])*\x1b\\)+", drawing.picture)
    assert handed
    inner = drawing.picture.replace("\x1bPtmux;", "").replace("\x1b\x1b", "\x1b").replace("\x1b\\\x1b\\", "\x1b\\")
    keys = kitty_commands(inner)[0][0]
    assert (keys["U"], keys["c"], keys["r"]) == ("1", "3", "2")
    number = int(keys["i"])
    colour = f"\x1b[38;2;{number >> 16};{number >> 8 & 255};{number & 255}m"
    row, first, second, third = "\u0305", "\u0305", "\u030d", "\u030e"
    sign = "\U0010eeee"
    assert drawing.lines[0] == f"{colour}{sign}{row}{first}{sign}{row}{second}{sign}{row}{third}\x1b[0m"
    assert drawing.lines[1].startswith(f"{colour}{sign}\u030d\u0305")


def test_the_table_of_marks() -> None:
    marks = kitty.DIACRITICS
    assert len(set(marks)) == len(marks) == 210
    assert (marks[0], marks[1], marks[35]) == ("\u0305", "\u030d", "\u0592")
    assert sorted(marks) == marks


def test_numbers_of_images_fit_into_a_colour() -> None:
    numbers = {kitty.fresh_number() for _ in range(1000)}
    assert len(numbers) == 1000
    assert all(0 < number < 1 << 24 for number in numbers)


def test_iterm_gets_the_file_untouched() -> None:
    found = image()
    drawing = iterm.draw(found, 7, 3)
    match = re.fullmatch(r"\x1b\]1337;File=([^:]*):([^\x07]*)\x07", drawing.picture)
    assert match
    assert match[1] == f"inline=1;size={len(found.data)};width=7;height=3;preserveAspectRatio=1"
    assert base64.b64decode(match[2]) == found.data
    assert len(drawing.lines) == 3


def test_sixel_draws_the_colours_where_they_are() -> None:
    drawing = sixel.draw(image(width=60, height=40), 8, 3, (8, 16))
    assert drawing is not None
    pixels = decode_sixel(drawing.picture)
    assert len(pixels) == 60 * 40
    corners = [pixels[0, 0], pixels[59, 0], pixels[0, 39], pixels[59, 39]]
    assert corners == [(100, 0, 0), (0, 50, 0), (0, 0, 100), (100, 100, 0)]
    assert len(drawing.lines) == 3


def test_sixel_leaves_out_what_is_clear() -> None:
    drawing = sixel.draw(image(alpha=True), 8, 3, (8, 16))
    assert drawing is not None
    pixels = decode_sixel(drawing.picture)
    assert (59, 39) not in pixels
    assert pixels[0, 0] == (100, 0, 0)


def test_sixel_of_noise_keeps_near_to_it() -> None:
    noise = Pillow.merge("RGB", [Pillow.effect_noise((64, 64), 60) for _ in range(3)]).convert("RGBA")
    pixels = decode_sixel(sixel.encoded(noise))
    distance = sum(
        abs(round(want * 100 / 255) - got)
        for at, colour in pixels.items()
        for want, got in zip(noise.getpixel(at)[:3], colour, strict=True)
    )
    assert len(pixels) == 64 * 64
    assert distance / (3 * 64 * 64) < 8  # per cent


def test_half_blocks() -> None:
    drawing = blocks.draw(image(), 2, 1)
    assert drawing is not None
    assert drawing.lines == ["\x1b[38;2;255;0;0;48;2;0;0;255m▀\x1b[38;2;0;128;0;48;2;255;255;0m▀\x1b[0m"]
    clear = blocks.draw(image(alpha=True), 2, 1, true_colour=False)
    assert clear is not None
    assert clear.lines == ["\x1b[38;5;196;48;5;21m▀\x1b[0;38;5;28m▀\x1b[0m"]


def test_what_pillow_cannot_read_is_not_drawn() -> None:
    broken = Image(picture()[:60], "image/png", 60, 40)
    assert sixel.draw(broken, 2, 2, (8, 16)) is None
    assert blocks.draw(broken, 2, 2) is None
    assert kitty.draw(Image(b"GIF89a", "image/gif", 1, 1), 2, 2) is None
