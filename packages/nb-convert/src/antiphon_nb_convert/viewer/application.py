"""The composition root: a viewer and its pages become an application of tornado, and that a server."""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import Callable

from tornado.httpserver import HTTPServer
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


def bound(ip: str, port: int) -> socket.socket:
    """A socket that listens there. Raises `ConversionError`."""
    try:
        family, _, _, _, address = socket.getaddrinfo(ip, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
        made = socket.create_server(address, family=family, backlog=128)
    except (OSError, OverflowError, UnicodeError) as error:
        known = isinstance(error, OSError) and not isinstance(error, socket.gaierror) and error.errno
        raise ConversionError(f"{ip}:{port}: {(os.strerror(known) if known else str(error)).lower()}") from None
    made.setblocking(False)
    return made


async def serve(
    settings: ViewerSettings, listening: socket.socket, stop: asyncio.Event, ready: Callable[[], None]
) -> None:
    """Serve on this socket until `stop` is set; `ready` is called when pages are answered."""
    viewer = open_viewer(settings)
    server = HTTPServer(
        application(viewer),
        max_body_size=1_000_000,
        max_header_size=64 * 1024,
        idle_connection_timeout=60,
        body_timeout=30,
    )
    try:
        server.add_socket(listening)
        await viewer.start()
        ready()
        await stop.wait()
    finally:
        server.stop()
        await server.close_all_connections()
        await viewer.close()
