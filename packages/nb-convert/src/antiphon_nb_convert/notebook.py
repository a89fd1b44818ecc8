"""Notebooks in and out: JSON of any format from 1 to 4 becomes plain JSON of 4.5, and back.

What is read is checked here, once, by hand: that takes a millisecond where a schema takes a hundred. What real
notebooks leave out (metadata, outputs, counts, ids) is filled in; what cannot be told is refused with the cell and the
reason. Formats before 4 go through nbformat, which is imported only then.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Iterable, Mapping
from typing import Any

from .conversion import Cell, Notebook
from .errors import NotebookError
from .policy import Policy

CELL_TYPES = ("code", "markdown", "raw")
OUTPUT_TYPES = ("stream", "display_data", "execute_result", "error")
_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]|[\ud800-\udfff]")
_SURROGATE_BYTES = re.compile(rb"\\u[dD][89a-fA-F]")
_ID = re.compile(r"[A-Za-z0-9_-]{1,64}\Z")


def read_file(path: str | os.PathLike[str], policy: Policy) -> Notebook:
    """The notebook in a file. Raises `NotebookError`."""
    name = os.fspath(path)
    try:
        with open(path, "rb") as file:
            policy.check_size(os.fstat(file.fileno()).st_size, name)
            data = file.read()
    except OSError as error:
        raise NotebookError(f"{name}: {(error.strerror or str(error)).lower()}") from None
    return read(data, policy, name)


def read(data: bytes | str, policy: Policy, name: str = "notebook") -> Notebook:
    """The notebook that this JSON is; `name` is what errors call it. Raises `NotebookError`."""
    policy.check_size(len(data), name)
    try:
        loaded = json.loads(data.decode("utf-8-sig") if isinstance(data, bytes) else data)
    except UnicodeDecodeError as error:
        raise NotebookError(f"{name}: not UTF-8 at byte {error.start}") from None
    except json.JSONDecodeError as error:
        what = "an empty file" if not data.strip() else f"not JSON: {error.msg} (line {error.lineno})"
        raise NotebookError(f"{name}: {what}") from None
    except RecursionError:
        raise NotebookError(f"{name}: nested deeper than {policy.max_depth} levels") from None
    except ValueError as error:  # a number of too many digits
        raise NotebookError(f"{name}: not JSON that can be read: {error}") from None
    return checked(_without_surrogates(data, loaded), policy, name)


def checked(loaded: object, policy: Policy, name: str = "notebook") -> Notebook:
    """A notebook of 4.5 from loaded JSON of any format. Raises `NotebookError`."""
    if not isinstance(loaded, dict):
        raise NotebookError(f"{name}: not a notebook: {_kind(loaded)} where an object is expected")
    _check_depth(loaded, policy.max_depth, name)
    version = loaded.get("nbformat", 1 if "worksheets" not in loaded and "cells" in loaded else None)
    if not isinstance(version, int) or isinstance(version, bool):
        raise NotebookError(f"{name}: not a notebook: it does not tell its nbformat")
    if version > 4:
        raise NotebookError(f"{name}: format {version} of notebooks is newer than what is known here (4)")
    if version < 1:
        raise NotebookError(f"{name}: there is no format {version} of notebooks")
    notebook = _upgraded(loaded, version, name) if version < 4 else loaded
    cells = notebook.get("cells")
    if not isinstance(cells, list):
        raise NotebookError(f"{name}: not a notebook: it has no cells")
    if len(cells) > policy.max_cells:
        raise NotebookError(f"{name}: {len(cells):,} cells; up to {policy.max_cells:,} are read")
    metadata = notebook.get("metadata", {})
    if not isinstance(metadata, dict):
        raise NotebookError(f"{name}: its metadata is {_kind(metadata)} where an object is expected")
    has_ids = (
        notebook.get("nbformat_minor", 0) >= 5 and version == 4 if _is_int(notebook.get("nbformat_minor")) else False
    )
    return {
        "nbformat": 4,
        "nbformat_minor": 5,
        "metadata": metadata,
        "cells": _with_ids([_cell(cell, f"{name}: cell {n}") for n, cell in enumerate(cells, 1)], has_ids),
    }


def dumps(notebook: Notebook, version: int = 4) -> str:
    """The notebook as people keep it in files: lines split, keys sorted, one blank of indent; the same every time.

    `version` is 1 to 4; those before 4 are made by nbformat.
    """
    if version == 4:
        lines: Mapping[str, Any] = {**notebook, "cells": [_split_cell(cell) for cell in notebook["cells"]]}
        return json.dumps(lines, indent=1, sort_keys=True, ensure_ascii=False, separators=(",", ": ")) + "\n"
    if version == 1:
        return _format_1(notebook)
    import nbformat

    node = nbformat.from_dict({**notebook, "cells": [dict(cell) for cell in notebook["cells"]]})
    text: str = nbformat.writes(nbformat.convert(node, version), version=nbformat.NO_CONVERT)
    return text if text.endswith("\n") else text + "\n"


def language(notebook: Notebook) -> str:
    """The language of the code cells, in lower case: from `language_info`, else the kernelspec, else Python."""
    metadata = notebook["metadata"]
    for part, key in (("language_info", "name"), ("kernelspec", "language")):
        found = metadata.get(part)
        if isinstance(found, dict) and isinstance(found.get(key), str) and found[key]:
            return str(found[key]).lower()
    return "python"


def tags(holder: Mapping[str, Any]) -> list[str]:
    """The tags of a cell or of an output."""
    metadata = holder.get("metadata")
    found = metadata.get("tags") if isinstance(metadata, dict) else None
    return [tag for tag in found if isinstance(tag, str)] if isinstance(found, list) else []


def is_json(mime: str) -> bool:
    """Whether data of this type is JSON in a notebook, instead of text."""
    return mime == "application/json" or (mime.startswith("application/") and mime.endswith("+json"))


# -- reading -----------------------------------------------------------------------------------------------------------


def _cell(cell: object, where: str) -> Cell:
    if not isinstance(cell, dict):
        raise NotebookError(f"{where}: {_kind(cell)} where an object is expected")
    kind = cell.get("cell_type")
    if not isinstance(kind, str):
        raise NotebookError(f"{where}: it does not tell its cell_type")
    found = {
        **cell,
        "metadata": _object(cell.get("metadata", {}), f"{where}: its metadata"),
        "source": _text(cell.get("source", ""), f"{where}: its source"),
    }
    if kind == "code":
        count = cell.get("execution_count")
        outputs = cell.get("outputs", [])
        if not isinstance(outputs, list):
            raise NotebookError(f"{where}: its outputs are {_kind(outputs)} where a list is expected")
        found["execution_count"] = count if _is_int(count) else None
        found["outputs"] = [_output(output, f"{where}, output {n}") for n, output in enumerate(outputs, 1)]
    elif "attachments" in cell:
        attachments = _object(cell["attachments"], f"{where}: its attachments")
        found["attachments"] = {
            str(key): _bundle(value, f"{where}: attachment {key!r}") for key, value in attachments.items()
        }
    return found


def _output(output: object, where: str) -> dict[str, Any]:
    if not isinstance(output, dict):
        raise NotebookError(f"{where}: {_kind(output)} where an object is expected")
    kind = output.get("output_type")
    found = dict(output)
    if kind == "stream":
        found["name"] = output.get("name") if isinstance(output.get("name"), str) else "stdout"
        found["text"] = _text(output.get("text", ""), f"{where}: its text")
    elif kind in ("display_data", "execute_result"):
        found["data"] = _bundle(output.get("data", {}), f"{where}: its data")
        found["metadata"] = _object(output.get("metadata", {}), f"{where}: its metadata")
        if kind == "execute_result":
            count = output.get("execution_count")
            found["execution_count"] = count if _is_int(count) else None
    elif kind == "error":
        traceback = output.get("traceback", [])
        for key in ("ename", "evalue"):
            found[key] = output[key] if isinstance(output.get(key), str) else ""
        if not isinstance(traceback, list) or not all(isinstance(line, str) for line in traceback):
            raise NotebookError(f"{where}: its traceback is not a list of lines")
    else:
        raise NotebookError(f"{where}: there is no output_type {kind!r}")
    return found


def _bundle(data: object, where: str) -> dict[str, Any]:
    return {
        str(mime): value if is_json(mime) else _text(value, f"{where} of type {mime}")
        for mime, value in _object(data, where).items()
    }


def _text(value: object, where: str) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        try:
            return "".join(value)
        except TypeError:
            pass
    raise NotebookError(f"{where} is {_kind(value)} where text is expected")


def _object(value: object, where: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise NotebookError(f"{where} is {_kind(value)} where an object is expected")
    return value


def _kind(value: object) -> str:
    if value is None:
        return "null"
    kinds = {dict: "an object", list: "a list", str: "text", bool: "a truth value", int: "a number", float: "a number"}
    return kinds.get(type(value), type(value).__name__)


def _is_int(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _with_ids(cells: list[Cell], kept: bool) -> list[Cell]:
    """Each cell with an id of its own: the one it has, or one that the same notebook gets every time."""
    taken: set[str] = set()
    for number, cell in enumerate(cells):
        known = cell.get("id") if kept else None
        name = known if isinstance(known, str) and _ID.match(known) else _id(number, cell)
        while name in taken:
            name = _id(number, cell, name)
        taken.add(name)
        cell["id"] = name
    return cells


def _id(number: int, cell: Cell, seed: str = "") -> str:
    text = f"{seed}\0{number}\0{cell['cell_type']}\0{cell['source']}"
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:8]


def _without_surrogates(data: bytes | str, loaded: Any) -> Any:
    """Halves of surrogate pairs, which JSON can spell and no encoding can write, become U+FFFD."""
    found = _SURROGATE_BYTES.search(data) if isinstance(data, bytes) else _SURROGATE.search(data)
    if found is None:
        return loaded
    text = json.dumps(loaded, ensure_ascii=False)
    return json.loads(text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace"))


def _check_depth(value: Any, limit: int, name: str) -> None:
    """Level by level, so that no depth is too much for the check itself."""
    level: list[Any] = [value]
    for _ in range(limit):
        level = [
            inner
            for outer in level
            for inner in (outer.values() if isinstance(outer, dict) else outer)
            if isinstance(inner, (dict, list))
        ]
        if not level:
            return
    raise NotebookError(f"{name}: nested deeper than {limit} levels")


def _upgraded(loaded: dict[str, Any], version: int, name: str) -> Notebook:
    import nbformat

    try:
        upgraded = nbformat.convert(nbformat.reader.reads(json.dumps(loaded)), 4)
    except Exception as error:  # nbformat lets through whatever it stumbles over
        raise NotebookError(f"{name}: format {version} cannot be read: {type(error).__name__}: {error}") from None
    found: Notebook = json.loads(json.dumps(upgraded))
    return found


# -- writing -----------------------------------------------------------------------------------------------------------


def _format_1(notebook: Notebook) -> str:
    """Format 1 knows code and text, no outputs and no metadata; nbformat reads it and does not write it."""
    cells = [
        {"cell_type": "code", "code": cell["source"], "prompt_number": cell["execution_count"] or 0}
        if cell["cell_type"] == "code"
        else {"cell_type": "text", "text": cell["source"]}
        for cell in notebook["cells"]
    ]
    return json.dumps({"cells": cells}, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def _split_cell(cell: Cell) -> Cell:
    found = {**cell, "source": cell["source"].splitlines(keepends=True)}
    if "outputs" in cell:
        found["outputs"] = [_split_output(output) for output in cell["outputs"]]
    if "attachments" in cell:
        found["attachments"] = {name: _split_bundle(data) for name, data in cell["attachments"].items()}
    return found


def _split_output(output: dict[str, Any]) -> dict[str, Any]:
    if "text" in output:
        return {**output, "text": output["text"].splitlines(keepends=True)}
    if "data" in output:
        return {**output, "data": _split_bundle(output["data"])}
    return output


def _split_bundle(data: Mapping[str, Any]) -> dict[str, Any]:
    return {mime: value.splitlines(keepends=True) if _is_lines(mime, value) else value for mime, value in data.items()}


def _is_lines(mime: str, value: object) -> bool:
    """Text is kept by lines, pictures in one piece (as nbformat does), JSON as it is."""
    return isinstance(value, str) and (mime.startswith("text/") or mime in ("image/svg+xml", "application/javascript"))


def cells_of(notebook: Notebook, *kinds: str) -> Iterable[Cell]:
    """The cells of these types."""
    return (cell for cell in notebook["cells"] if cell["cell_type"] in kinds)
