"""/github/: repositories of somebody, their folders, branches and tags, and the notebooks in them.

Files come from where GitHub keeps them raw, listings from its API. The token, if there is one, goes to these two only.
"""

from __future__ import annotations

import re
from urllib.parse import quote, urlsplit

from ..addresses import GithubPlace, Place, github_place
from ..fetching import Fetched
from ..settings import GitHub
from .answers import loaded, objects, text
from .provider import Crumb, Elsewhere, Entry, Fetch, File, Found, Listing, Provider, kind_of, listed

_POINTER = re.compile(rb"version https://git-lfs\.github\.com/spec/v1\n")
"""A file that only names a large one (Git LFS) begins with this."""


def github_provider(fetch: Fetch, github: GitHub) -> Provider:
    """Asks GitHub, or one's own."""

    async def api(path: str, anew: bool) -> object:
        return loaded(await fetch(f"{github.api}/{path}", api_headers(github), anew=anew))

    async def find(place: Place, anew: bool) -> Found:
        wanted = github_place(place)
        if not wanted.repo:
            return _of_user(wanted.user, await api(f"users/{wanted.user}/repos?sort=updated&per_page=100", anew), page)
        repo = f"repos/{wanted.user}/{wanted.repo}"
        if not wanted.kind:
            branch = text(await api(repo, anew), "default_branch") or "HEAD"
            return Elsewhere(Place("github", (wanted.user, wanted.repo, "tree", branch), True).path)
        if wanted.kind in ("branches", "tags"):
            return _refs(wanted, await api(f"{repo}/{wanted.kind}?per_page=100", anew))
        if wanted.kind == "tree":
            path = "/".join(map(_quoted, wanted.path))
            told = await api(f"{repo}/contents/{path}?ref={_quoted(wanted.ref)}", anew)
            if isinstance(told, dict):  # a file
                return Elsewhere(_place(wanted._replace(kind="blob")).path)
            return _tree(wanted, told, page)
        fetched = await _file(wanted, anew)
        binder = f"https://mybinder.org/v2/gh/{wanted.user}/{wanted.repo}/{_quoted(wanted.ref)}?labpath="
        return File(
            wanted.path[-1],
            fetched.data,
            f"{page}/{wanted.user}/{wanted.repo}/blob/{_quoted(wanted.ref)}/{'/'.join(map(_quoted, wanted.path))}",
            _crumbs(wanted),
            binder + quote("/".join(wanted.path), safe="") if page == "https://github.com" else "",
        )

    async def _file(wanted: GithubPlace, anew: bool) -> Fetched:
        where = "/".join(map(_quoted, (wanted.user, wanted.repo, wanted.ref, *wanted.path)))
        if not github.raw:
            path = "/".join(map(_quoted, wanted.path))
            url = f"{github.api}/repos/{wanted.user}/{wanted.repo}/contents/{path}?ref={_quoted(wanted.ref)}"
            raw = api_headers(github) | {"Accept": "application/vnd.github.raw+json"}
            return await fetch(url, raw, anew=anew)
        url = f"{github.raw}/{where}"
        fetched = await fetch(url, token_headers(github, url), anew=anew)
        if github.media and len(fetched.data) < 1024 and _POINTER.match(fetched.data):
            return await fetch(f"{github.media}/{where}", anew=anew)
        return fetched

    page = page_of(github)
    return Provider(find)


def page_of(github: GitHub) -> str:
    """Where people look at it."""
    api = urlsplit(github.api)
    return "https://github.com" if api.netloc == "api.github.com" else f"{api.scheme}://{api.netloc}"


def api_headers(github: GitHub) -> dict[str, str]:
    """What its API wants to be told."""
    return {
        "Accept": "application/vnd.github+json",
        **({"Authorization": f"Bearer {github.token}"} if github.token else {}),
    }


def token_headers(github: GitHub, url: str) -> dict[str, str]:
    """The token for addresses of GitHub itself; nothing for any other."""
    hosts = {urlsplit(base).netloc for base in (github.api, github.raw) if base}
    known = urlsplit(url)
    is_there = known.scheme == "https" and (known.netloc in hosts or known.netloc == "gist.githubusercontent.com")
    return {"Authorization": f"Bearer {github.token}"} if github.token and is_there else {}


def _quoted(part: str) -> str:
    return quote(part, safe="")


def _place(wanted: GithubPlace) -> Place:
    return Place("github", (wanted.user, wanted.repo, wanted.kind, wanted.ref, *wanted.path), wanted.kind == "tree")


def _crumbs(wanted: GithubPlace) -> list[Crumb]:
    root = GithubPlace(wanted.user, wanted.repo, "tree", wanted.ref)
    crumbs = [
        Crumb(wanted.user, Place("github", (wanted.user,), True).path),
        Crumb(wanted.repo, _place(root).path if wanted.path else ""),
    ]
    for end, part in enumerate(wanted.path, 1):
        last = end == len(wanted.path)
        crumbs.append(Crumb(part, "" if last else _place(root._replace(path=wanted.path[:end])).path))
    return crumbs


def _of_user(user: str, repos: object, page: str) -> Listing:
    entries = [
        Entry(
            text(repo, "name"),
            Place("github", (user, text(repo, "name")), True).path,
            "folder",
            text(repo, "description"),
        )
        for repo in objects(repos)
        if text(repo, "name")
    ]
    return Listing(f"Repositories of {user}", entries, (Crumb(user),), f"{page}/{user}")


def _refs(wanted: GithubPlace, refs: object) -> Listing:
    names = [text(ref, "name") for ref in objects(refs)]
    entries = [
        Entry(name, Place("github", (wanted.user, wanted.repo, "tree", name), True).path, "folder")
        for name in names
        if name
    ]
    crumbs = (
        Crumb(wanted.user, Place("github", (wanted.user,), True).path),
        Crumb(wanted.repo, Place("github", (wanted.user, wanted.repo), True).path),
        Crumb(wanted.kind),
    )
    return Listing(f"{wanted.kind.capitalize()} of {wanted.user}/{wanted.repo}", entries, crumbs)


def _tree(wanted: GithubPlace, told: object, page: str) -> Listing:
    entries = []
    for one in objects(told):
        name, kind = text(one, "name"), text(one, "type")
        if not name:
            continue
        path = (*wanted.path, name)
        if kind == "dir":
            entries.append(Entry(name, _place(wanted._replace(path=path)).path, "folder"))
        elif kind in ("file", "symlink") and kind_of(name) == "notebook":
            entries.append(Entry(name, _place(wanted._replace(kind="blob", path=path)).path, "notebook"))
        else:
            entries.append(Entry(name, text(one, "html_url"), "file"))
    title = "/".join((wanted.repo, *wanted.path))
    where = "/".join(map(_quoted, (wanted.ref, *wanted.path)))
    listing = Listing(title, listed(entries), _crumbs(wanted), f"{page}/{wanted.user}/{wanted.repo}/tree/{where}")
    if not wanted.path:
        more = [
            Entry(kind, Place("github", (wanted.user, wanted.repo, kind)).path, "other", f"{wanted.ref} is shown")
            for kind in ("branches", "tags")
        ]
        return listing._replace(entries=[*listing.entries, *more])
    return listing
