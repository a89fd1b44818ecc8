"""`antiphon convert`: notebooks into another format, from the command line."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from .errors import ConversionError

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
    unknown = [word for word in others if word.startswith("-")]
    if unknown:
        print(f"antiphon convert: unknown option {unknown[0]!r}; --help lists them", file=sys.stderr)
        return 2
    if options.list:
        return _list(options.json)
    try:
        return _run(options)
    except ConversionError as error:
        print(f"antiphon convert: {error}", file=sys.stderr)
        return 2
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
    add("--to", metavar="FORMAT", default="html", help="the format (default html; --list names them)")
    add("--list", action="store_true", help="list the formats and leave")
    add("--json", action="store_true", help="tell what was done as JSON, a line for each notebook")
    add("-q", "--quiet", action="store_true", help="tell nothing but errors")

    group = made.add_argument_group("where it goes")
    add = group.add_argument
    add("--output", metavar="NAME", default="", help="the name of the result; {notebook_name} is that of the notebook")
    add("--output-dir", metavar="DIR", default="", help="write there, folders below a given folder are kept")
    add("--stdout", action="store_true", help="write the result to standard output")
    add("--stdin", action="store_true", help="read one notebook from standard input")
    add("--inplace", action="store_true", help="write over the notebook (as --to notebook)")
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
    add("--toc", action=argparse.BooleanOptionalAction, default=True, help="the contents above the page")
    add("--fold-code", action="store_true", help="code is folded away until it is asked for")
    add("--cdn", action="store_true", help="load MathJax and widgets from public addresses")
    add("--nbformat", metavar="N", type=int, default=4, choices=(1, 2, 3, 4), help="format of notebooks written")

    group = made.add_argument_group("safety")
    add = group.add_argument
    add("--trust", action="store_true", help="HTML and scripts of the notebook go in as they are")
    add("--sanitize-html", "--sanitize_html", metavar="BOOL", nargs="?", const="true", help="the opposite of --trust")

    group = made.add_argument_group("execution")
    add = group.add_argument
    add("--execute", action="store_true", help="run the notebook first")
    add("--kernel", metavar="NAME", default="", help="on this kernel, instead of the one that it names")
    add("--timeout", metavar="SECONDS", type=float, default=None, help="what a cell may take")
    add("--on-error", choices=("stop", "continue", "abort"), default="stop", help="stop: write what has run (default)")
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


def _run(options: argparse.Namespace) -> int:
    from .batch import run

    work = _work(options)
    failed = 0

    def told(outcome: Outcome) -> None:
        nonlocal failed
        failed += not outcome.ok
        _tell(outcome, options)

    run(work, told)
    return 1 if failed else 0


def _work(options: argparse.Namespace) -> Work:
    """What is to be done. Raises `ConversionError` where that is nothing, or makes no sense."""
    from .batch import Work, parameters
    from .pipeline import Preprocessing
    from .policy import Policy
    from .settings import Html, Options, Shown, Templates

    to = options.to
    if options.inplace or (options.clear_output and to == "html" and not options.stdout):
        to = "notebook"
    in_place = options.inplace or (options.clear_output and to == "notebook" and not options.output)
    if not options.paths and not options.stdin:
        raise ConversionError("no notebooks: say which, or --stdin; --help has examples")
    if options.stdin and options.paths:
        raise ConversionError("--stdin and paths do not go together")
    trusted = options.trust or (options.sanitize_html or "").lower() in ("false", "0", "no")
    shows_input = not options.no_input or options.show_input
    shows_prompts = not (options.no_prompt or options.no_input)
    return Work(
        paths=tuple(options.paths),
        stdin=options.stdin,
        stdout=options.stdout,
        to=to,
        output=options.output,
        output_dir=options.output_dir,
        in_place=in_place,
        jobs=max(1, options.jobs),
        options=Options(
            shown=Shown(input=shows_input, input_prompt=shows_prompts, output_prompt=shows_prompts),
            templates=Templates(name=options.template, file=options.template_file),
            nbformat=options.nbformat,
            html=Html(
                theme=options.theme,
                embed_images=options.embed_images,
                toc=options.toc,
                fold_code=options.fold_code,
                cdn=options.cdn,
            ),
        ),
        preprocessing=Preprocessing(
            remove_cell_tags=tuple(options.remove_cell_tag),
            remove_input_tags=tuple(options.remove_input_tag),
            remove_all_outputs_tags=tuple(options.remove_output_tag),
            clear_output=options.clear_output,
            coalesce_streams=True if options.coalesce_streams else None,
        ),
        policy=Policy(trusted=trusted),
        execute=options.execute,
        execution={
            "kernel": options.kernel or None,
            "timeout": options.timeout,
            "on_error": options.on_error,
            "allow_errors": options.allow_errors,
        },
        parameters=parameters(options.parameter, options.raw_parameter, options.parameters_file),
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
