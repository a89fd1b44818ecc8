"""What the viewer can be told, as frozen values with their defaults. Sizes are bytes, times are seconds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from ..policy import Policy

MEGABYTE = 1024 * 1024


class Fetching(NamedTuple):
    """How notebooks are fetched. `networks` are the private ones that may be reached all the same ("10.1.0.0/16").

    `seconds` is the time for one address, its redirects with it. What was fetched in the last `fresh_seconds` is not
    asked for again; after that the other side is asked whether it has changed.
    """

    ports: tuple[int, ...] = (80, 443)
    networks: tuple[str, ...] = ()
    max_bytes: int = 64 * MEGABYTE
    connect_seconds: float = 5.0
    seconds: float = 20.0
    redirects: int = 5
    at_once: int = 16
    cache_bytes: int = 64 * MEGABYTE
    fresh_seconds: float = 5.0
    ca_file: str = ""  # certificates to be trusted; empty: the system's


class Work(NamedTuple):
    """How notebooks are rendered: in `processes`, with `waiting` requests before them at most.

    `memory` is the address space of a process in bytes (0: no limit); after `renders` notebooks a new one is started.
    """

    processes: int = 2
    waiting: int = 32
    seconds: float = 30.0
    memory: int = 2048 * MEGABYTE
    renders: int = 500


@dataclass(frozen=True)
class GitHub:
    """Where GitHub is, or one's own. A `token` raises the number of requests it allows, and opens what it may read."""

    api: str = "https://api.github.com"
    raw: str = "https://raw.githubusercontent.com"  # empty: files come from the API
    media: str = "https://media.githubusercontent.com/media"  # large files; empty: there are none
    token: str = field(default="", repr=False)


class ViewerSettings(NamedTuple):
    """All of it. `folders` are local trees by the name that they have in addresses ("" for the only one).

    `hosts` are the names by which the server may be called (empty: any): another site's name that was made to lead
    to this machine is not one of them. `policy` holds for every notebook.
    """

    folders: Mapping[str, str] = {}
    hosts: tuple[str, ...] = ()
    policy: Policy = Policy(max_bytes=64 * MEGABYTE)
    template: str = ""
    fetching: Fetching = Fetching()
    work: Work = Work()
    github: GitHub = GitHub()
    cache_bytes: int = 128 * MEGABYTE
