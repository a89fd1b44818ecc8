from __future__ import annotations

import pytest

from antiphon_nb_convert.viewer.kinds import described, is_notebook, picture_type


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"\x89PNG\r\n\x1a\n...", "image/png"),
        (b"\xff\xd8\xff\xe0", "image/jpeg"),
        (b"GIF89a...", "image/gif"),
        (b"RIFF\x00\x00\x00\x00WEBPVP8 ", "image/webp"),
        (b"\x00\x00\x00\x1cftypavif", "image/avif"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "image/svg+xml"),
        (b"\xef\xbb\xbf<?xml version='1.0'?>\n<svg/>", "image/svg+xml"),
        (b"<html><svg></svg></html>", ""),
        (b"<!doctype html><svg></svg>", ""),
        (b"<script>alert(1)</script>", ""),
        (b"RIFF\x00\x00\x00\x00WAVE", ""),
        (b"{}", ""),
        (b"", ""),
    ],
)
def test_pictures(data: bytes, kind: str) -> None:
    assert picture_type(data) == kind


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"", "empty"),
        (b"<!DOCTYPE html><p>", "web page"),
        (b"%PDF-1.7", "PDF"),
        (b"<a/>", "XML"),
        (b"ab\0c", "binary"),
        (b"import this", "text"),
    ],
)
def test_what_is_no_notebook(data: bytes, text: str) -> None:
    assert not is_notebook(data)
    assert text in described(data)


def test_notebooks() -> None:
    assert is_notebook(b'\xef\xbb\xbf \n{"cells": []}')
