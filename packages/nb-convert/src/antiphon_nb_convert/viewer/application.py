"""The composition root: a viewer and its pages become an application of tornado, and that a server."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable

from tornado.httpserver import HTTPServer
from tornado.netutil import bind_sockets
from tornado.web import Application

from ..errors import ConversionError
from .handlers import FrontHandler, GoHandler, Handler, MissingHandler, OldHandler, PlaceHandler, RobotsHandler
from .pages.page import Pages
from .settings import ViewerSettings
from .viewer import Viewer, open_viewer


def application(viewer: Viewer) -> Application:
    """All the routes."""
    parts = {"viewer": viewer, "pages": Pages()}
    places = "|".join(sorted(viewer.providers))
    routes: list[tuple[str, type[Handler]]] = [
        (r"/", FrontHandler),
        (r"/go", GoHandler),
        (r"/robots\.txt", RobotsHandler),
        (r"/localfile/.*", OldHandler),
        (r"/(?:[0-9]+|[0-9a-f]{20,})", OldHandler),
        (rf"/(?:format/[^/]+/)?(?:{places})(?:/.*)?", PlaceHandler),
    ]
    return Application(
        [(pattern, handler, parts) for pattern, handler in routes],
        default_handler_class=MissingHandler,
        default_handler_args=parts,
        log_function=lambda handler: None,
    )


def bound(ip: str, port: int) -> list[socket.socket]:
    """Sockets that listen there. Raises `ConversionError`."""
    try:
        return bind_sockets(port, ip)
    except (OSError, OverflowError, UnicodeError) as error:
        said = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise ConversionError(f"{ip}:{port}: {said.lower()}") from None


async def serve(
    settings: ViewerSettings, sockets: list[socket.socket], stop: asyncio.Event, ready: Callable[[], None]
) -> None:
    """Serve on these sockets until `stop` is set; `ready` is called when pages are answered."""
    viewer = open_viewer(settings)
    server = HTTPServer(application(viewer), max_body_size=1_000_000, max_header_size=64 * 1024)
    try:
        server.add_sockets(sockets)
        await viewer.start()
        ready()
        await stop.wait()
    finally:
        server.stop()
        await server.close_all_connections()
        await viewer.close()
