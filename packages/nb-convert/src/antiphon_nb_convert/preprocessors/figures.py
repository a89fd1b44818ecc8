"""Pictures as files beside the result: those of outputs, and those attached to Markdown cells.

Where a picture goes is our decision: a name that the notebook proposes is kept as far as it is a plain file name.
"""

from __future__ import annotations

import base64
import binascii
import mimetypes
import re
from collections.abc import Collection, Mapping
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import quote, unquote

from ..conversion import Cell, Conversion
from ..notebook import is_json
from ..policy import confined

EXTRACTED = ("image/png", "image/jpeg", "image/svg+xml", "application/pdf")
_EXTENSIONS = {
    "image/png": ".png",
    "image/jpeg": ".jpg",
    "image/svg+xml": ".svg",
    "application/pdf": ".pdf",
    "image/gif": ".gif",
    "image/webp": ".webp",
    "text/html": ".html",
    "text/plain": ".txt",
}
_ATTACHMENT = re.compile(r"attachment:([^\s)\"'>]+)")
_UNSAFE = re.compile(r"[^\w.+-]+")


def extract_outputs(
    conversion: Conversion,
    *,
    types: Collection[str] = EXTRACTED,
    filename_template: str = "{unique_key}_{cell_index}_{index}{extension}",
) -> Conversion:
    """Data of these types become files; the output's `metadata.filenames` tells templates which. What claims to be
    such data and is not goes, so that another form of the output is shown.

    They go to the folder `resources["output_files_dir"]`, relative to the result.
    """
    folder = str(conversion.resources.get("output_files_dir") or "")
    key = _plain(str(conversion.resources.get("unique_key") or conversion.name))
    files = dict(conversion.files)

    def treated(output: dict[str, Any], cell_index: int, index: int) -> dict[str, Any]:
        names: dict[str, str] = {}
        broken: set[str] = set()
        for mime in output.get("data", {}):
            if mime not in types:
                continue
            content = _content(mime, output["data"][mime])
            if content is None:
                broken.add(mime)
                continue
            extension = _EXTENSIONS.get(mime) or mimetypes.guess_extension(mime) or ".bin"
            proposed = output.get("metadata", {}).get("filename")
            if isinstance(proposed, str) and _plain(PurePosixPath(proposed.replace("\\", "/")).name):
                name = PurePosixPath(_plain(PurePosixPath(proposed.replace("\\", "/")).name)).stem + extension
            else:
                name = filename_template.format(unique_key=key, cell_index=cell_index, index=index, extension=extension)
            path = _free(confined(f"{folder}/{name}" if folder else name), files, content)
            files[path] = content
            names[mime] = path
        if broken:
            output = {**output, "data": {mime: value for mime, value in output["data"].items() if mime not in broken}}
        metadata = output.get("metadata", {})
        if names or "filenames" in metadata:  # what the notebook itself says of files is none of ours
            output = {**output, "metadata": {**metadata, "filenames": names}}
        return output

    cells = [
        {**cell, "outputs": [treated(output, number, n) for n, output in enumerate(cell["outputs"])]}
        if cell["cell_type"] == "code" and cell["outputs"]
        else cell
        for number, cell in enumerate(conversion.notebook["cells"])
    ]
    return conversion.with_cells(cells)._replace(files=files)


def extract_attachments(conversion: Conversion) -> Conversion:
    """Attachments of Markdown cells become files, and the cells point at them; each cell keeps its own."""
    folder = str(conversion.resources.get("output_files_dir") or "")
    files = dict(conversion.files)

    def treated(number: int, cell: Cell) -> Cell:
        attachments = cell.get("attachments")
        if not attachments:
            return cell
        paths: dict[str, str] = {}
        for name, data in attachments.items():
            content = next((found for mime in data if (found := _content(mime, data[mime])) is not None), None)
            if content is None:
                continue
            plain = _plain(PurePosixPath(name.replace("\\", "/")).name) or f"attachment_{number}"
            wanted = confined(f"{folder}/{plain}" if folder else plain)
            path = _free(wanted, files, content)
            files[path] = content
            paths[name] = path

        def link(match: re.Match[str]) -> str:
            path = paths.get(match[1]) or paths.get(unquote(match[1]))
            return quote(path) if path else match[0]

        return {**cell, "source": _ATTACHMENT.sub(link, cell["source"])}

    cells = [treated(number, cell) for number, cell in enumerate(conversion.notebook["cells"])]
    return conversion.with_cells(cells)._replace(files=files)


def _content(mime: str, value: Any) -> bytes | None:
    """The bytes that data of a notebook stand for; None where it is no such data."""
    if is_json(mime) or not isinstance(value, str):
        return None
    if mime.startswith("text/") or mime in ("image/svg+xml", "application/javascript"):
        return value.encode()
    try:
        return base64.b64decode("".join(value.split()), validate=True)
    except (binascii.Error, ValueError):
        return None


def _plain(name: str) -> str:
    return _UNSAFE.sub("_", name).strip("._")


def _free(path: str, files: Mapping[str, bytes], content: bytes) -> str:
    """`path`, or one beside it where that is taken by something else."""
    found, number = path, 1
    while files.get(found, content) != content:
        pure = PurePosixPath(path)
        found, number = str(pure.with_name(f"{pure.stem}_{number}{pure.suffix}")), number + 1
    return found
