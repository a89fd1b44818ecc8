"""`antiphon view`: serve the viewer until Ctrl-C; on this machine alone unless told otherwise."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from ..errors import ConversionError, MissingProgram

if TYPE_CHECKING:
    import socket

    from .settings import ViewerSettings

_EXAMPLES = """examples:
  antiphon view                              then open the address that it prints
  antiphon view notebooks/                   the notebooks below a folder, too
  antiphon view --open https://example.org/a.ipynb
  antiphon view --ip 0.0.0.0 --host-name notebooks.example.org

With a token of GitHub in GITHUB_API_TOKEN (or GITHUB_TOKEN) more requests are allowed, and readers see what it may
see. GITHUB_API_URL names the API of another GitHub."""


def main(words: Sequence[str] | None = None) -> int:
    """The exit code: 0, or 2 where it cannot start."""
    options = parser().parse_args(words)
    try:
        _check_tornado()
        return _serve(options)
    except ConversionError as error:
        print(f"antiphon view: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130


def parser() -> argparse.ArgumentParser:
    """All the options."""
    made = argparse.ArgumentParser(
        prog="antiphon view",
        description="A server that shows notebooks: from addresses, gists, GitHub and folders of this machine.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    add = made.add_argument
    add("folders", nargs="*", metavar="FOLDER", help="show the notebooks below it; hidden names and _names are not")
    add("--ip", default="127.0.0.1", help="listen there (default %(default)s: this machine alone)")
    add("--port", type=int, default=8787, help="listen on this port (default %(default)s; 0: any that is free)")
    add("--host-name", action="append", default=[], metavar="NAME", help="a name by which the server may be called")
    add("--open", nargs="?", const="", default=None, metavar="ADDRESS", help="open a browser, on this notebook")

    group = made.add_argument_group("what is fetched")
    add = group.add_argument
    add("--max-bytes", type=_size, default=64_000_000, metavar="SIZE", help="of a notebook (default 64M)")
    add("--fetch-seconds", type=float, default=20.0, metavar="S", help="for one address (default %(default)g)")
    add("--allow-port", type=int, action="append", default=[], metavar="N", help="a port beside 80 and 443")
    add("--allow-network", action="append", default=[], metavar="NET", help="a private network, as 10.1.0.0/16")
    add("--ca-file", default="", metavar="FILE", help="certificates to be trusted, instead of the system's")

    group = made.add_argument_group("how it is rendered")
    add = group.add_argument
    add("--processes", type=int, default=2, metavar="N", help="so many at a time (default %(default)s)")
    add("--waiting", type=int, default=32, metavar="N", help="so many may wait for that (default %(default)s)")
    add("--seconds", type=float, default=30.0, metavar="S", help="for one notebook (default %(default)g)")
    add("--memory", type=_size, default=2_000_000_000, metavar="SIZE", help="of a process (default 2G; 0: no limit)")
    add("--cache", type=_size, default=128_000_000, metavar="SIZE", help="for pages in memory (default 128M)")
    add("--template", default="", metavar="NAME", help="a template for pages")
    add("--remote-images", action="store_true", help="pages may show pictures of other hosts")
    add("--trust", action="store_true", help="HTML and scripts of notebooks as they are, in a page without an origin")
    return made


def settings(options: argparse.Namespace, environment: Mapping[str, str]) -> ViewerSettings:
    """What the words and the environment say. Raises `ConversionError`."""
    from ipaddress import ip_network

    from ..policy import Policy
    from .settings import Fetching, GitHub, ViewerSettings, Work

    for network in options.allow_network:
        try:
            ip_network(network, strict=False)
        except ValueError as error:
            raise ConversionError(f"--allow-network: {error}") from None
    for name in ("max_bytes", "fetch_seconds", "processes", "seconds"):
        if getattr(options, name) <= 0:
            raise ConversionError(f"--{name.replace('_', '-')}: more than 0 is needed")
    if options.ca_file and not os.path.isfile(options.ca_file):
        raise ConversionError(f"{options.ca_file}: no such file")
    api = environment.get("GITHUB_API_URL", "").rstrip("/")
    token = environment.get("GITHUB_API_TOKEN") or environment.get("GITHUB_TOKEN") or ""
    is_public = api in ("", "https://api.github.com")
    policy = Policy(trusted=options.trust, may_fetch=options.remote_images, max_bytes=options.max_bytes)
    return ViewerSettings(
        folders=_named(options.folders),
        hosts=_hosts(options.ip, options.host_name),
        policy=policy,
        template=options.template,
        fetching=Fetching(
            ports=(80, 443, *options.allow_port),
            networks=tuple(options.allow_network),
            max_bytes=options.max_bytes,
            seconds=options.fetch_seconds,
            ca_file=options.ca_file,
        ),
        work=Work(options.processes, max(0, options.waiting), options.seconds, options.memory),
        github=GitHub(token=token) if is_public else GitHub(api=api, raw="", media="", token=token),
        cache_bytes=options.cache,
    )


def _serve(options: argparse.Namespace) -> int:
    import asyncio
    import signal

    from .addresses import pasted
    from .application import bound, serve

    path = pasted(options.open) if options.open else "/"
    wanted = settings(options, os.environ)
    if options.template:
        from ..settings import Templates
        from ..template import find

        find(Templates(name=options.template), "antiphon", ".html")  # said now, not on every page
    listening = bound(options.ip, options.port)
    address = _address(listening, wanted.hosts)

    def ready() -> None:
        print(f"{address}/ (Ctrl-C ends it)", flush=True)
        if wanted.folders and not _is_loopback(options.ip):
            print("everybody who reaches this address may read the notebooks below the folders given", flush=True)
        if options.open is not None:
            import webbrowser

            if not webbrowser.open(address + path):
                print(f"antiphon view: no browser could be opened; the page is {address}{path}", file=sys.stderr)

    async def run() -> None:
        stop = asyncio.Event()
        loop = asyncio.get_running_loop()
        for wish in (signal.SIGINT, signal.SIGTERM):
            if os.name == "posix":
                loop.add_signal_handler(wish, stop.set)
        await serve(wanted, listening, stop, ready)

    asyncio.run(run())
    return 0


def _check_tornado() -> None:
    from importlib.util import find_spec

    if find_spec("tornado") is None:
        raise MissingProgram("tornado is not installed; pip install 'antiphon-nb-convert[view]' brings it")


def _named(folders: Sequence[str]) -> dict[str, str]:
    """Folders by the names that they have in addresses: none for the only one, else the last of each path."""
    for folder in folders:
        if not os.path.isdir(folder):
            raise ConversionError(f"{folder}: no such folder")
    if len(folders) == 1:
        return {"": os.path.abspath(folders[0])}
    named: dict[str, str] = {}
    for folder in map(os.path.abspath, folders):
        base = os.path.basename(folder) or "root"
        name, number = base, 1
        while name in named:
            number += 1
            name = f"{base}-{number}"
        named[name] = folder
    return named


def _hosts(ip: str, names: Sequence[str]) -> tuple[str, ...]:
    """The names that requests may use: on this machine alone those of it, elsewhere any unless some are given."""
    given = tuple(name.lower() for name in names)
    if _is_loopback(ip):
        return ("localhost", "127.0.0.1", "::1", ip.lower(), *given)
    return (*given, ip.lower()) if given else ()


def _is_loopback(ip: str) -> bool:
    from ipaddress import ip_address

    try:
        return ip_address(ip).is_loopback
    except ValueError:
        return ip.lower() == "localhost"


def _address(listening: socket.socket, hosts: Sequence[str]) -> str:
    ip, port = listening.getsockname()[:2]
    host = f"[{ip}]" if ":" in ip else ip
    if ip in ("0.0.0.0", "::"):
        host = hosts[0] if hosts else "localhost"
    return f"http://{host}:{port}"


def _size(text: str) -> int:
    """A number of bytes, as 64M or 2G."""
    units = {"k": 1000, "m": 1000**2, "g": 1000**3}
    unit = units.get(text[-1:].lower(), 1)
    digits = text[:-1] if unit > 1 else text
    if not digits.isdecimal():
        raise argparse.ArgumentTypeError(f"{text!r} is not a size, as 500k, 64M or 2G")
    return int(digits) * unit


if __name__ == "__main__":
    sys.exit(main())
