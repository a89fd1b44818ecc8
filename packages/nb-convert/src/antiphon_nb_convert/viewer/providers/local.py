"""/local/: folders of this machine that the server was given; nothing else, whatever links and dots say.

Names that begin with a dot or an underscore are not there. A path counts as what it really is: links are followed
first, and what is then outside, or behind a hidden name, is not there either.
"""

from __future__ import annotations

import asyncio
import os
import stat
from collections.abc import Mapping
from pathlib import Path

from ..addresses import Place
from ..errors import Forbidden, NotFound, TooLarge
from .provider import Crumb, Elsewhere, Entry, File, Found, Listing, Provider, kind_of, listed

_SEPARATORS = "/\0\\:" if os.name == "nt" else "/\0"


def local_provider(folders: Mapping[str, str], max_bytes: int) -> Provider:
    """Of these folders, by name; the name "" is for the only one."""
    roots = {name: Path(os.path.realpath(folder)) for name, folder in folders.items()}

    async def find(place: Place, anew: bool) -> Found:
        return await asyncio.to_thread(_find, roots, place, max_bytes)

    return Provider(find)


def _find(roots: Mapping[str, Path], place: Place, max_bytes: int) -> Found:
    if not roots:
        raise NotFound("no local folders are shown here")
    parts = place.parts
    base: tuple[str, ...]
    if "" in roots:
        root, rest, base = roots[""], parts, ()
    elif not parts:
        entries = [Entry(name, Place("local", (name,), True).path, "folder") for name in roots]
        return Listing("Folders", listed(entries), (Crumb("local"),))
    else:
        if parts[0] not in roots:
            raise NotFound(f"{place.path}: there is no such folder")
        root, rest, base = roots[parts[0]], parts[1:], parts[:1]
    real = real_path(root, rest, place.path)
    try:
        about = real.stat()
        if stat.S_ISDIR(about.st_mode):
            if not place.folder:  # links in it are relative to it
                return Elsewhere(place._replace(folder=True).path)
            return _listing(root, real, place, base, rest)
        if not stat.S_ISREG(about.st_mode):
            raise NotFound(f"{place.path}: nothing is there")
        if about.st_size > max_bytes:
            raise TooLarge(f"{place.path}: {about.st_size:,} bytes; up to {max_bytes:,} are read")
        data = _content(real, max_bytes + 1)
    except PermissionError:
        raise Forbidden(f"{place.path}: it may not be read") from None
    except OSError:
        raise NotFound(f"{place.path}: nothing is there") from None
    if len(data) > max_bytes:
        raise TooLarge(f"{place.path}: it grows; up to {max_bytes:,} bytes are read")
    return File(rest[-1], data, crumbs=_crumbs(base, rest, root), may_download=True)


def real_path(root: Path, parts: tuple[str, ...], name: str) -> Path:
    """The file that parts below a real folder mean. Raises `NotFound` for what is hidden, or outside."""
    missing = NotFound(f"{name}: nothing is there")
    if any(part.startswith((".", "_")) or not _is_name(part) for part in parts):
        raise missing
    try:
        real = Path(os.path.realpath(root.joinpath(*parts)))
    except (OSError, ValueError):
        raise missing from None
    if not real.is_relative_to(root) or any(part.startswith((".", "_")) for part in real.relative_to(root).parts):
        raise missing
    return real


def _is_name(part: str) -> bool:
    """Whether it is the name of one file, in letters that an address can have."""
    return bool(part) and not any(sign in _SEPARATORS or "\ud800" <= sign <= "\udfff" for sign in part)


def _content(path: Path, limit: int) -> bytes:
    """Of the file that was looked at, and not of a link or a pipe that has taken its place since."""
    opened = os.open(
        path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    )
    with os.fdopen(opened, "rb") as file:
        if not stat.S_ISREG(os.fstat(opened).st_mode):
            raise FileNotFoundError(path)
        return file.read(limit)


def _listing(root: Path, real: Path, place: Place, base: tuple[str, ...], rest: tuple[str, ...]) -> Listing:
    entries = []
    for name in sorted(os.listdir(real)):
        try:
            found = real_path(root, (*real.relative_to(root).parts, name), name)
            mode = found.stat().st_mode
        except (NotFound, OSError):
            continue  # hidden, outside, gone meanwhile or a link to nothing
        below = place._replace(parts=(*place.parts, name), folder=stat.S_ISDIR(mode))
        if stat.S_ISDIR(mode):
            entries.append(Entry(name, below.path, "folder"))
        elif stat.S_ISREG(mode):
            entries.append(Entry(name, below.path, kind_of(name)))
    title = rest[-1] if rest else base[0] if base else root.name or str(root)
    return Listing(title, listed(entries), _crumbs(base, rest, root))


def _crumbs(base: tuple[str, ...], rest: tuple[str, ...], root: Path) -> list[Crumb]:
    crumbs = [Crumb("Folders", "/local/")] if base else []
    parts = [(base, base[0] if base else root.name or str(root))]
    parts += [((*base, *rest[:end]), rest[end - 1]) for end in range(1, len(rest) + 1)]
    return crumbs + [
        Crumb(text, "" if number == len(parts) else Place("local", tuple(words), True).path)
        for number, (words, text) in enumerate(parts, 1)
    ]
