"""What two kernels said, made comparable: names that are drawn anew at each run are numbered, times are taken out.

Nothing else is: kinds, order, MIME types and contents must agree. Pictures agree when their pixels nearly do.
"""

from __future__ import annotations

import base64
import io
import re
from typing import Any

_NAMES = re.compile(
    r"(?<![0-9a-zA-Z])(?:[0-9a-f]{32}|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|[0-9a-f]{40})"
    r"(?![0-9a-zA-Z])"
)
_RULES = (
    (re.compile(r"0x[0-9a-fA-F]{6,}"), "<address>"),
    (re.compile(r"ipykernel_\d+[/\\]\d+\.py"), "<cell file>"),
    (re.compile(r"\x1b\[[0-9;]*[A-Za-z]"), ""),
    (re.compile(r"\b\d+(?:\.\d+)?(?:e[-+]\d+)? ?(?:it/s|s/it|µs|ms|ns)"), "<rate>"),
    (re.compile(r"\d+:\d\d(?::\d\d)?<(?:\d+:\d\d|\?)"), "<clock>"),
    (re.compile(r"\d:\d\d:\d\d"), "<clock>"),
    (re.compile(r"<dc:date>.*?</dc:date>"), "<date>"),
    (re.compile(r'(?:id="|#|clip-path="url\(#)[a-zA-Z]+[0-9a-f]{10}'), "<svg id>"),
    (re.compile(r"\bid=\"?\d{10,}"), "<id>"),
    (re.compile(r"\b1[67]\d{8}(?:\.\d+|\d{3})?\b"), "<time>"),
)
_PIXELS = 8.0  # mean difference of a channel, of 255, under which pictures count as alike


class Names:
    """Numbers for names drawn by chance, in the order in which they come."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}

    def plain(self, text: str) -> str:
        """`text` with those names numbered and the rest of what varies taken out."""
        text = _NAMES.sub(lambda found: f"<name {self._numbers.setdefault(found[0], len(self._numbers))}>", text)
        for pattern, instead in _RULES:
            text = pattern.sub(instead, text)
        return text


def comparable(said: list[dict[str, Any]], names: Names) -> list[dict[str, Any]]:
    """The outputs of a cell as they are compared; pictures stay base64, under their MIME type."""
    return [_plain(each, names) for each in said]


def _plain(value: Any, names: Names, key: str = "") -> Any:
    if isinstance(value, dict):
        return {names.plain(str(name)): _plain(item, names, str(name)) for name, item in value.items()}
    if isinstance(value, list):
        return [_plain(item, names, key) for item in value]
    if isinstance(value, str) and not key.startswith(("image/png", "image/jpeg")):
        return names.plain(value)
    return value


def differences(ours: Any, theirs: Any, where: str = "") -> list[str]:
    """Where two comparable values disagree, a line each."""
    if type(ours) is not type(theirs):
        return [f"{where}: {_short(ours)} instead of {_short(theirs)}"]
    if isinstance(ours, dict):
        found = [f"{where}: {key!r} is missing" for key in theirs if key not in ours]
        found += [f"{where}: {key!r} is too much" for key in ours if key not in theirs]
        for key in ours:
            if key in theirs:
                found += differences(ours[key], theirs[key], f"{where}.{key}")
        return found
    if isinstance(ours, list):
        found = [] if len(ours) == len(theirs) else [f"{where}: {_short(ours)} instead of {_short(theirs)}"]
        for at, (one, other) in enumerate(zip(ours, theirs, strict=False)):
            found += differences(one, other, f"{where}[{at}]")
        return found
    if where.endswith((".image/png", ".image/jpeg")):
        return _picture_differences(ours, theirs, where)
    return [] if ours == theirs else [f"{where}: {_short(ours)} instead of {_short(theirs)}"]


def _picture_differences(ours: str, theirs: str, where: str) -> list[str]:
    from PIL import Image, ImageChops, ImageStat

    one, other = (Image.open(io.BytesIO(base64.b64decode(data))).convert("RGB") for data in (ours, theirs))
    if one.size != other.size:
        return [f"{where}: a picture of {one.size} instead of {other.size}"]
    mean = max(ImageStat.Stat(ImageChops.difference(one, other)).mean)
    return [] if mean <= _PIXELS else [f"{where}: pixels differ by {mean:.1f} of 255"]


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 200 else f"{text[:120]} ... {text[-70:]}"
