"""The whole way: from a notebook to a result, by the steps that are on."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from .conversion import Conversion, Notebook, Step, run
from .exporters.exporter import Exporter, Result
from .exporters.registry import exporter as find_exporter
from .notebook import read, read_file
from .policy import Policy
from .preprocessors.removal import Mask
from .settings import Options

DATA_EXTRACTED = ("image/png", "image/jpeg", "image/svg+xml", "application/pdf")


class Preprocessing(NamedTuple):
    """What is done to a notebook before its exporter sees it; None: as the exporter has it."""

    before: Sequence[Step] = ()  # execution, parameters: everything that makes outputs
    remove_cell_tags: Sequence[str] = ()
    remove_input_tags: Sequence[str] = ()
    remove_all_outputs_tags: Sequence[str] = ()
    remove_single_output_tags: Sequence[str] = ()
    remove_metadata_fields: Sequence[str] = ("collapsed", "scrolled")
    remove_patterns: Sequence[str] = ()
    clear_output: bool = False
    clear_cell_metadata: bool = False
    clear_notebook_metadata: bool = False
    keep_in_cells: Mask = ()
    keep_in_notebook: Mask = ("language_info",)
    coalesce_streams: bool | None = None
    extract_outputs: bool | None = None
    extract_types: Sequence[str] = DATA_EXTRACTED
    filename_template: str = "{unique_key}_{cell_index}_{index}{extension}"
    magic_languages: Mapping[str, str] = {}
    users: Sequence[Step] = ()  # after all of these


def convert(
    notebook: Notebook | bytes | str | os.PathLike[str],
    to: str | Exporter = "html",
    *,
    options: Options | None = None,
    preprocessing: Preprocessing | None = None,
    policy: Policy | None = None,
    resources: Mapping[str, Any] | None = None,
) -> Result:
    """A notebook (a path, its JSON as bytes, or one that was read before) in another format.

    Raises `ConversionError`.
    """
    options, preprocessing, policy = options or Options(), preprocessing or Preprocessing(), policy or Policy()
    exporter = find_exporter(to) if isinstance(to, str) else to
    known: dict[str, Any] = {}
    if isinstance(notebook, bytes):
        notebook = read(notebook, policy)
    elif not isinstance(notebook, dict):
        known = about(notebook)
        if not policy.roots:
            policy = policy._replace(roots=(known["metadata"]["path"],))
        notebook = read_file(notebook, policy)
    conversion = Conversion(notebook, {**known, **(resources or {})}, policy=policy)
    return exporter.make(run(conversion, steps(exporter, preprocessing, options)), exporter, options)


def about(path: str | os.PathLike[str]) -> dict[str, Any]:
    """The resources that a notebook's file gives: name, folder, date, where its pictures go."""
    from .exporters.templated import modified

    file = Path(path)
    name = file.stem
    try:
        date = modified(file.stat().st_mtime)
    except OSError:
        date = ""
    return {
        "metadata": {"name": name, "path": str(file.parent), "modified_date": date},
        "unique_key": name,
        "output_files_dir": f"{name}_files",
    }


def steps(exporter: Exporter, chosen: Preprocessing, options: Options) -> list[Step]:
    """The preprocessors in their order: what makes outputs, what leaves out, what changes, what makes harmless."""
    from .preprocessors import coalescing, drawings, figures, magics_language, removal, sanitizing

    found: list[Step] = list(chosen.before)
    if (
        chosen.remove_cell_tags
        or chosen.remove_input_tags
        or chosen.remove_all_outputs_tags
        or chosen.remove_single_output_tags
    ):
        found.append(
            partial(
                removal.remove_tagged,
                cell_tags=chosen.remove_cell_tags,
                input_tags=chosen.remove_input_tags,
                all_outputs_tags=chosen.remove_all_outputs_tags,
                single_output_tags=chosen.remove_single_output_tags,
                metadata_fields=chosen.remove_metadata_fields,
            )
        )
    if chosen.remove_patterns:
        found.append(partial(removal.remove_matching, patterns=chosen.remove_patterns))
    if chosen.clear_output:
        found.append(partial(removal.clear_outputs, metadata_fields=chosen.remove_metadata_fields))
    if _is_on(chosen.coalesce_streams, "coalesce_streams", exporter):
        found.append(coalescing.coalesce_streams)
    if "mark_magics" in exporter.steps:
        found.append(partial(magics_language.mark_magics, languages=chosen.magic_languages))
    if "draw_pdf" in exporter.steps:
        found.append(drawings.draw_pdf)
    if _is_on(chosen.extract_outputs, "extract_outputs", exporter):
        found.append(
            partial(
                figures.extract_outputs,
                types=[mime for mime in chosen.extract_types if mime in (exporter.extracts or chosen.extract_types)],
                filename_template=chosen.filename_template,
            )
        )
    if "extract_attachments" in exporter.steps or chosen.extract_outputs:
        found.append(figures.extract_attachments)
    if chosen.clear_cell_metadata or chosen.clear_notebook_metadata:
        found.append(
            partial(
                removal.clear_metadata,
                cells=chosen.clear_cell_metadata,
                notebook=chosen.clear_notebook_metadata,
                keep_in_cells=chosen.keep_in_cells,
                keep_in_notebook=chosen.keep_in_notebook,
            )
        )
    found += chosen.users
    if "sanitize" in exporter.steps:
        found.append(_sanitize(sanitizing.sanitize_notebook))
    return found


def _sanitize(sanitize_notebook: Any) -> Step:
    def step(conversion: Conversion) -> Conversion:
        from .sanitizing import sanitize

        made: Conversion = sanitize_notebook(conversion, clean=partial(sanitize, policy=conversion.policy))
        return made

    return step


def _is_on(chosen: bool | None, name: str, exporter: Exporter) -> bool:
    return name in exporter.steps if chosen is None else chosen
