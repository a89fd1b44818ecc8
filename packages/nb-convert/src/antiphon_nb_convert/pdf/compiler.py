"""Typst's compiler in this process: a source and its files in, a PDF and what there is to say about it out.

Never more than that is read (the files stand alone in a folder of their own) and nothing is ever fetched. The same
source and files give the same bytes, with the same fonts on the machine.
"""

from __future__ import annotations

import re
import tempfile
import threading
import unicodedata
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from ..errors import ConversionError, MissingProgram
from ..policy import confined
from .strings import quoted

if TYPE_CHECKING:
    from typst import Fonts, TypstWarning

_IMPORT = re.compile(r"\b(?:import|include)\s*\(?\s*\"@")
_BLOCK = re.compile(r"^(?=error: |warning: )", re.MULTILINE)
_PLACE = re.compile(r"┌─ (.+?):(\d+):(\d+)")
_GLYPH = re.compile(r'the text `"(.*)"` could not be displayed')
_FILE = re.compile(r'image\("((?:[^"\\]|\\.)*)"')
_FOLDER = "antiphon-pdf-"
_MISSING = "missing-picture.svg"
_MISSING_PICTURE = (
    b'<svg xmlns="http://www.w3.org/2000/svg" width="48" height="32">'
    b'<path d="M1 1h46v30H1zM1 1l46 30M47 1L1 31" fill="none" stroke="#c00"/></svg>'
)
_fonts: Any = None
_fonts_lock = threading.Lock()


class Pdf(NamedTuple):
    """The document; `warnings` in lines for people; whether it keeps the rules of PDF/UA-1, for screen readers."""

    data: bytes
    warnings: tuple[str, ...] = ()
    accessible: bool = True


def compile(source: str, files: Mapping[str, bytes]) -> Pdf:
    """The PDF of a Typst source, `files` (relative POSIX paths) beside it.

    A picture that cannot be read is crossed out, and a warning says why. Characters that no font has, and what Typst
    warns of, are warnings too. Raises `ConversionError` for a source that is not Typst, `MissingProgram` without the
    extra `pdf`.
    """
    if _IMPORT.search(source):
        raise ConversionError("PDF: packages of Typst are not loaded")
    try:
        import typst
    except ImportError:
        raise MissingProgram('PDF needs the extra "pdf": pip install "antiphon-nb-convert[pdf]"') from None
    warnings: list[str] = []
    with tempfile.TemporaryDirectory(prefix=_FOLDER) as name:
        folder = Path(name)
        for path, data in {**files, _MISSING: _MISSING_PICTURE}.items():
            target = folder / confined(path)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(data)
        # A drawing in PDF cannot be in a PDF/UA: then only the rest is held against its rules.
        vector = [path for path in files if path.endswith(".pdf")]
        is_checked = accessible = False
        for _ in range(len(files) + 3):
            try:
                if not is_checked:
                    made, told = _run(_without(source, vector), name, ["ua-1"])
                    is_checked = True
                    accessible = not vector
                if not accessible:
                    made, told = _run(source, name, [])
            except typst.TypstError as error:
                problems = [_Problem.read(block) for block in _BLOCK.split(error.diagnostic) if block.strip()]
                errors = [problem for problem in problems if not problem.is_warning]
                if errors and all(problem.text.startswith("PDF/UA-1 error") for problem in errors):
                    warnings += _missing_glyphs(errors)
                    is_checked = True
                    continue
                crossed = _crossed_out(errors, source, files)
                if not crossed:
                    raise ConversionError(f"PDF: {error.message}") from None
                warnings += [f"{path} is not shown: {reason}" for path, reason in crossed.items()]
                source = _without(source, crossed)
            else:
                return Pdf(made, (*warnings, *dict.fromkeys(warning.message for warning in told)), accessible)
    raise ConversionError("PDF: the pictures of this document cannot be read")


def _run(source: str, root: str, standards: list[Any]) -> tuple[bytes, list[TypstWarning]]:
    import typst

    run: Any = typst.compile_with_warnings  # its stub knows no str and bytes in one call
    made, told = run(
        source.encode("utf-8", "replace"),
        root=root,
        font_paths=fonts(),
        format="pdf",
        pdf_standards=standards,
        timestamp=0,
        package_path=root,
        package_cache_path=root,
    )
    assert isinstance(made, bytes)
    return made, told


def _without(source: str, paths: Iterable[str]) -> str:
    """The source with a crossed-out box in the place of these pictures; its lines stay where they are."""
    for path in paths:
        source = source.replace(f"image({quoted(path)}", f"image({quoted(_MISSING)}")
    return source


def fonts() -> Fonts:
    """The fonts of the machine and those that come with Typst, looked for once."""
    global _fonts
    with _fonts_lock:
        if _fonts is None:
            import typst

            _fonts = typst.Fonts()
        return _fonts  # type: ignore[no-any-return]


class _Problem(NamedTuple):
    text: str
    is_warning: bool
    file: str
    line: int
    column: int

    @classmethod
    def read(cls, block: str) -> _Problem:
        """From the text that Typst shows people, which alone tells the place."""
        head = block.split("\n", 1)[0]
        place = _PLACE.search(block)
        file, line, column = (place[1], int(place[2]), int(place[3])) if place else ("", 0, 0)
        return cls(head.partition(": ")[2], head.startswith("warning: "), file, line, column)


def _missing_glyphs(errors: list[_Problem]) -> list[str]:
    found: dict[str, None] = {}
    for problem in errors:
        match = _GLYPH.search(problem.text)
        if match:
            found.update(dict.fromkeys(_unescaped(match[1])))
    if not found:
        return []
    named = [f"{char} (U+{ord(char):04X} {unicodedata.name(char, 'unnamed')})" for char in list(found)[:10]]
    more = f" and {len(found) - 10:,} more" if len(found) > 10 else ""
    return [f"no font on this machine has {', '.join(named)}{more}"]


def _unescaped(text: str) -> str:
    return re.sub(r"\\u\{([0-9a-fA-F]+)\}|\\(.)", lambda m: chr(int(m[1], 16)) if m[1] else m[2], text)


def _crossed_out(errors: list[_Problem], source: str, files: Mapping[str, bytes]) -> dict[str, str]:
    """The picture files that these errors are about, each with the reason."""
    lines = source.split("\n")
    found: dict[str, str] = {}
    for problem in errors:
        path = problem.file.rpartition(_FOLDER)[2].partition("/")[2] or problem.file.lstrip("/")
        if path not in files and 0 < problem.line <= len(lines):
            line = lines[problem.line - 1]
            match = _FILE.search(line, max(problem.column - 8, 0))
            path = match[1] if match else ""
        if path in files:
            found[path] = problem.text
    return found


def drawing(svg: bytes) -> bytes:
    """An SVG drawing as a PDF of its size, its lines still lines: for LaTeX, which reads no SVG.

    Raises `ConversionError` for what is no drawing, `MissingProgram` without the extra `pdf`.
    """
    made = compile('#set page(width: auto, height: auto, margin: 0pt)\n#image("a.svg")', {"a.svg": svg})
    if any(warning.startswith("a.svg") for warning in made.warnings):
        raise ConversionError(f"SVG: {made.warnings[0].partition(': ')[2]}")
    return made.data
