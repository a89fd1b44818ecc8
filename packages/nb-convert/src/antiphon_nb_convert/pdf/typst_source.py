"""A notebook as one Typst source with its pictures beside it: prose, code in its colours, outputs in their best form.

Everything is decided here, nothing is compiled: the same notebook gives the same source.
"""

from __future__ import annotations

import base64
import binascii
import posixpath
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache, partial
from importlib.resources import files as package_files
from typing import Any, NamedTuple
from urllib.parse import unquote, unquote_to_bytes

from ..anchors import Anchors
from ..conversion import Cell, Conversion
from ..errors import ConversionError
from ..markdown import html_fragments
from ..markdown.html import plain
from ..markdown.parsing import Token, headings, parse
from ..markdown.sections import Sections
from ..markdown.text import columns_of
from ..markdown.typst import Picture, code, picture, to_typst
from ..mathml import Formulas
from ..media import alternative
from ..notebook import is_json, language
from .math import MathConverter
from .pictures import Pictures
from .strings import prose, quoted

ORDER = (
    "application/pdf",
    "image/svg+xml",
    "text/html",
    "text/markdown",
    "text/latex",
    "image/png",
    "image/jpeg",
    "image/gif",
    "image/webp",
    "text/plain",
    "application/json",
)
"""The forms of a value, the one to be shown first; HTML and LaTeX only where they can be."""

COLUMNS = 88
"""How many columns of a terminal fit the page."""

_SCHEME = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:")
_SAFE_LINKS = ("http:", "https:", "mailto:", "ftp:")
_LANGUAGE = re.compile(r"([a-zA-Z]{2,3})(?:[-_]([a-zA-Z]{2}))?(?:\W|\Z)")
_DATA = re.compile(r"data:([^,;]*)((?:;[^,;]*)*),(.*)", re.DOTALL)
_MATH = re.compile(r"\s*(?:\$\$(.*)\$\$|\$(.*)\$|\\\[(.*)\\\]|\\\((.*)\\\))\s*\Z", re.DOTALL)


class Document(NamedTuple):
    """The source, its files, and what could not be shown: pairs of a cell (from 1) and a line for people."""

    source: str
    files: dict[str, bytes]
    notices: tuple[tuple[int, str], ...] = ()


def typst_source(conversion: Conversion) -> tuple[str, dict[str, bytes]]:
    """The source and its files, for `compiler.compile`."""
    made = document(conversion)
    return made.source, made.files


def document(conversion: Conversion, order: Sequence[str] = ORDER) -> Document:
    """The document of a notebook. `resources.global_content_filter` tells what is left out, as templates have it."""
    return _Writer(conversion, order).document()


@cache
def _style() -> str:
    return package_files(__package__).joinpath("notebook.typ").read_text("utf-8")


class _Writer:
    def __init__(self, conversion: Conversion, order: Sequence[str]) -> None:
        self._conversion = conversion
        self._order = order
        shown = conversion.resources.get("global_content_filter")
        self._shown: Mapping[str, Any] = shown if isinstance(shown, Mapping) else {}
        self._language = language(conversion.notebook)
        self._pictures = Pictures()
        self._equations = Formulas()
        self._formulas = MathConverter(self._equations.number)
        self._anchors = Anchors()
        self._targets: dict[str, str] = {}
        self._notices: list[tuple[int, str]] = []
        self._number = 0
        self._texts = 0

    # -- the whole -----------------------------------------------------------------------------------------------------

    def document(self) -> Document:
        cells = self._conversion.notebook["cells"]
        parsed = {
            number: html_fragments.resolved(parse(cell["source"]))
            for number, cell in enumerate(cells, 1)
            if cell["cell_type"] == "markdown" and self._shows("markdown")
        }
        found = [token for tokens in parsed.values() for token in headings(tokens)]
        for tokens in parsed.values():
            self._equations.read(tokens)
        top = found[0]["attrs"]["level"] if found else 0
        sections = Sections()
        for token in found:
            name = self._anchors.claim(plain(token["children"]))
            token["attrs"] = {"level": sections.depth(token["attrs"]["level"]), "anchor": name}
        body: list[str] = []
        for number, cell in enumerate(cells, 1):
            self._number = number
            kind = cell["cell_type"]
            if kind == "markdown":
                if number in parsed:
                    body.append(self._prose(parsed[number], cell))
            elif kind == "code":
                if self._shows("code"):
                    body += self._code_cell(cell)
            elif kind == "raw":
                if self._shows("raw"):
                    body.append(self._raw(cell))
            elif self._shows("unknown"):
                self._notice(f"a cell of type {kind!r} is not known and left out")
        first = found[0] if found else None
        source = "\n\n".join([self._values(first, top), _style(), *(part.strip("\n") for part in body if part.strip())])
        return Document(source + "\n", self._pictures.files, tuple(self._notices))

    def _values(self, first: Token | None, top: int) -> str:
        """What the style has to know of the notebook."""
        metadata = self._conversion.notebook["metadata"]
        own = metadata.get("title")
        title = own.strip() if isinstance(own, str) and own.strip() else ""
        heading = bool(title) or first is None or top != 1
        if not title:
            title = plain(first["children"]).strip() if first is not None and not heading else ""
        people = metadata.get("authors")
        authors = [
            str(one["name"]) if isinstance(one, Mapping) and isinstance(one.get("name"), str) else str(one)
            for one in (people if isinstance(people, list) else [])
            if isinstance(one, (str, Mapping)) and (isinstance(one, str) or isinstance(one.get("name"), str))
        ]
        date = metadata.get("date")
        said = self._conversion.resources.get("language_code") or metadata.get("language") or "en"
        match = _LANGUAGE.match(said) if isinstance(said, str) else None
        lang, region = (match[1].lower(), (match[2] or "").upper()) if match else ("en", "")
        targets = "".join(f"{quoted(url)}: {quoted(name)}, " for url, name in self._targets.items())
        return (
            "#let nb = (\n"
            f"  title: {quoted(' '.join((title or self._conversion.name).split()))},\n"
            f"  authors: ({''.join(quoted(name) + ', ' for name in authors)}),\n"
            f"  date: {quoted(date) if isinstance(date, str) and date else 'none'},\n"
            f"  heading: {'true' if heading else 'false'},\n"
            f"  lang: {quoted(lang)},\n"
            f"  region: {quoted(region) if region else 'none'},\n"
            f"  targets: ({targets or ':'}),\n"
            ")"
        )

    def _shows(self, part: str) -> bool:
        return bool(self._shown.get(f"include_{part}", True))

    def _notice(self, text: str) -> None:
        self._notices.append((self._number, text))

    # -- prose ---------------------------------------------------------------------------------------------------------

    def _prose(self, tokens: list[Token], cell: Cell) -> str:
        self._texts += 1
        return to_typst(
            tokens,
            image=partial(self._image, cell),
            link=self._link,
            formula=self._formula,
            prefix=f"{self._texts}-",
        )

    def _formula(self, tex: str) -> str | None:
        made = self._formulas(tex)
        if made is None:
            self._notice(f"a formula is shown as its source: {' '.join(tex.split())[:60]}")
        return made

    def _link(self, url: str) -> str | None:
        if url.startswith("#"):
            name = self._anchors.resolve(url[1:])
            if name:
                self._targets[url] = name
            return url
        scheme = _SCHEME.match(url)
        if scheme is None or self._conversion.policy.trusted or scheme[0].lower() in _SAFE_LINKS:
            return url
        return None

    def _image(self, cell: Cell, url: str) -> Picture | None:
        """Where an image is: in the cell, in its address, among the files of the result, or below a folder."""
        try:
            data = self._image_data(cell, url)
        except (OSError, ValueError, ConversionError) as error:
            reason = error.strerror.lower() if isinstance(error, OSError) and error.strerror else str(error)
            self._notice(f"the image {url[:80]} is not shown: {reason}")
            return None
        if len(data) > self._conversion.policy.max_image_bytes:
            self._notice(f"the image {url[:80]} is not shown: {len(data):,} bytes")
            return None
        found = self._pictures.add(data)
        if found is None:
            self._notice(f"the image {url[:80]} is not shown: neither png, jpeg, gif, webp, svg nor pdf")
        return found

    def _image_data(self, cell: Cell, url: str) -> bytes:
        """Raises one of the three errors above, saying why there is none."""
        scheme = _SCHEME.match(url)
        if scheme is not None:
            match scheme[0].lower():
                case "attachment:":
                    attachments = cell.get("attachments") or {}
                    bundle = attachments.get(unquote(url[len("attachment:") :])) or attachments.get(url[11:])
                    for mime, value in (bundle or {}).items():
                        return _bytes_of(mime, value)
                    raise ValueError("the cell has no such attachment")
                case "data:":
                    match = _DATA.match(url)
                    if match is None:
                        raise ValueError("its address holds no data")
                    if ";base64" in match[2].lower():
                        return _decoded(unquote(match[3]))
                    return unquote_to_bytes(match[3])
                case "http:" | "https:":
                    raise ValueError("nothing is fetched")
                case _:
                    raise ValueError(f"addresses with {scheme[0]} are not read")
        path = unquote(url.partition("#")[0].partition("?")[0])
        for known in (posixpath.normpath(path), path):
            if known in self._conversion.files:
                return self._conversion.files[known]
        folder = self._conversion.resources.get("metadata", {}).get("path") or "."
        real = self._conversion.policy.readable(posixpath.join(folder, path))
        if real.stat().st_size > self._conversion.policy.max_image_bytes:
            raise ValueError(f"{real.stat().st_size:,} bytes")
        return real.read_bytes()

    def _raw(self, cell: Cell) -> str:
        """Raw cells of the formats that can be shown."""
        kind = cell["metadata"].get("raw_mimetype") or cell["metadata"].get("format") or ""
        source = cell["source"]
        if not source.strip():
            return ""
        if kind in ("", "text/plain"):
            return "\n\n".join(prose(part) for part in re.split(r"\n\s*\n", source))
        if kind == "text/markdown":
            return self._prose(parse(source), cell)
        if kind == "text/html":
            return self._prose(html_fragments.blocks(source), cell)
        return ""

    # -- code and its outputs ------------------------------------------------------------------------------------------

    def _code_cell(self, cell: Cell) -> list[str]:
        made: list[str] = []
        count = cell.get("execution_count")
        hidden = (cell["metadata"].get("transient") or {}).get("remove_source") is True
        if self._shows("input") and not hidden and cell["source"].strip():
            label = f"In [{count if count is not None else ' '}]:"
            prompt = prose(label).replace("\\[ \\]", "\\[~\\]") if self._shows("input_prompt") else ""
            lang = str(cell["metadata"].get("magics_language") or self._lexer(cell["source"]))
            together = ", sticky: true" if cell.get("outputs") and cell["source"].count("\n") < 20 else ""
            made.append(f"#code-cell({_content(prompt)}{together})[{code(cell['source'], lang)}];")
        if not self._shows("output"):
            return made
        for output in cell.get("outputs", []):
            inside = self._output(output, cell)
            if not inside.strip():
                continue
            number = output.get("execution_count")
            shows = number is not None and output["output_type"] == "execute_result" and self._shows("output_prompt")
            made.append(f"#output-cell({_content(prose(f'Out[{number}]:') if shows else '')})[{inside.strip()}];")
        return made

    def _lexer(self, source: str) -> str:
        """Typst's name of the language: the notebook's, or that of the cell's magic."""
        magic = re.match(r"\s*%%(\w+)", source)
        name = _MAGICS.get(magic[1].lower(), self._language) if magic else self._language
        return {"ipython": "python", "python3": "python", "c++": "cpp", "c#": "cs", "f#": "fs"}.get(name, name)

    def _output(self, output: Mapping[str, Any], cell: Cell) -> str:
        kind = output["output_type"]
        if kind == "stream":
            if output["name"] == "stdin" and not self._shows("output_stdin"):
                return ""
            return _terminal(output["text"], "stderr" if output["name"] == "stderr" else "")
        if kind == "error":
            text = "\n".join(output["traceback"]) or f"{output['ename']}: {output['evalue']}"
            return _terminal(text, "failed")
        data = output["data"]
        known = [mime for mime in self._order if mime in data]
        for mime in known:
            made = self._shown_as(mime, output, cell)
            if made is not None:
                return made
        if data:
            self._notice(f"an output of {', '.join(sorted(data))[:80]} is not shown")
        return ""

    def _shown_as(self, mime: str, output: Mapping[str, Any], cell: Cell) -> str | None:
        """This form of an output as Typst, None where another form must do."""
        value = output["data"][mime]
        if mime == "application/json":
            import json

            return code(json.dumps(value, indent=2, ensure_ascii=False), "json")
        if is_json(mime) or not isinstance(value, str):
            return None
        if mime == "text/plain":
            return _terminal(value)
        if mime == "text/html":
            tokens = html_fragments.shown(value)
            return self._prose(_without_headings(tokens), cell) if tokens else None
        if mime == "text/markdown":
            return self._prose(_without_headings(html_fragments.resolved(parse(value))), cell)
        if mime == "text/latex":
            return self._latex(value)
        return self._drawn(mime, output)

    def _latex(self, value: str) -> str | None:
        """A formula; other LaTeX needs TeX, so another form of the value is shown."""
        match = _MATH.match(value)
        tex = next((part for part in match.groups() if part is not None), "") if match else value
        if match is None and not re.match(r"\s*\\begin\{(align|equation|gather|multline|eqnarray)", value):
            return None
        return to_typst([{"type": "block_math", "raw": tex}], formula=self._formulas) if self._formulas(tex) else None

    def _drawn(self, mime: str, output: Mapping[str, Any]) -> str | None:
        try:
            data = _bytes_of(mime, output["data"][mime])
        except ValueError as error:
            self._notice(f"an output of {mime} is not shown: {error}")
            return None
        if len(data) > self._conversion.policy.max_image_bytes:
            self._notice(f"an output of {mime} is not shown: {len(data):,} bytes")
            return None
        wishes = [_length(_metadata(output, mime, side)) for side in ("width", "height")]
        found = self._pictures.add(data, *wishes)
        if found is None:
            self._notice(f"an output of {mime} is not shown: it is not what its type says")
            return None
        return f"#{picture(found, alternative(output, mime))};"


_MAGICS = {
    "bash": "bash", "sh": "bash", "script": "bash", "html": "html", "javascript": "javascript", "js": "javascript",
    "latex": "latex", "markdown": "markdown", "svg": "xml", "ruby": "ruby", "perl": "perl", "r": "r", "sql": "sql",
    "cython": "python", "julia": "julia", "writefile": "text",
}  # fmt: skip


def _content(inside: str) -> str:
    return f"[{inside}]" if inside else "none"


def _without_headings(tokens: list[Token]) -> list[Token]:
    """Headings of outputs are not headings of the document."""
    return [
        {"type": "paragraph", "children": [{"type": "strong", "children": token["children"]}]}
        if token["type"] == "heading"
        else {**token, "children": _without_headings(token["children"])}
        if "children" in token
        else token
        for token in tokens
    ]


def _terminal(text: str, fill: str = "") -> str:
    """Text of a terminal, in its colours, long lines broken; some lines to a paragraph, for so Typst is quickest."""
    from ..ansi import Run, runs, typst_of

    made: list[str] = [""]
    lines = column = 0
    for run in runs(text.rstrip("\n").expandtabs(8)):
        for number, part in enumerate(run.text.split("\n")):
            if number:
                lines, column = lines + 1, 0
                made.append("") if lines % _LINES == 0 else made.append(made.pop() + "#linebreak();")
            for piece in _pieces(part, COLUMNS - column):
                if piece is _BREAK:
                    lines, column = lines + 1, 0
                    made.append("") if lines % _LINES == 0 else made.append(made.pop() + "#linebreak();")
                else:
                    made[-1] += typst_of(Run(piece, run.style))
                    column += columns_of(piece)
    inside = ",\n".join(f"[{part}]" for part in made)
    return f"#terminal({'fill: ' + fill + ', ' if fill else ''}{inside});" if text.strip("\n") else ""


_LINES = 30
_BREAK = ""


def _pieces(text: str, room: int) -> Iterator[str]:
    """A line in pieces that fit, `_BREAK` between; the first one has less room."""
    if text.isascii():
        while len(text) > room:
            if room > 0:
                yield text[:room]
            yield _BREAK
            text, room = text[room:] if room > 0 else text, COLUMNS
        if text:
            yield text
        return
    piece: list[str] = []
    used = 0
    for char in text:
        width = columns_of(char)
        if used + width > room:
            if piece:
                yield "".join(piece)
            yield _BREAK
            piece, used, room = [], 0, COLUMNS
        piece.append(char)
        used += width
    if piece:
        yield "".join(piece)


def _bytes_of(mime: str, value: object) -> bytes:
    """A picture out of a bundle: text for SVG, else base64. Raises `ValueError`."""
    if not isinstance(value, str):
        raise ValueError("it is not text")
    if mime == "image/svg+xml":
        return value.encode("utf-8", "replace")
    return _decoded(value)


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except binascii.Error:
        raise ValueError("its base64 is broken") from None


def _metadata(output: Mapping[str, Any], mime: str, key: str) -> object:
    metadata = output.get("metadata") or {}
    own = metadata.get(mime)
    return own[key] if isinstance(own, Mapping) and key in own else metadata.get(key)


def _length(value: object) -> float:
    """A wish for a size in px, as outputs' metadata have it; 0 for none."""
    if isinstance(value, str):
        value = value.removesuffix("px")
        if not re.fullmatch(r"\d{1,5}(\.\d+)?", value):
            return 0.0
        return float(value)
    return float(value) if isinstance(value, (int, float)) and 0 < value < 100_000 else 0.0
