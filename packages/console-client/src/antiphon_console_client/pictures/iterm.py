"""iTerm2's inline images (iterm2.com/documentation-images.html), known to WezTerm and mintty: the file as it is."""

from __future__ import annotations

import base64

from .drawing import Drawing
from .image import Image


def draw(image: Image, columns: int, rows: int) -> Drawing:
    """`image` over that many cells."""
    payload = base64.b64encode(image.data).decode()
    keys = f"inline=1;size={len(image.data)};width={columns};height={rows};preserveAspectRatio=1"
    return Drawing([""] * rows, f"\x1b]1337;File={keys}:{payload}\x07")
