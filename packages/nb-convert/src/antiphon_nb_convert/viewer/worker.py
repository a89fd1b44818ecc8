"""A process that renders notebooks, one after the other: frames in at standard input, frames out at standard output.

It has a limit of memory and, for each notebook, an alarm that ends it, whatever it is doing. It reads no files.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Mapping, Sequence
from io import BytesIO
from math import ceil
from typing import Any

from ..errors import ConversionError
from ..policy import Policy
from . import frames


def main(words: Sequence[str]) -> int:
    """`words`: the bytes of memory, 0 for no limit. Ends with the input."""
    _limit_memory(int(words[0]))
    if hasattr(signal, "SIGINT"):
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C ends the server, which ends us
    with os.fdopen(os.dup(1), "wb") as answers:
        os.dup2(2, 1)  # nothing that anybody prints comes between the frames
        _warm()
        while (asked := frames.read(sys.stdin.buffer)) is not None:
            _alarm(float(asked[0].get("seconds", 0)))
            header, body = answered(*asked)
            _alarm(0)
            answers.write(frames.packed(header, body))
            answers.flush()
    return 0


def answered(asked: Mapping[str, Any], data: bytes) -> tuple[dict[str, Any], bytes]:
    """The frame for a notebook: `ok` with the result, or `error` with a line."""
    try:
        return _rendered(asked, data)
    except ConversionError as error:
        return {"error": str(error)}, b""
    except MemoryError:
        return {"error": f"{asked['name']}: it needs more memory than a notebook may have", "end": True}, b""
    except RecursionError:
        return {"error": f"{asked['name']}: nested too deeply to be shown"}, b""
    except Exception as error:  # a mistake of ours; the reader gets a line, the log where it is
        import traceback

        traceback.print_exc()
        return {"error": f"{asked['name']}: it cannot be shown ({type(error).__name__})", "ours": True}, b""


def _rendered(asked: Mapping[str, Any], data: bytes) -> tuple[dict[str, Any], bytes]:
    from ..notebook import read
    from ..pipeline import convert
    from ..settings import Html, Options, Templates

    policy = Policy(**{name: asked["policy"][name] for name in Policy._fields if name in asked["policy"]})
    policy = policy._replace(roots=())
    notebook = read(data, policy, asked["name"])
    options = Options(templates=Templates(name=asked["template"])) if asked["to"] == "html" else Options()
    options = options._replace(html=Html(toc=bool(asked.get("toc", True))))
    name = asked["name"].removesuffix(".ipynb") or "notebook"
    resources = {
        "metadata": {"name": name, "path": "", "modified_date": ""},
        "unique_key": "notebook",
        "output_files_dir": "files",
    }
    to, preprocessing = _way(asked["to"])
    result = convert(notebook, to, options=options, preprocessing=preprocessing, policy=policy, resources=resources)
    header: dict[str, Any] = {
        "extension": result.extension,
        "mimetype": result.mimetype,
        "slides": has_slides(notebook),
        "scripts": scripts_of_decks() if asked["to"] == "slides" else [],
    }
    if not result.files:
        return header, result.data
    return {**header, "extension": ".zip", "mimetype": "application/zip"}, _zipped(
        {f"{name.replace('/', '_')}{result.extension}": result.data, **result.files}
    )


def _way(to: str) -> tuple[str, Any]:
    """The exporter of a format of the viewer, and what is done before."""
    from ..pipeline import Preprocessing

    if to == "cleaned":
        return "notebook", Preprocessing(
            clear_output=True, clear_cell_metadata=True, clear_notebook_metadata=True, keep_in_cells=(("tags",),),
            keep_in_notebook=("language_info", "kernelspec"),
        )  # fmt: skip
    return to, Preprocessing()


def has_slides(notebook: Mapping[str, Any]) -> bool:
    """Whether somebody has made slides of it."""
    return any(
        isinstance(marks := cell["metadata"].get("slideshow"), dict) and marks.get("slide_type") not in (None, "-", "")
        for cell in notebook["cells"]
    )


def scripts_of_decks() -> list[str]:
    """The scripts in every deck of slides, which are ours: those of a deck with nothing in it."""
    from html.parser import HTMLParser

    from ..pipeline import convert

    class Scripts(HTMLParser):
        inside = False

        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            self.inside = tag == "script"
            if self.inside:
                found.append("")

        def handle_endtag(self, tag: str) -> None:
            self.inside = False

        def handle_data(self, data: str) -> None:
            if self.inside:
                found[-1] += data

    if not _SCRIPTS:
        found: list[str] = []
        cell = {"cell_type": "markdown", "id": "one", "metadata": {}, "source": ""}
        empty = {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [cell]}
        parser = Scripts()
        parser.feed(str(convert(empty, "slides").content))
        parser.close()
        _SCRIPTS.extend(found)
    return [_digest(script) for script in _SCRIPTS]


_SCRIPTS: list[str] = []


def _digest(script: str) -> str:
    """As a Content-Security-Policy names a script."""
    import base64
    import hashlib

    return "sha256-" + base64.b64encode(hashlib.sha256(script.encode()).digest()).decode("ascii")


def _zipped(files: Mapping[str, bytes]) -> bytes:
    """The same bytes for the same files."""
    from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

    made = BytesIO()
    with ZipFile(made, "w", ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(ZipInfo(name), content, ZIP_DEFLATED)
    return made.getvalue()


def _warm() -> None:
    """What every notebook needs is imported before the first one comes."""
    notebook = b'{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": []}'
    _rendered({"name": "notebook", "to": "html", "template": "", "policy": {}}, notebook)


def _limit_memory(size: int) -> None:
    try:
        import resource
    except ImportError:  # Windows: there the time is the only limit
        return
    if size:
        resource.setrlimit(resource.RLIMIT_AS, (size, resource.getrlimit(resource.RLIMIT_AS)[1]))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _alarm(seconds: float) -> None:
    """End this process after so many seconds, should the viewer not be there to do it; 0: no more."""
    if hasattr(signal, "alarm"):
        signal.alarm(ceil(seconds + 1) if seconds else 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
