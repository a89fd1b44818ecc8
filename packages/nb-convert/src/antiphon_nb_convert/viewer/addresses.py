"""Addresses of pages, in the shapes of nbviewer, so that links that were made for it work here. No I/O.

/url/HOST/PATH              http://HOST/PATH; the query of the other address after a "/%3F"
/urls/HOST/PATH             https://HOST/PATH
/gist/[USER/]ID[/REVISION][/FILE]     a gist; /gist/USER/ are those of somebody
/github/USER[/REPO[/tree|blob/REF/PATH]]    also /branches and /tags of a repository
/local/PATH                 the folders that the server was given
/format/NAME/…              any of these as something else than a page
"""

from __future__ import annotations

import re
from typing import NamedTuple
from urllib.parse import SplitResult, quote, unquote, urlsplit

from .errors import BadAddress

_GIST_ID = re.compile(r"[0-9]+\Z|[0-9a-f]{20,}\Z")
_REVISION = re.compile(r"[0-9a-f]{40}\Z")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,99}\Z")
_HOST = re.compile(r"(?:[\w-]+(?:\.[\w-]+)*\.?|\[[0-9A-Fa-f:.]+\])(?::\d{1,5})?\Z")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_OWN_PARAMETERS = re.compile(r"(?:^|&)(?:download|flush_cache)(?:=[^&]*)?(?=&|$)")


class Place(NamedTuple):
    """What an address means: who provides it, and the rest, its parts decoded. `folder`: it ends with a slash."""

    provider: str
    parts: tuple[str, ...] = ()
    folder: bool = False
    query: str = ""

    @property
    def path(self) -> str:
        """The address, without a format."""
        words = "/".join(quote(part, "@:+,~!$'()*;=", errors="replace") for part in (self.provider, *self.parts))
        return f"/{words}{'/' if self.folder else ''}"

    def address(self, to: str = "html") -> str:
        """The address of the same thing as another format."""
        return self.path if to == "html" else f"/format/{to}{self.path}"


class Page(NamedTuple):
    """A place, and the format it is wanted in."""

    place: Place
    to: str = "html"


class UrlPlace(NamedTuple):
    """Anything on the web."""

    url: str
    host: str
    name: str


class GistPlace(NamedTuple):
    """A gist (`id`), one revision of it, one file of it; or, without an id, all those of somebody."""

    user: str = ""
    id: str = ""
    revision: str = ""
    file: str = ""


class GithubPlace(NamedTuple):
    """A file (kind blob) or folder (tree) of a repository; or the repositories of a user; or branches, or tags."""

    user: str
    repo: str = ""
    kind: str = ""
    ref: str = ""
    path: tuple[str, ...] = ()


def parse(path: str, query: str = "") -> Page:
    """The page of a request's path, which is still percent-encoded. Raises `BadAddress`."""
    raw = path.split("/")[1:]
    to = "html"
    if raw[:1] == ["format"]:
        if len(raw) < 3:
            raise BadAddress(f"{path}: there is no such page")
        to, raw = raw[1], raw[2:]
    folder = len(raw) > 1 and raw[-1] == ""
    parts = [_decoded(part, path) for part in (raw[:-1] if folder else raw)]
    if not parts or not parts[0]:
        raise BadAddress(f"{path}: there is no such page")
    return Page(Place(parts[0], tuple(parts[1:]), folder, _OWN_PARAMETERS.sub("", query).lstrip("&")), to)


def url_place(place: Place) -> UrlPlace:
    """Of /url/ and /urls/. Raises `BadAddress`."""
    if not place.parts or not _HOST.match(place.parts[0]):
        raise BadAddress(f"{place.path}: after /{place.provider}/ comes the name of a host")
    host, *parts = place.parts
    try:
        host = host if host.isascii() else host.encode("idna").decode("ascii")
    except UnicodeError:
        raise BadAddress(f"{place.path}: {host!r} is not the name of a host") from None
    query = place.query
    start = next((number for number, part in enumerate(parts) if part.startswith("?")), None)
    folder = place.folder
    if start is not None:
        query, parts, folder = "/".join(parts[start:])[1:], parts[:start], False
    _check_dots(parts, place)
    scheme = "https" if place.provider == "urls" else "http"
    path = "/".join(quote(part, safe="@:+,~!$'()*;=&") for part in parts) + ("/" if folder else "")
    url = f"{scheme}://{host}/{path}"
    if query:
        url += "?" + quote(query, safe="%/?@:+,~!$'()*;=&[]")
    return UrlPlace(url, host, next((part for part in reversed(parts) if part), host))


def gist_place(place: Place) -> GistPlace:
    """Of /gist/. Raises `BadAddress`."""
    parts = list(place.parts)
    user = ""
    if parts and not _GIST_ID.match(parts[0]):
        user = parts.pop(0)
        if not _NAME.match(user):
            raise BadAddress(f"{place.path}: {user!r} is nobody's name")
    if not parts:
        if not user:
            raise BadAddress(f"{place.path}: after /gist/ comes the id of a gist, or somebody's name")
        return GistPlace(user)
    gist = parts.pop(0)
    if not _GIST_ID.match(gist):
        raise BadAddress(f"{place.path}: {gist!r} is not the id of a gist")
    revision = parts.pop(0) if parts and _REVISION.match(parts[0]) else ""
    if parts[:1] == ["files"] and len(parts) > 1:
        parts.pop(0)
    return GistPlace(user, gist, revision, "/".join(parts))


def github_place(place: Place) -> GithubPlace:
    """Of /github/. Raises `BadAddress`."""
    if not place.parts:
        raise BadAddress(f"{place.path}: after /github/ comes somebody's name")
    for name in place.parts[:2]:
        if not _NAME.match(name):
            raise BadAddress(f"{place.path}: {name!r} is not a name on GitHub")
    user, *rest = place.parts
    if not rest:
        return GithubPlace(user)
    repo, *rest = rest
    if not rest:
        return GithubPlace(user, repo)
    kind, *rest = rest
    if kind in ("branches", "tags") and not rest:
        return GithubPlace(user, repo, kind)
    if kind not in ("tree", "blob") or not rest or not rest[0] or (kind == "blob" and len(rest) < 2):
        raise BadAddress(f"{place.path}: after the repository comes tree/REF/PATH or blob/REF/PATH")
    _check_dots(rest, place)
    return GithubPlace(user, repo, kind, rest[0], tuple(part for part in rest[1:] if part))


# -- what people paste -------------------------------------------------------------------------------------------------


def pasted(text: str) -> str:
    """The path of the page for what somebody has pasted: an address, user/repository, a name, the id of a gist.

    Raises `BadAddress`.
    """
    text = text.strip()
    if not text:
        raise BadAddress("an address is needed: of a notebook, a gist or a repository")
    if len(text) > 4000 or _CONTROL.search(text):
        raise BadAddress("an address has one line of up to 4,000 characters")
    if re.match(r"https?://", text, re.I):
        try:
            return _of_url(urlsplit(text))
        except ValueError:
            raise BadAddress(f"{text}: not an address") from None
    if "://" in text:
        raise BadAddress(f"{text}: only http and https are fetched")
    if re.match(r"/?(?:urls?|gist|github|local|format)/", text):
        return _own(text)
    if _GIST_ID.match(text) and (len(text) >= 20 or text.isdigit()):
        return f"/gist/{text}"
    words = text.strip("/").split("/")
    if len(words) <= 2 and all(map(_NAME.match, words)) and "." not in words[0]:
        return "/github/" + "/".join(words) + "/"
    if "." in words[0] and _HOST.match(words[0]):  # an address without its scheme
        return _of_url(urlsplit(f"https://{text}"))
    raise BadAddress(f"{text}: neither an address nor user/repository nor the id of a gist")


def _of_url(url: SplitResult) -> str:
    """The page of an address; pages of known places about a file become the file."""
    host = (url.hostname or "").lower().removeprefix("www.")
    parts = [unquote(part) for part in url.path.split("/")[1:]]
    while parts and not parts[-1]:
        parts.pop()
    match host, parts:
        case "github.com", [user]:
            return _path("github", user, folder=True)
        case "github.com", [user, repo]:
            return _path("github", user, repo.removesuffix(".git"), folder=True)
        case "github.com", [user, repo, "tree", ref, *path]:
            return _path("github", user, repo, "tree", ref, *path, folder=True)
        case "github.com", [user, repo, "blob" | "raw" | "blame", "refs", "heads" | "tags", ref, *path] if path:
            return _path("github", user, repo, "blob", ref, *path)
        case "github.com", [user, repo, "blob" | "raw" | "blame", ref, *path] if path:
            return _path("github", user, repo, "blob", ref, *path)
        case "raw.githubusercontent.com", [user, repo, "refs", "heads" | "tags", ref, *path] if path:
            return _path("github", user, repo, "blob", ref, *path)
        case "raw.githubusercontent.com", [user, repo, ref, *path] if path:
            return _path("github", user, repo, "blob", ref, *path)
        case "gist.github.com" | "gist.githubusercontent.com", [user, gist, "raw", revision, *file]:
            return _path("gist", user, gist, revision, *file)
        case "gist.github.com", [user, gist, revision] if _REVISION.match(revision):
            return _path("gist", user, gist, revision)
        case "gist.github.com" | "gist.githubusercontent.com", [*owner, gist] if _GIST_ID.match(gist):
            return _path("gist", *owner[:1], gist)
        case "gist.github.com", [user]:
            return _path("gist", user, folder=True)
        case "dropbox.com", ["s" | "sh", *_]:
            return _web(url._replace(scheme="https", netloc="dl.dropboxusercontent.com", query=""))
        case "dropbox.com", ["scl", *_]:
            kept = [word for word in url.query.split("&") if word and word.partition("=")[0] not in ("dl", "raw")]
            return _web(url._replace(scheme="https", query="&".join([*kept, "dl=1"])))
        case "bitbucket.org", [user, repo, "src", ref, *path] if path:
            return _path("urls", "bitbucket.org", user, repo, "raw", ref, *path)
        case "colab.research.google.com", ["github" | "gist" as kind, *rest] if rest:
            return _path(kind, *rest)
        case "nbviewer.org" | "nbviewer.jupyter.org" | "nbviewer.ipython.org" | "nbviewer.com", [_, *_]:
            return _own(url.path)
    return _files_below(host, parts) or _web(url)


def _files_below(host: str, parts: list[str]) -> str:
    """Pages about files in folders of any depth: GROUP/…/-/blob/REF/PATH, OWNER/…/blob/REF/PATH; empty: it is none."""
    match host:
        case "gitlab.com":
            marks, raw = ["-", "blob"], ["-", "raw"]
        case "huggingface.co":
            marks, raw = ["blob"], ["resolve"]
        case _:
            return ""
    for start in range(1, len(parts) - len(marks) - 1):
        end = start + len(marks)
        if parts[start:end] == marks:
            return _path("urls", host, *parts[:start], *raw, *parts[end:])
    return ""


def _own(path: str) -> str:
    """A path here: never one that a browser takes for the name of a host."""
    return quote(f"/{path.lstrip('/')}", safe="/%@:+,~!$'()*;=&?")


def _web(url: SplitResult) -> str:
    if not url.hostname or url.username is not None or not _HOST.match(url.netloc):
        raise BadAddress(f"{url.geturl()}: an address with the name of a host, and without a password, is needed")
    provider = "urls" if url.scheme.lower() == "https" else "url"
    path = quote(url.path or "/", safe="/%@:+,~!$'()*;=&")
    return f"/{provider}/{url.netloc}{path}" + (f"/{quote('?' + url.query, safe='=&')}" if url.query else "")


def _path(*parts: str, folder: bool = False) -> str:
    return Place(parts[0], parts[1:], folder).path


def _decoded(part: str, path: str) -> str:
    try:
        decoded = unquote(part, errors="strict")
    except UnicodeDecodeError:
        raise BadAddress(f"{path}: not UTF-8") from None
    if _CONTROL.search(decoded):
        raise BadAddress("an address without control characters is needed")
    return decoded


def _check_dots(parts: list[str], place: Place) -> None:
    """No part may lead upwards: what is asked for is what is written."""
    if any(step in (".", "..") for part in parts for step in re.split(r"[/\\]", part)):
        raise BadAddress(f"{place.path}: an address without . and .. is needed")
