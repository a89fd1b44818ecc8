"""What bytes are, told from themselves: what the other side calls them, and their names, count for nothing."""

from __future__ import annotations

_SIGNS = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"BM", "image/bmp"),
)


def picture_type(data: bytes) -> str:
    """The MIME type of a picture that pages may show; empty for anything else."""
    for sign, kind in _SIGNS:
        if data.startswith(sign):
            return kind
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "image/webp"
    if data[4:12] in (b"ftypavif", b"ftypavis"):
        return "image/avif"
    start = data[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith(b"<svg") or (start.startswith((b"<?xml", b"<!doctype svg", b"<!--")) and b"<svg" in start):
        return "image/svg+xml"
    return ""


def is_notebook(data: bytes) -> bool:
    """Whether it begins as an object of JSON does."""
    return data[:1024].removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == b"{"


def described(data: bytes) -> str:
    """What it is instead of a notebook, for an error."""
    start = data[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if not data:
        return "an empty file"
    if start.startswith((b"<!doctype html", b"<html", b"<head", b"<body")):
        return "a web page"
    if start.startswith(b"%pdf"):
        return "a PDF file"
    if start.startswith(b"<"):
        return "a file of XML or HTML"
    if b"\0" in data[:1024]:
        return "a binary file"
    return "a text file"
