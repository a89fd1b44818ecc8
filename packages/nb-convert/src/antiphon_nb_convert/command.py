"""`antiphon convert`: notebooks into another format, from the command line."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .errors import ConversionError
from .settings import changed

if TYPE_CHECKING:
    from .batch import Outcome, Work

_EXAMPLES = """\
examples:
  antiphon convert report.ipynb                            report.html beside it
  antiphon convert report.ipynb --to markdown --no-input   without the code
  antiphon convert notebooks/ --output-dir site --jobs 4   a whole tree, links between the notebooks kept
  antiphon convert report.ipynb --execute --on-error stop  run it first; what has run is written in any case
  antiphon convert run.ipynb -p alpha 0.3 --execute --to notebook --output run-{notebook_name}
  antiphon convert --stdin --stdout --to script < report.ipynb
exit codes: 0 all was converted; 1 something was not, or a cell failed; 2 there was nothing to do
"""


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; its exit code is in `--help`."""
    options, others = parser().parse_known_args(argv)
    settings = [word for word in others if word.startswith("--") and "." in word.partition("=")[0]]
    unknown = [word for word in others if word not in settings]
    if unknown:
        print(f"antiphon convert: unknown option {unknown[0]!r}; --help lists them", file=sys.stderr)
        return 2
    if options.list:
        return _list(options.json)
    try:
        if options.help_all or options.generate_config:
            from . import app

            print(app.help_all() if options.help_all else app.config_file())
            return 0
        return _run(_work(options, settings), options)
    except ConversionError as error:
        if options.debug:
            raise
        print(f"antiphon convert: {error}", file=sys.stderr)
        return 2
    except BrokenPipeError:  # whoever read the output has had enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        return 1
    except KeyboardInterrupt:
        print("antiphon convert: interrupted", file=sys.stderr)
        return 130


def parser() -> argparse.ArgumentParser:
    """Every option, under nbconvert's name where it has the same."""
    made = argparse.ArgumentParser(
        prog="antiphon convert",
        description="Notebooks into other formats.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    add = made.add_argument
    add("paths", nargs="*", metavar="PATH", help="notebooks, folders of them, or patterns")
    add("--to", metavar="FORMAT", default="", help="the format (default html; --list names them)")
    add("--list", action="store_true", help="list the formats and leave")
    add("--json", action="store_true", help="tell what was done as JSON, a line for each notebook")
    add("--debug", action="store_true", help="show where an error of ours comes from")
    add("-y", dest="yes", action="store_true", help=argparse.SUPPRESS)
    add("--log-level", default="", help=argparse.SUPPRESS)
    add("-q", "--quiet", action="store_true", help="tell nothing but errors")

    add("--config", metavar="FILE", default="", help="read this config file too")
    add("--generate-config", action="store_true", help="print a config file with every setting, and leave")
    add("--help-all", action="store_true", help="print what every setting means, and leave")

    group = made.add_argument_group("where it goes")
    add = group.add_argument
    add("--output", metavar="NAME", default="", help="the name of the result; {notebook_name} is that of the notebook")
    add("--output-dir", metavar="DIR", default="", help="write there, folders below a given folder are kept")
    add("--stdout", action="store_true", help="write the result to standard output")
    add("--stdin", action="store_true", help="read one notebook from standard input")
    add("--inplace", action="store_true", help="write over the notebook (as --to notebook)")
    add("--writer", metavar="NAME", default="", help=argparse.SUPPRESS)
    add("--post", metavar="WHAT", default="", help="afterwards: serve, or open")
    add("--jobs", metavar="N", type=int, default=1, help="convert, and execute, so many at a time")

    group = made.add_argument_group("what is shown")
    add = group.add_argument
    add("--no-input", action="store_true", help="no code and no prompts: only outputs and prose")
    add("--no-prompt", action="store_true", help="no numbers of cells")
    add("--show-input", action="store_true", help="code, though a template leaves it out")
    add("--clear-output", action="store_true", help="no outputs (with no other --to, in place)")
    add("--coalesce-streams", action="store_true", help="join pieces of a stream that follow each other")
    for name, what in (
        ("remove-cell", "leave out cells with this tag"),
        ("remove-input", "leave out the code of cells with this tag"),
        ("remove-output", "leave out the outputs of cells with this tag"),
    ):
        add(f"--{name}-tag", metavar="TAG", action="append", default=[], help=what)

    group = made.add_argument_group("how it looks")
    add = group.add_argument
    add("--template", metavar="NAME", default="", help="a template: antiphon, lab, classic, basic, or a folder")
    add("--template-file", metavar="FILE", default="", help="a file of the template, or by itself")
    add("--theme", metavar="NAME", default="", help="light or dark (default: as the reader's system has it)")
    add("--embed-images", action="store_true", help="pictures of Markdown cells into the page")
    add("--toc", action=argparse.BooleanOptionalAction, default=None, help="the contents above the page")
    add("--fold-code", action="store_true", help="code is folded away until it is asked for")
    add("--cdn", action="store_true", help="load MathJax and widgets from public addresses")
    add(
        "--reveal-prefix", metavar="URL", default="", help="where reveal.js of slides comes from (default: in the page)"
    )
    add("--engine", choices=("typst", "latex", "browser"), default="", help="what makes PDF (default typst)")
    add("--disable-chromium-sandbox", action="store_true", help="the browser that prints, without its sandbox")
    add("--allow-chromium-download", action="store_true", help=argparse.SUPPRESS)
    add("--nbformat", metavar="N", type=int, default=0, choices=(1, 2, 3, 4), help="format of notebooks written")

    group = made.add_argument_group("safety")
    add = group.add_argument
    add("--trust", action="store_true", help="HTML and scripts of the notebook go in as they are")
    add("--sanitize-html", "--sanitize_html", metavar="BOOL", nargs="?", const="true", help="the opposite of --trust")

    group = made.add_argument_group("execution")
    add = group.add_argument
    add("--execute", action="store_true", help="run the notebook first")
    add("--kernel", metavar="NAME", default="", help="on this kernel, instead of the one that it names")
    add("--timeout", metavar="SECONDS", type=float, default=None, help="what a cell may take")
    add("--on-error", choices=("stop", "continue", "abort"), default="", help="stop: write what has run (default)")
    add("--allow-errors", action="store_true", help="a cell may fail, as --on-error continue, and all is well")
    add("-p", "--parameter", nargs=2, metavar=("NAME", "VALUE"), action="append", default=[], help="set a parameter")
    add("-r", "--raw-parameter", nargs=2, metavar=("NAME", "TEXT"), action="append", default=[], help="as text")
    add("-f", "--parameters-file", metavar="FILE", action="append", default=[], help="parameters from JSON or TOML")
    return made


def _list(as_json: bool) -> int:
    from .exporters.registry import exporters

    found = exporters()
    if as_json:
        print(json.dumps({name: one.text for name, one in found.items()}))
        return 0
    width = max(map(len, found))
    for name, one in found.items():
        print(f"  {name:{width}}  {one.text}")
    return 0


def _run(work: Work, options: argparse.Namespace) -> int:
    from .batch import run

    failed = 0
    last: Path | None = None

    def told(outcome: Outcome) -> None:
        nonlocal failed, last
        failed += not outcome.ok
        last = outcome.path or last
        _tell(outcome, options)

    run(work, told)
    if last is not None and work.postprocessor:
        _look(last, work)
    return 1 if failed else 0


def _look(path: Path, work: Work) -> None:
    from .postprocessors.serving import Serve, open_result, serve_result

    what = work.postprocessor.rpartition(".")[2].lower()
    serve = Serve(**work.serve)
    if what in ("serve", "servepostprocessor"):
        serve_result(path, serve)
    elif what == "open":
        open_result(path, serve.browser)
    else:
        raise ConversionError(f"there is no postprocessor {work.postprocessor!r}: serve, open")


def _work(options: argparse.Namespace, settings: Sequence[str]) -> Work:
    """What is to be done: the defaults, changed by config files, changed by the command line.

    Raises `ConversionError` where that is nothing, or makes no sense.
    """
    from .batch import Work, parameters
    from .pipeline import Preprocessing
    from .policy import Policy
    from .settings import Options

    work = Work((), "html", Options(), Preprocessing(), Policy(), execution={"on_error": "stop"})
    if settings or options.config or _has_config():
        from . import app

        config = app.load(settings, options.config)
        to = options.to or next((made.value for made in app.changes(config, "html") if made.place == "to"), "html")
        for made in app.changes(config, to):
            work = changed(work, made.place.split("."), made.value)
    for place, value in _said(options):
        work = changed(work, place.split("."), value)
    if (options.inplace or options.clear_output) and not options.to:
        work = work._replace(to="notebook")
    if options.inplace or (options.clear_output and work.to == "notebook" and not (options.output or options.stdout)):
        work = work._replace(in_place=True)
    if not work.paths and not work.stdin:
        raise ConversionError("no notebooks: say which, or --stdin; --help has examples")
    if work.stdin and work.paths:
        raise ConversionError("--stdin and paths do not go together")
    return work._replace(
        parameters=parameters(options.parameter, options.raw_parameter, options.parameters_file),
        stdout=work.stdout or work.writer == "StdoutWriter",
    )


def _said(options: argparse.Namespace) -> Iterator[tuple[str, Any]]:
    """What the command line says: places in `Work`, and values."""
    plain = {
        "paths": tuple(options.paths),
        "to": options.to,
        "stdin": options.stdin,
        "stdout": options.stdout,
        "output": options.output,
        "output_dir": options.output_dir,
        "jobs": max(1, options.jobs),
        "execute": options.execute,
        "postprocessor": options.post,
        "options.templates.name": options.template,
        "options.templates.file": options.template_file,
        "options.html.theme": options.theme,
        "options.html.embed_images": options.embed_images,
        "options.html.fold_code": options.fold_code,
        "options.html.cdn": options.cdn,
        "options.slides.url_prefix": options.reveal_prefix,
        "options.nbformat": options.nbformat,
        "options.pdf.engine": options.engine,
        "options.pdf.disable_sandbox": options.disable_chromium_sandbox,
        "writer": options.writer,
        "preprocessing.remove_cell_tags": tuple(options.remove_cell_tag),
        "preprocessing.remove_input_tags": tuple(options.remove_input_tag),
        "preprocessing.remove_all_outputs_tags": tuple(options.remove_output_tag),
        "preprocessing.clear_output": options.clear_output,
        "preprocessing.coalesce_streams": options.coalesce_streams,
        "policy.trusted": options.trust,
        "execution.kernel": options.kernel,
        "execution.timeout": options.timeout,
        "execution.on_error": options.on_error,
        "execution.allow_errors": options.allow_errors,
    }
    yield from ((place, value) for place, value in plain.items() if value)
    if options.toc is not None:
        yield "options.html.toc", options.toc
    if options.sanitize_html is not None:
        yield "policy.trusted", options.sanitize_html.lower() in ("false", "0", "no")
    if options.no_input:
        yield "options.shown.input", False
    if options.no_input or options.no_prompt:
        yield "options.shown.input_prompt", False
        yield "options.shown.output_prompt", False
    if options.show_input:
        yield "options.shown.input", True


def _has_config() -> bool:
    """Whether a config file is anywhere: reading one costs the import of what reads it."""
    from jupyter_core.paths import jupyter_config_path

    names = ("jupyter_nbconvert_config", "antiphon_convert_config")
    folders = [os.getcwd(), *jupyter_config_path()]
    return any(
        os.path.isfile(f"{folder}/{name}{suffix}")
        for folder in folders
        for name in names
        for suffix in (".py", ".json")
    )


def _tell(outcome: Outcome, options: argparse.Namespace) -> None:
    if options.json:
        print(json.dumps(outcome.as_json()), file=sys.stderr if options.stdout else sys.stdout, flush=True)
        return
    for notice in outcome.notices:
        where = f", cell {notice.cell}" if notice.cell else ""
        print(f"antiphon convert: {outcome.name}{where}: {notice.text}", file=sys.stderr)
    if outcome.error:
        print(f"antiphon convert: {outcome.error}", file=sys.stderr)
    if outcome.path and not options.quiet:
        print(f"{outcome.name} -> {os.fspath(outcome.path)} ({outcome.size:,} bytes)", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
