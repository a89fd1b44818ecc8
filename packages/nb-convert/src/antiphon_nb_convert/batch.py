"""Many notebooks, one after the other or side by side: each is executed, converted and written; one that fails is told,
and the others go on.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from .conversion import Notebook, Step
from .errors import ConversionError
from .exporters.exporter import Exporter, Notice, Result
from .exporters.registry import exporter
from .notebook import read, read_file
from .pipeline import Preprocessing, about, convert
from .policy import Policy
from .settings import Options
from .sources import Rewriter, Source, Target, found, target
from .writers import files


class Work(NamedTuple):
    """What a command line asks for."""

    paths: Sequence[str]
    to: str
    options: Options
    preprocessing: Preprocessing
    policy: Policy
    stdin: bool = False
    stdout: bool = False
    output: str = ""
    output_dir: str = ""
    in_place: bool = False
    jobs: int = 1
    execute: bool = False
    execution: Mapping[str, Any] = {}
    parameters: Mapping[str, Any] = {}
    recursive: bool = False
    output_files_dir: str = "{notebook_name}_files"
    display_data_priority: Sequence[str] = ()
    user_preprocessors: Sequence[Any] = ()
    writer: str = "FilesWriter"
    postprocessor: str = ""
    files: Sequence[str] = ()
    relpath: str = ""
    serve: Mapping[str, Any] = {}  # see `postprocessors.serving.Serve`


class Outcome(NamedTuple):
    """How one notebook went; `error` is a line, empty where all went well."""

    name: str
    path: Path | None = None
    size: int = 0
    error: str = ""
    notices: Sequence[Notice] = ()

    @property
    def ok(self) -> bool:
        return not self.error

    def as_json(self) -> dict[str, Any]:
        """For scripts."""
        return {
            "notebook": self.name,
            "result": None if self.path is None else os.fspath(self.path),
            "bytes": self.size,
            "error": self.error or None,
            "notices": [notice._asdict() for notice in self.notices],
        }


def run(work: Work, told: Callable[[Outcome], None]) -> None:
    """Do it; `told` hears of each notebook when it is done. Raises `ConversionError` where nothing can be begun."""
    if work.stdin:
        told(_from_stdin(work))
        return
    sources = found(work.paths, work.recursive)
    places = {source: target(source, work.output, work.output_dir) for source in sources}
    extension = exporter(work.to).extension
    _refuse_doubles(places, extension, work)
    results = {source.path.absolute(): place.path(extension).absolute() for source, place in places.items()}
    executed = _executed(sources, work) if work.execute or work.parameters else {}
    jobs = [(source, places[source], executed.get(source), work, results) for source in sources]
    if work.jobs > 1 and len(sources) > 1 and not work.stdout:
        from concurrent.futures import ProcessPoolExecutor

        longest_first = sorted(jobs, key=lambda job: -_size(job[0].path))
        with ProcessPoolExecutor(min(work.jobs, len(sources))) as pool:
            for outcome in pool.map(_converted, longest_first):
                told(outcome)
        return
    for job in jobs:
        told(_converted(job))


def parameters(typed: Sequence[Sequence[str]], raw: Sequence[Sequence[str]], paths: Sequence[str]) -> dict[str, Any]:
    """Values by name: those of files first, then those that were typed. Raises `ConversionError`."""
    values: dict[str, Any] = {}
    for path in paths:
        values.update(_loaded(path))
    if typed:
        from .execution.parameters import typed as value_of

        values.update((name, value_of(text)) for name, text in typed)
    values.update((name, text) for name, text in raw)
    return values


def _loaded(path: str) -> dict[str, Any]:
    try:
        content = Path(path).read_text(encoding="utf-8")
        if path.endswith(".toml"):
            import tomllib

            loaded: Any = tomllib.loads(content)
        else:
            loaded = json.loads(content)
    except OSError as error:
        raise ConversionError(f"{path}: {(error.strerror or str(error)).lower()}") from None
    except ValueError as error:
        raise ConversionError(f"{path}: {error}") from None
    if not isinstance(loaded, dict):
        raise ConversionError(f"{path}: parameters are an object of names and values")
    return loaded


_Executed = tuple[Notebook, str]
"""A notebook as far as it ran, and the line that tells what failed; empty where nothing did."""


def _executed(sources: Sequence[Source], work: Work) -> dict[Source, _Executed]:
    """The notebooks with their parameters put in, and run if that is asked for."""
    from .execution.parameters import inject

    ready: dict[Source, _Executed] = {}
    read_in: dict[Source, Notebook] = {}
    for source in sources:
        try:
            notebook = read_file(source.path, work.policy)
        except ConversionError:
            continue  # told when it is converted
        read_in[source] = inject(notebook, work.parameters) if work.parameters else notebook
    if not work.execute:
        return {source: (notebook, "") for source, notebook in read_in.items()}
    from .execution import Job, execute_all

    jobs = [
        Job(notebook, name=str(source.path), options={"cwd": os.fspath(source.path.parent)})
        for source, notebook in read_in.items()
    ]
    for source, execution in zip(read_in, execute_all(jobs, work.jobs, **work.execution), strict=True):
        failed = "" if execution.ok else str(execution.failures[0])
        ready[source] = (execution.notebook, failed)
    return ready


def _converted(job: tuple[Source, Target, _Executed | None, Work, Mapping[Path, Path]]) -> Outcome:
    source, place, executed, work, results = job
    name = os.fspath(source.path)
    try:
        policy = work.policy._replace(roots=(*work.policy.roots, os.fspath(source.path.parent or ".")))
        notebook = executed[0] if executed else read_file(source.path, policy)
        known = {**about(source.path), "rewrite_link": Rewriter(source.path.parent, place.folder, results)}
        known["output_files_dir"] = work.output_files_dir.replace("{notebook_name}", place.name)
        result = convert(
            notebook,
            _exporter(work),
            options=work.options,
            preprocessing=work.preprocessing._replace(users=(*work.preprocessing.users, *_users(work))),
            policy=policy,
            resources=known,
        )
        error = executed[1] if executed else ""
        if work.stdout:
            return _to_stdout(result, name)._replace(error=error)
        path = source.path if work.in_place else _result_path(place, result, source.path, work)
        if work.writer.endswith("DebugWriter"):
            return Outcome(
                name, notices=[*result.notices, *(Notice(f"would write {one}") for one in (path, *result.files))]
            )
        files.write(path, result.data, result.files)
        if work.files:
            base = Path(work.relpath) if work.relpath else source.path.parent
            files.copy(_wanted(work.files, source.path.parent), path.parent, base, policy)
    except ConversionError as failed:
        return Outcome(name, error=str(failed))
    return Outcome(name, path, len(result.data), error, result.notices)


def _exporter(work: Work) -> Exporter:
    found = exporter(work.to)
    return found._replace(order=tuple(work.display_data_priority)) if work.display_data_priority else found


def _wanted(patterns: Sequence[str], folder: Path) -> list[Path]:
    """The files that these patterns mean, relative to the notebook. Raises `ConversionError` for one without any."""
    import glob

    wanted: list[Path] = []
    for pattern in patterns:
        matches = sorted(Path(each) for each in glob.glob(os.path.join(folder, pattern), recursive=True))
        if not matches:
            raise ConversionError(f"{pattern}: no such file beside the notebook")
        wanted += [match for match in matches if match.is_file()]
    return wanted


def _users(work: Work) -> tuple[Step, ...]:
    """The steps that the configuration names: functions, or the dotted paths of some."""
    from importlib import import_module

    steps = []
    for each in work.user_preprocessors:
        if isinstance(each, str):
            module, _, name = each.rpartition(".")
            try:
                each = getattr(import_module(module), name)
            except (ImportError, AttributeError, ValueError) as error:
                raise ConversionError(f"preprocessor {each!r}: {error}") from None
        if not callable(each):
            raise ConversionError(f"preprocessor {each!r}: not a function of a Conversion")
        steps.append(each)
    return tuple(steps)


def _result_path(place: Target, result: Result, source: Path, work: Work) -> Path:
    """Never the notebook itself, unless that was asked for by name."""
    extension = "" if work.output and place.name.endswith(result.extension) else result.extension
    path = place.path(extension)
    if path.absolute() == source.absolute() and not work.output:
        path = place.path(f".nbconvert{result.extension}")
    return path


def _refuse_doubles(places: Mapping[Source, Target], extension: str, work: Work) -> None:
    taken: dict[Path, Source] = {}
    for source, place in places.items():
        other = taken.setdefault(place.path(extension).absolute(), source)
        if other is not source and not (work.stdout or work.in_place):
            raise ConversionError(
                f"{other.path} and {source.path} would both become {place.path(extension)}; "
                "--output with {notebook_name}, or --output-dir, keeps them apart"
            )


def _from_stdin(work: Work) -> Outcome:
    name = work.output or "notebook"
    try:
        notebook = read(sys.stdin.buffer.read(), work.policy, "standard input")
        failed = ""
        if work.parameters:
            from .execution.parameters import inject

            notebook = inject(notebook, work.parameters)
        if work.execute:
            from .execution import run as execute

            execution = execute(notebook, **work.execution)
            notebook, failed = execution.notebook, "" if execution.ok else f"standard input: {execution.failures[0]}"
        resources = {"metadata": {"name": name, "path": "."}, "unique_key": name, "output_files_dir": f"{name}_files"}
        result = convert(
            notebook,
            work.to,
            options=work.options,
            preprocessing=work.preprocessing,
            policy=work.policy,
            resources=resources,
        )
        if work.stdout or not work.output:
            return _to_stdout(result, "standard input")._replace(error=failed)
        path = Target(Path(work.output_dir), name).path("" if name.endswith(result.extension) else result.extension)
        files.write(path, result.data, result.files)
    except ConversionError as error:
        return Outcome("standard input", error=str(error))
    return Outcome("standard input", path, len(result.data), failed, result.notices)


def _to_stdout(result: Result, name: str) -> Outcome:
    sys.stdout.buffer.write(result.data)
    sys.stdout.buffer.flush()
    notices = list(result.notices)
    if result.files:
        notices.append(Notice(f"{len(result.files)} pictures beside it are not written to standard output"))
    return Outcome(name, None, len(result.data), "", notices)


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0
