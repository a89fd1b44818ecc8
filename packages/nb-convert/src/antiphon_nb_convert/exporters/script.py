"""Scripts: the code of a notebook as a program of its language."""

from __future__ import annotations

from ..conversion import Conversion
from ..notebook import cells_of, language
from ..settings import Options
from .exporter import Exporter, Notice, Result

EXTENSIONS = {
    "python": ".py",
    "r": ".r",
    "julia": ".jl",
    "bash": ".sh",
    "javascript": ".js",
    "typescript": ".ts",
    "ruby": ".rb",
    "perl": ".pl",
    "scala": ".scala",
    "octave": ".m",
    "matlab": ".m",
    "haskell": ".hs",
    "c++": ".cpp",
    "c": ".c",
    "rust": ".rs",
    "go": ".go",
    "java": ".java",
    "kotlin": ".kts",
    "sql": ".sql",
    "lua": ".lua",
    "c#": ".cs",
    "f#": ".fsx",
    "powershell": ".ps1",
}
"""What files of a language end with, where the notebook does not say."""


def make_script(conversion: Conversion, exporter: Exporter, options: Options) -> Result:
    """By the notebook's language: Python with its prose as comments, any other as its code."""
    if language(conversion.notebook) in ("python", "ipython"):
        from .registry import EXPORTERS

        return EXPORTERS["python"].make(conversion, EXPORTERS["python"], options)
    info = conversion.notebook["metadata"].get("language_info")
    info = info if isinstance(info, dict) else {}
    name = language(conversion.notebook)
    extension = info.get("file_extension")
    if not isinstance(extension, str) or not extension.startswith(".") or not extension[1:].isalnum():
        extension = EXTENSIONS.get(name, ".txt")
    mimetype = info.get("mimetype")
    if not isinstance(mimetype, str) or "/" not in mimetype:
        mimetype = "text/plain"
    if options.templates != type(options.templates)():
        from .templated import make_templated

        return make_templated(conversion, exporter._replace(extension=extension, mimetype=mimetype), options)
    sources = [cell["source"].rstrip("\n") for cell in cells_of(conversion.notebook, "code")]
    text = "\n\n".join(source for source in sources if source.strip())
    notices = [] if sources else [Notice("there is no code in it")]
    return Result(f"{text}\n" if text else "", extension, mimetype, notices=notices)
