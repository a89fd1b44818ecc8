"""PDF: by Typst in this process; by LaTeX, or a browser that prints the page, where one of those is asked for."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from ..conversion import Conversion
from ..errors import ConversionError, MissingProgram
from ..settings import Options
from .exporter import Exporter, Notice, Result

LATEX_ENGINES = ("tectonic", "xelatex", "lualatex", "pdflatex")
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "microsoft-edge")


def make_pdf(conversion: Conversion, exporter: Exporter, options: Options) -> Result:
    """By the engine of the options. Raises `ConversionError`, `MissingProgram`."""
    match options.pdf.engine:
        case "typst":
            return _by_typst(conversion, exporter, options)
        case "latex":
            return _by_latex(conversion, exporter, options)
        case "browser":
            return make_webpdf(conversion, exporter, options)
        case other:
            raise ConversionError(f"there is no engine {other!r} for PDF: typst, latex, browser")


def make_webpdf(conversion: Conversion, exporter: Exporter, options: Options) -> Result:
    """The page of `html`, printed by a browser."""
    from .registry import EXPORTERS

    program = options.pdf.browser or next(filter(None, map(shutil.which, BROWSERS)), None)
    if not program:
        raise MissingProgram("no browser is found that prints to PDF; install Chromium, or use --engine typst")
    templates = options.templates._replace(name=options.templates.name or "antiphon")
    page = EXPORTERS["html"].make(conversion, EXPORTERS["html"], options._replace(templates=templates))
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder, "page.html"), Path(folder, "page.pdf")
        source.write_bytes(page.data)
        _write_files(Path(folder), page)
        words = [
            program,
            "--headless",
            "--disable-gpu",
            "--no-pdf-header-footer",
            f"--user-data-dir={folder}/profile",
            *(["--no-sandbox"] if options.pdf.disable_sandbox or os.geteuid() == 0 else []),
            *options.pdf.browser_args,
            f"--print-to-pdf={target}",
            source.as_uri(),
        ]
        _run(words, folder, options.pdf.seconds, "the browser")
        if not target.exists():
            raise ConversionError(f"{conversion.name}: the browser has printed nothing")
        return Result(target.read_bytes(), ".pdf", "application/pdf", resources=page.resources)


def _by_typst(conversion: Conversion, exporter: Exporter, options: Options) -> Result:
    from ..pdf.compiler import compile
    from ..pdf.typst_source import ORDER, document

    told = conversion.with_resources(global_content_filter=options.shown.content_filter())
    made = document(told, exporter.order or ORDER)
    pdf = compile(made.source, made.files)
    notices = [*(Notice(text, cell) for cell, text in made.notices), *map(Notice, pdf.warnings)]
    return Result(pdf.data, ".pdf", "application/pdf", notices=notices)


def _by_latex(conversion: Conversion, exporter: Exporter, options: Options) -> Result:
    from .registry import EXPORTERS

    wanted = options.pdf.latex_command
    program = shutil.which(wanted[0]) if wanted else next(filter(None, map(shutil.which, LATEX_ENGINES)), None)
    if not program:
        what = wanted[0] if wanted else ", ".join(LATEX_ENGINES)
        raise MissingProgram(f"no LaTeX is found ({what}); install one, or use --engine typst")
    tex = EXPORTERS["latex"].make(conversion, EXPORTERS["latex"], options)
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "notebook.tex").write_bytes(tex.data)
        _write_files(Path(folder), tex)
        if Path(program).name == "tectonic":
            _run([program, "notebook.tex"], folder, options.pdf.seconds, "tectonic")
        else:
            words = [program, "-interaction=nonstopmode", "-halt-on-error", "-no-shell-escape", "notebook.tex"]
            if wanted:
                words = [word.replace("{filename}", "notebook.tex") for word in wanted]
            for _ in range(options.pdf.latex_count):
                _run(words, folder, options.pdf.seconds, Path(program).name)
        target = Path(folder, "notebook.pdf")
        if not target.exists():
            raise ConversionError(f"{conversion.name}: {Path(program).name} has made no PDF")
        return Result(target.read_bytes(), ".pdf", "application/pdf", notices=tex.notices)


def _write_files(folder: Path, result: Result) -> None:
    from ..policy import confined

    for name, content in result.files.items():
        path = folder.joinpath(*confined(name).split("/"))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def _run(words: list[str], folder: str, seconds: float, name: str) -> None:
    try:
        done = subprocess.run(
            words, cwd=folder, capture_output=True, stdin=subprocess.DEVNULL, timeout=seconds or None, check=False
        )
    except subprocess.TimeoutExpired:
        raise ConversionError(f"{name} has taken more than {seconds:g} seconds") from None
    except OSError as error:
        raise MissingProgram(f"{words[0]}: {(error.strerror or str(error)).lower()}") from None
    if done.returncode:
        said = (done.stdout + done.stderr).decode("utf-8", "replace").splitlines()
        told = next((line for line in said if line.startswith("!")), said[-1] if said else "")
        raise ConversionError(f"{name} has failed ({done.returncode}): {told}")
