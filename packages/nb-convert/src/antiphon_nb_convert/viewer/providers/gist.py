"""/gist/: the notebooks of a gist, of one revision of it, and the gists of somebody."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..addresses import GistPlace, Place, gist_place
from ..errors import NotFound, UpstreamFailed
from ..settings import GitHub
from .answers import loaded, objects, text
from .github import api_headers, token_headers
from .provider import Crumb, Elsewhere, Entry, Fetch, File, Found, Listing, Provider, kind_of, listed


def gist_provider(fetch: Fetch, github: GitHub) -> Provider:
    """Asks GitHub's API."""

    async def find(place: Place, anew: bool) -> Found:
        wanted = gist_place(place)
        if not wanted.id:
            url = f"{github.api}/users/{wanted.user}/gists?per_page=100"
            return _of_user(wanted.user, loaded(await fetch(url, api_headers(github), anew=anew)))
        url = f"{github.api}/gists/{wanted.id}" + (f"/{wanted.revision}" if wanted.revision else "")
        gist = loaded(await fetch(url, api_headers(github), anew=anew))
        files = gist.get("files") if isinstance(gist, dict) else None
        files = (
            {name: file for name, file in files.items() if isinstance(file, dict)} if isinstance(files, dict) else {}
        )
        owner = text(gist, "owner", "login") or "anonymous"
        if not wanted.file:
            notebooks = [name for name in files if kind_of(name) == "notebook"]
            only = notebooks if len(notebooks) == 1 else list(files) if len(files) == 1 else []
            if only:
                return Elsewhere(_address(owner, wanted, only[0]))
            return _of_gist(gist, owner, wanted, list(files))
        if wanted.user != owner:
            return Elsewhere(_address(owner, wanted, wanted.file))
        return await _file(gist, files, wanted, anew)

    async def _file(gist: Any, files: Mapping[str, Mapping[str, Any]], wanted: GistPlace, anew: bool) -> Found:
        file = files.get(wanted.file)
        if file is None:
            raise NotFound(f"there is no file {wanted.file!r} in gist {wanted.id}")
        if file.get("truncated") or not isinstance(file.get("content"), str) or file.get("encoding") == "base64":
            raw = text(file, "raw_url")
            if not raw:
                raise UpstreamFailed(f"gist {wanted.id}: GitHub does not tell where {wanted.file!r} is")
            data = (await fetch(raw, token_headers(github, raw), anew=anew)).data
        else:
            data = file["content"].encode("utf-8", "surrogatepass")
        crumbs = (
            Crumb(wanted.user, Place("gist", (wanted.user,), True).path),
            Crumb(wanted.id[:8], _address(wanted.user, wanted._replace(file=""), "") if len(files) > 1 else ""),
            Crumb(wanted.file),
        )
        binder = f"https://mybinder.org/v2/gist/{wanted.user}/{wanted.id}/{wanted.revision or 'HEAD'}"
        return File(wanted.file, data, text(gist, "html_url"), crumbs, binder if github == _public(github) else "")

    return Provider(find)


def _public(github: GitHub) -> GitHub:
    return GitHub(token=github.token)


def _address(owner: str, wanted: GistPlace, file: str) -> str:
    parts = (owner, wanted.id, *([wanted.revision] if wanted.revision else []), *([file] if file else []))
    return Place("gist", parts).path


def _of_gist(gist: Any, owner: str, wanted: GistPlace, files: list[str]) -> Listing:
    entries = [Entry(name, _address(owner, wanted, name), kind_of(name)) for name in files]
    crumbs = (Crumb(owner, Place("gist", (owner,), True).path), Crumb(wanted.id[:8]))
    return Listing(text(gist, "description") or f"Gist {wanted.id}", listed(entries), crumbs, text(gist, "html_url"))


def _of_user(user: str, gists: Any) -> Listing:
    entries = []
    for gist in objects(gists):
        files = gist.get("files")
        names = [str(name) for name in files] if isinstance(files, dict) else []
        if any(kind_of(name) == "notebook" for name in names):
            about = text(gist, "description") or ", ".join(names)
            entries.append(
                Entry(about[:200], Place("gist", (user, text(gist, "id"))).path, "notebook", ", ".join(names))
            )
    return Listing(f"Gists of {user}", entries, (Crumb(user),), f"https://gist.github.com/{user}")
