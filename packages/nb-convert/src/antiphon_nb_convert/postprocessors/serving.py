"""A result looked at: opened in a browser, or served from its folder until somebody has seen enough."""

from __future__ import annotations

import os
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

from ..errors import ConversionError


class Serve(NamedTuple):
    """How a result is served: on the loopback interface, at any free port, unless told otherwise."""

    open_in_browser: bool = True
    browser: str = ""
    ip: str = "127.0.0.1"
    port: int = 0


class _Handler(SimpleHTTPRequestHandler):
    """The files of one folder. No listings: what else lies there is nobody's business."""

    def list_directory(self, path: str | os.PathLike[str]) -> None:
        self.send_error(404, "no such page")

    def log_message(self, format: str, *args: object) -> None:
        """Nothing is told of each request."""


def open_result(path: Path, browser: str = "") -> None:
    """Show a result. Raises `ConversionError` where no browser is found."""
    _open(path.absolute().as_uri(), browser)


def server(path: Path, serve: Serve) -> tuple[ThreadingHTTPServer, str]:
    """A server of the result's folder, which does not run yet, and the address of the result."""
    handler = partial(_Handler, directory=os.fspath(path.absolute().parent))
    try:
        made = ThreadingHTTPServer((serve.ip, serve.port), handler)
    except OSError as error:
        raise ConversionError(f"{serve.ip}:{serve.port}: {(error.strerror or str(error)).lower()}") from None
    return made, f"http://{serve.ip}:{made.server_address[1]}/{quote(path.name)}"


def serve_result(path: Path, serve: Serve) -> None:
    """Serve until Ctrl-C."""
    made, address = server(path, serve)
    print(f"{address} (Ctrl-C ends it)", flush=True)
    if serve.open_in_browser:
        try:
            _open(address, serve.browser)
        except ConversionError as error:
            print(f"antiphon convert: {error}", flush=True)
    try:
        made.serve_forever()
    except KeyboardInterrupt:
        pass
    finally:
        made.server_close()


def _open(address: str, browser: str) -> None:
    import webbrowser

    try:
        opened = webbrowser.get(browser or None).open(address)
    except webbrowser.Error as error:
        raise ConversionError(f"no browser: {error}") from None
    if not opened:
        raise ConversionError(f"no browser could be opened; the address is {address}")
