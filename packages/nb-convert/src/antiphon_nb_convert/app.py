"""The traitlets face of the settings: config files and `--Class.trait=value`, under nbconvert's and nbclient's names.

Each class has the traits that people's `jupyter_nbconvert_config.py` already sets; each trait names its place in
`batch.Work`, or is told to mean nothing here. The only module that imports traitlets.
"""

from __future__ import annotations

import ast
import os
from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from typing import Any, ClassVar, NamedTuple

from traitlets import Any as AnyTrait
from traitlets import Bool, Dict, Enum, Float, Integer, List, Set, TraitError, Unicode
from traitlets.config import Config, Configurable
from traitlets.config.loader import (
    ConfigError,
    DeferredConfigString,
    JSONFileConfigLoader,
    PyFileConfigLoader,
)

from .errors import ConversionError

FILE_NAMES = ("jupyter_nbconvert_config", "antiphon_convert_config")


class Face(Configurable):
    """A group of settings. `fields`: trait to its place in `Work`; a `!` before it: the opposite is kept there."""

    fields: ClassVar[Mapping[str, str]] = {}


class NbConvertApp(Face):
    """What is converted, and into what."""

    fields: ClassVar[Mapping[str, str]] = {
        "export_format": "to",
        "notebooks": "paths",
        "from_stdin": "stdin",
        "output_base": "output",
        "output_files_dir": "output_files_dir",
        "recursive_glob": "recursive",
        "use_output_suffix": "!in_place",
        "postprocessor_class": "postprocessor",
        "writer_class": "writer",
    }
    export_format = Unicode(help="The format, or the dotted path of an exporter.").tag(config=True)
    notebooks = List(Unicode(), help="The notebooks.").tag(config=True)
    from_stdin = Bool(help="Read one notebook from standard input.").tag(config=True)
    output_base = Unicode(help="The name of the result; {notebook_name} is that of the notebook.").tag(config=True)
    output_files_dir = Unicode(help="The folder of pictures, beside the result.").tag(config=True)
    recursive_glob = Bool(help="`**` in patterns.").tag(config=True)
    use_output_suffix = Bool(True, help="Not over the notebook itself.").tag(config=True)
    postprocessor_class = Unicode(allow_none=True, help="What is done afterwards: serve, or open.").tag(config=True)
    writer_class = Unicode(help="FilesWriter, StdoutWriter or DebugWriter.").tag(config=True)


class NbConvertBase(Face):
    """What holds for every step."""

    fields: ClassVar[Mapping[str, str]] = {"display_data_priority": "display_data_priority"}
    display_data_priority = List(Unicode(), help="The forms of a value, the one to show first.").tag(config=True)


class Exporter(Face):
    """What holds for every format."""

    fields: ClassVar[Mapping[str, str]] = {"preprocessors": "user_preprocessors"}
    preprocessors = List(AnyTrait(), help="Further steps: functions, or the dotted paths of some.").tag(config=True)


class TemplateExporter(Exporter):
    """Formats that a template writes."""

    fields: ClassVar[Mapping[str, str]] = {
        **Exporter.fields,
        "exclude_code_cell": "!options.shown.code",
        "exclude_input": "!options.shown.input",
        "exclude_input_prompt": "!options.shown.input_prompt",
        "exclude_markdown": "!options.shown.markdown",
        "exclude_output": "!options.shown.output",
        "exclude_output_prompt": "!options.shown.output_prompt",
        "exclude_output_stdin": "!options.shown.output_stdin",
        "exclude_raw": "!options.shown.raw",
        "exclude_unknown": "!options.shown.unknown",
        "template_name": "options.templates.name",
        "template_file": "options.templates.file",
        "raw_template": "options.templates.raw",
        "extra_template_basedirs": "options.templates.basedirs",
        "extra_template_paths": "options.templates.paths",
    }
    exclude_code_cell = Bool(help="No code cells at all.").tag(config=True)
    exclude_input = Bool(help="No code.").tag(config=True)
    exclude_input_prompt = Bool(help="No numbers before code.").tag(config=True)
    exclude_markdown = Bool(help="No Markdown cells.").tag(config=True)
    exclude_output = Bool(help="No outputs.").tag(config=True)
    exclude_output_prompt = Bool(help="No numbers before results.").tag(config=True)
    exclude_output_stdin = Bool(help="Nothing that was typed in.").tag(config=True)
    exclude_raw = Bool(help="No raw cells.").tag(config=True)
    exclude_unknown = Bool(help="No cells of unknown types.").tag(config=True)
    template_name = Unicode(help="A template, or its folder.").tag(config=True)
    template_file = Unicode(allow_none=True, help="The file of the template.").tag(config=True)
    raw_template = Unicode(help="The text of a template.").tag(config=True)
    extra_template_basedirs = List(Unicode(), help="Folders of template folders, looked into first.").tag(config=True)
    extra_template_paths = List(Unicode(), help="Folders of template files, looked into first.").tag(config=True)


class HTMLExporter(TemplateExporter):
    """Pages."""

    fields: ClassVar[Mapping[str, str]] = {
        **TemplateExporter.fields,
        "anchor_link_text": "options.html.anchor_link_text",
        "exclude_anchor_links": "options.html.exclude_anchor_links",
        "theme": "options.html.theme",
        "embed_images": "options.html.embed_images",
        "sanitize_html": "!policy.trusted",
        "skip_svg_encoding": "options.html.skip_svg_encoding",
        "language_code": "options.html.language_code",
        "mathjax_url": "options.html.mathjax_url",
        "require_js_url": "options.html.require_js_url",
        "jquery_url": "options.html.jquery_url",
        "jupyter_widgets_base_url": "options.html.jupyter_widgets_base_url",
        "widget_renderer_url": "options.html.widget_renderer_url",
        "html_manager_semver_range": "options.html.html_manager_semver_range",
        "cdn": "options.html.cdn",
        "toc": "options.html.toc",
        "fold_code": "options.html.fold_code",
    }
    anchor_link_text = Unicode(help="The sign of a heading's link to itself.").tag(config=True)
    exclude_anchor_links = Bool(help="No such links.").tag(config=True)
    theme = Unicode(help="light or dark; empty: as the reader's system has it.").tag(config=True)
    embed_images = Bool(help="Pictures of Markdown cells go into the page.").tag(config=True)
    sanitize_html = Bool(help="Make HTML of the notebook harmless (it is, unless this is False).").tag(config=True)
    skip_svg_encoding = Bool(help="SVG of trusted notebooks stands in the page itself.").tag(config=True)
    language_code = Unicode(help="The language of the page, by ISO 639-1.").tag(config=True)
    mathjax_url = Unicode(help="Where MathJax comes from, with `cdn`.").tag(config=True)
    require_js_url = Unicode(help="Where require.js comes from, with `cdn`.").tag(config=True)
    jquery_url = Unicode(help="Where jQuery comes from, with `cdn`.").tag(config=True)
    jupyter_widgets_base_url = Unicode(help="Where widgets come from, with `cdn`.").tag(config=True)
    widget_renderer_url = Unicode(help="The script that shows widgets, with `cdn`.").tag(config=True)
    html_manager_semver_range = Unicode(help="Its versions.").tag(config=True)
    cdn = Bool(help="Load MathJax and widgets from public addresses.").tag(config=True)
    toc = Bool(help="The contents above the page.").tag(config=True)
    fold_code = Bool(help="Code is folded away until it is asked for.").tag(config=True)


class SlidesExporter(HTMLExporter):
    """Slides."""

    fields: ClassVar[Mapping[str, str]] = {
        **HTMLExporter.fields,
        "reveal_theme": "options.slides.theme",
        "reveal_transition": "options.slides.transition",
        "reveal_url_prefix": "options.slides.url_prefix",
        "reveal_scroll": "options.slides.scroll",
        "reveal_number": "options.slides.number",
        "reveal_width": "options.slides.width",
        "reveal_height": "options.slides.height",
    }
    reveal_theme = Unicode(help="A theme of reveal.js.").tag(config=True)
    reveal_transition = Unicode(help="none, fade, slide, convex, concave or zoom.").tag(config=True)
    reveal_url_prefix = Unicode(help="Where reveal.js comes from; empty: it is in the page.").tag(config=True)
    reveal_scroll = Bool(help="One page to scroll.").tag(config=True)
    reveal_number = Unicode(help="Numbers of slides: c/t, c, h.v.").tag(config=True)
    reveal_width = Unicode(help="The width of a slide in pixels.").tag(config=True)
    reveal_height = Unicode(help="The height of a slide in pixels.").tag(config=True)


class LatexExporter(TemplateExporter):
    """LaTeX."""


class PDFExporter(LatexExporter):
    """PDF. The settings for LaTeX hold with `engine` latex."""

    fields: ClassVar[Mapping[str, str]] = {
        **LatexExporter.fields,
        "engine": "options.pdf.engine",
        "latex_command": "options.pdf.latex_command",
        "latex_count": "options.pdf.latex_count",
        "bib_command": "",
        "verbose": "",
    }
    engine = Unicode(help="typst, latex or browser.").tag(config=True)
    latex_command = List(Unicode(), help="The program, and {filename}.").tag(config=True)
    latex_count = Integer(help="How often it is run.").tag(config=True)
    bib_command = List(Unicode(), help="Bibliographies are not made here.").tag(config=True)
    verbose = Bool(help="What LaTeX says is told when it fails.").tag(config=True)


class WebPDFExporter(HTMLExporter):
    """PDF as a browser prints the page."""

    fields: ClassVar[Mapping[str, str]] = {
        **HTMLExporter.fields,
        "browser": "options.pdf.browser",
        "browser_args": "options.pdf.browser_args",
        "disable_sandbox": "options.pdf.disable_sandbox",
        "allow_chromium_download": "",
        "page_render_timeout": "",
        "paginate": "",
    }
    browser = Unicode(help="The program; empty: what is found.").tag(config=True)
    browser_args = List(Unicode(), help="Further arguments of it.").tag(config=True)
    disable_sandbox = Bool(help="Without its sandbox.").tag(config=True)
    allow_chromium_download = Bool(help="A browser that is there is used; none is downloaded.").tag(config=True)
    page_render_timeout = Integer(help="The page needs no waiting for.").tag(config=True)
    paginate = Bool(True, help="It has pages.").tag(config=True)


class NotebookExporter(Exporter):
    """Notebooks."""

    fields: ClassVar[Mapping[str, str]] = {**Exporter.fields, "nbformat_version": "options.nbformat"}
    nbformat_version = Enum([1, 2, 3, 4], default_value=4, help="The format of what is written.").tag(config=True)


class TagRemovePreprocessor(Face):
    """What is left out by tag."""

    fields: ClassVar[Mapping[str, str]] = {
        "remove_cell_tags": "preprocessing.remove_cell_tags",
        "remove_input_tags": "preprocessing.remove_input_tags",
        "remove_all_outputs_tags": "preprocessing.remove_all_outputs_tags",
        "remove_single_output_tags": "preprocessing.remove_single_output_tags",
        "remove_metadata_fields": "preprocessing.remove_metadata_fields",
        "enabled": "",
    }
    enabled = Bool(True, help="Whether tags are looked at.").tag(config=True)
    remove_cell_tags = Set(Unicode(), help="Cells with these tags are left out.").tag(config=True)
    remove_input_tags = Set(Unicode(), help="Their code is.").tag(config=True)
    remove_all_outputs_tags = Set(Unicode(), help="Their outputs are.").tag(config=True)
    remove_single_output_tags = Set(Unicode(), help="Outputs with these tags are.").tag(config=True)
    remove_metadata_fields = Set(Unicode(), help="Metadata that goes with the outputs.").tag(config=True)


class RegexRemovePreprocessor(Face):
    """What is left out by its source."""

    fields: ClassVar[Mapping[str, str]] = {"patterns": "preprocessing.remove_patterns", "enabled": ""}
    enabled = Bool(True, help="Whether patterns are looked at.").tag(config=True)
    patterns = List(Unicode(), help="Cells whose source begins with one of these are left out.").tag(config=True)


class ClearOutputPreprocessor(Face):
    """Outputs away."""

    fields: ClassVar[Mapping[str, str]] = {
        "enabled": "preprocessing.clear_output",
        "remove_metadata_fields": "preprocessing.remove_metadata_fields",
    }
    enabled = Bool(help="Whether outputs are cleared.").tag(config=True)
    remove_metadata_fields = Set(Unicode(), help="Metadata that goes with them.").tag(config=True)


class ClearMetadataPreprocessor(Face):
    """Metadata away."""

    fields: ClassVar[Mapping[str, str]] = {
        "enabled": "",
        "clear_cell_metadata": "preprocessing.clear_cell_metadata",
        "clear_notebook_metadata": "preprocessing.clear_notebook_metadata",
        "preserve_cell_metadata_mask": "preprocessing.keep_in_cells",
        "preserve_nb_metadata_mask": "preprocessing.keep_in_notebook",
    }
    enabled = Bool(help="Whether metadata is cleared.").tag(config=True)
    clear_cell_metadata = Bool(True, help="That of cells.").tag(config=True)
    clear_notebook_metadata = Bool(True, help="That of the notebook.").tag(config=True)
    preserve_cell_metadata_mask = Set(help="Keys of cells that stay; a tuple is a path.").tag(config=True)
    preserve_nb_metadata_mask = Set(help="Keys of the notebook that stay.").tag(config=True)


class CoalesceStreamsPreprocessor(Face):
    """Streams joined."""

    fields: ClassVar[Mapping[str, str]] = {"enabled": "preprocessing.coalesce_streams"}
    enabled = Bool(help="Whether pieces of a stream are joined.").tag(config=True)


class ExtractOutputPreprocessor(Face):
    """Pictures as files."""

    fields: ClassVar[Mapping[str, str]] = {
        "enabled": "preprocessing.extract_outputs",
        "extract_output_types": "preprocessing.extract_types",
        "output_filename_template": "preprocessing.filename_template",
    }
    enabled = Bool(help="Whether pictures become files.").tag(config=True)
    extract_output_types = Set(Unicode(), help="MIME types that do.").tag(config=True)
    output_filename_template = Unicode(help="Their names, of {unique_key}, {cell_index}, {index} and {extension}.").tag(
        config=True
    )


class HighlightMagicsPreprocessor(Face):
    """Cells in other languages."""

    fields: ClassVar[Mapping[str, str]] = {"languages": "preprocessing.magic_languages", "enabled": ""}
    enabled = Bool(True, help="They are always marked.").tag(config=True)
    languages = Dict(help="Cell magic to language.").tag(config=True)


class SanitizeHTML(Face):
    """HTML of the notebook made harmless."""

    fields: ClassVar[Mapping[str, str]] = {"enabled": "!policy.trusted"}
    enabled = Bool(True, help="It is, unless this is False.").tag(config=True)


class NotebookClient(Face):
    """Execution, by nbclient's names."""

    fields: ClassVar[Mapping[str, str]] = {
        name: f"execution.{name}"
        for name in (
            "allow_error_names",
            "allow_errors",
            "coalesce_streams",
            "error_on_timeout",
            "extra_arguments",
            "force_raise_errors",
            "interrupt_on_timeout",
            "ipython_hist_file",
            "record_timing",
            "shutdown_kernel",
            "skip_cells_with_tag",
            "startup_timeout",
            "store_widget_state",
            "timeout",
            "timeout_func",
        )
    } | {"kernel_name": "execution.kernel", "iopub_timeout": "", "raise_on_iopub_timeout": ""}
    allow_error_names = List(Unicode(), help="Errors that a cell may end with.").tag(config=True)
    allow_errors = Bool(help="A cell may end with any error.").tag(config=True)
    coalesce_streams = Bool(help="All stdout between two displays before all stderr.").tag(config=True)
    error_on_timeout = Dict(allow_none=True, help="The error of a cell that took too long.").tag(config=True)
    extra_arguments = List(Unicode(), help="What the kernel's command line ends with.").tag(config=True)
    force_raise_errors = Bool(help="No cell may end with an error, whatever its tags.").tag(config=True)
    interrupt_on_timeout = Bool(help="Interrupt a cell that takes too long, and go on.").tag(config=True)
    iopub_timeout = Float(4, help="Outputs are waited for to their end: this means nothing here.").tag(config=True)
    raise_on_iopub_timeout = Bool(help="This neither.").tag(config=True)
    ipython_hist_file = Unicode(help="Where ipykernel keeps its history.").tag(config=True)
    kernel_name = Unicode(help="The kernel, instead of the one that the notebook names.").tag(config=True)
    record_timing = Bool(help="Note times in the metadata of cells.").tag(config=True)
    shutdown_kernel = Enum(["graceful", "immediate"], default_value="graceful", help="How it is ended.").tag(
        config=True
    )
    skip_cells_with_tag = Unicode(help="Cells with this tag are not run.").tag(config=True)
    startup_timeout = Float(help="Seconds that a kernel has to start.").tag(config=True)
    store_widget_state = Bool(help="Keep widgets in the metadata.").tag(config=True)
    timeout = Float(allow_none=True, help="Seconds that a cell may take.").tag(config=True)
    timeout_func = AnyTrait(help="The same for each cell.").tag(config=True)


class ExecutePreprocessor(NotebookClient):
    """Execution before the conversion."""

    fields: ClassVar[Mapping[str, str]] = {**NotebookClient.fields, "enabled": "execute"}
    enabled = Bool(help="Whether the notebook is run first.").tag(config=True)


class WriterBase(Face):
    """Where results go."""

    fields: ClassVar[Mapping[str, str]] = {"files": "files"}
    files = List(Unicode(), help="Files of the notebook that are copied beside the result; patterns.").tag(config=True)


class FilesWriter(WriterBase):
    """Into files."""

    fields: ClassVar[Mapping[str, str]] = {**WriterBase.fields, "build_directory": "output_dir", "relpath": "relpath"}
    build_directory = Unicode(help="The folder of results.").tag(config=True)
    relpath = Unicode(help="What the copied files' places are relative to.").tag(config=True)


class ServePostProcessor(Face):
    """A server for the result."""

    fields: ClassVar[Mapping[str, str]] = {
        "open_in_browser": "serve.open_in_browser",
        "browser": "serve.browser",
        "ip": "serve.ip",
        "port": "serve.port",
    }
    open_in_browser = Bool(True, help="Open it.").tag(config=True)
    browser = Unicode(help="In this browser.").tag(config=True)
    ip = Unicode(help="The address that is listened on.").tag(config=True)
    port = Integer(help="The port; 0: any.").tag(config=True)


_EVERYWHERE: tuple[type[Face], ...] = (
    NbConvertApp,
    NbConvertBase,
    TagRemovePreprocessor,
    RegexRemovePreprocessor,
    ClearOutputPreprocessor,
    ClearMetadataPreprocessor,
    CoalesceStreamsPreprocessor,
    ExtractOutputPreprocessor,
    HighlightMagicsPreprocessor,
    SanitizeHTML,
    ExecutePreprocessor,
    FilesWriter,
    ServePostProcessor,
)
_BY_FORMAT: Mapping[str, type[Exporter]] = {
    "html": HTMLExporter,
    "latex": LatexExporter,
    "pdf": PDFExporter,
    "webpdf": WebPDFExporter,
    "slides": SlidesExporter,
    "notebook": NotebookExporter,
}
_FORMATS = tuple(
    type(f"{name}Exporter", (TemplateExporter,), {"__doc__": f"{name}.", "fields": TemplateExporter.fields})
    for name in ("Markdown", "Python", "Script", "RST", "ASCIIDoc")
)
CLASSES: Mapping[str, type[Face]] = {
    face.__name__: face
    for face in (*_EVERYWHERE, *_BY_FORMAT.values(), *_FORMATS, Exporter, TemplateExporter, NotebookClient, WriterBase)
}
"""Every class that a config file may name."""


class Change(NamedTuple):
    """A setting that was made: its place in `Work`, and the value."""

    place: str
    value: Any


def changes(config: Config, to: str) -> Iterator[Change]:
    """What a config changes where the format is `to`. Raises `ConversionError` for a wrong name or value."""
    for section in config:
        if section[:1].isupper() and section not in CLASSES and section not in _FOREIGN:
            close = get_close_matches(section, CLASSES, 1)
            raise ConversionError(f"no settings of a class {section}{_hint(close)}")
        face = CLASSES.get(section)
        for trait in config[section] if face is not None else ():
            if face is not None and trait not in face.class_traits(config=True):
                close = get_close_matches(trait, face.class_traits(config=True), 1)
                raise ConversionError(f"{section} has no setting {trait}{_hint(close)}")
    format_name = "RST" if to == "rst" else "ASCIIDoc" if to == "asciidoc" else to.capitalize()
    exporter = _BY_FORMAT.get(to) or CLASSES.get(f"{format_name}Exporter", TemplateExporter)
    for face in (*_EVERYWHERE, exporter):
        yield from _changes_of(face, config)


_FOREIGN = ("JupyterApp", "Application", "ConfigManager", "IPythonKernel")


def _changes_of(face: type[Face], config: Config) -> Iterator[Change]:
    named = [base.__name__ for base in face.__mro__ if base.__name__ in config]
    set_here = {trait for name in named for trait in config[name]}
    if not set_here:
        return
    try:
        made = face(config=config)
    except TraitError as error:
        raise ConversionError(f"{face.__name__}: {error}") from None
    off = face.fields.get("enabled") == "" and not made.enabled  # type: ignore[attr-defined]
    for trait, place in face.fields.items():
        if trait in set_here and place and not off:
            value = getattr(made, trait)
            value = tuple(sorted(value, key=repr) if isinstance(value, set) else value) if _is_many(value) else value
            yield Change(place.removeprefix("!"), not value if place.startswith("!") else _plain(value))
    if face is ClearMetadataPreprocessor and made.enabled:  # type: ignore[attr-defined]
        for trait in ("clear_cell_metadata", "clear_notebook_metadata"):
            yield Change(face.fields[trait], getattr(made, trait))


def _is_many(value: object) -> bool:
    return isinstance(value, (set, list))


def _plain(value: Any) -> Any:
    return "" if value is None else value


def load(words: Sequence[str], file: str = "", use_files: bool = True) -> Config:
    """The config of files and of `--Class.trait=value` words, these last. Raises `ConversionError`."""
    config = Config()
    if use_files:
        for folder in reversed(_folders()):
            for name in FILE_NAMES:
                for path in (f"{folder}/{name}.py", f"{folder}/{name}.json"):
                    if os.path.isfile(path):
                        config.merge(_loaded(path))
    if file:
        if not os.path.isfile(file):
            raise ConversionError(f"{file}: no such config file")
        config.merge(_loaded(file))
    typed: dict[tuple[str, str], list[Any]] = {}
    for word in words:
        key, sign, value = word.removeprefix("--").partition("=")
        section, _, trait = key.partition(".")
        if not sign:
            raise ConversionError(f"{word}: a value is missing (--Class.trait=value)")
        if isinstance(_traits(section).get(trait), (List, Set)):  # which may be said more than once
            config[section][trait] = typed.setdefault((section, trait), [])
            typed[section, trait] += _items(value)
        else:
            config[section][trait] = DeferredConfigString(value)
    return config


def _items(text: str) -> list[Any]:
    """The items of a list, tuple or set as Python writes it; else the text is one."""
    try:
        value = ast.literal_eval(text)
    except (ValueError, SyntaxError):
        return [text]
    return list(value) if isinstance(value, (list, tuple, set)) else [text]


def _traits(section: str) -> Mapping[str, Any]:
    face = CLASSES.get(section)
    return {} if face is None else face.class_traits(config=True)


def _folders() -> list[str]:
    from jupyter_core.paths import jupyter_config_path

    return [os.getcwd(), *jupyter_config_path()] if not os.environ.get("JUPYTER_NO_CONFIG") else []


def _loaded(path: str) -> Config:
    loader = JSONFileConfigLoader if path.endswith(".json") else PyFileConfigLoader
    try:
        return loader(os.path.basename(path), os.path.dirname(path) or ".").load_config()
    except ConfigError as error:
        raise ConversionError(f"{path}: {error}") from None
    except Exception as error:  # a config file is somebody's program
        raise ConversionError(f"{path}: {type(error).__name__}: {error}") from None


def help_all() -> str:
    """What every class and trait means."""
    return "\n".join(face.class_get_help() for face in CLASSES.values())


def config_file() -> str:
    """A config file with every setting in it, as a comment."""
    lines = ["# Settings of antiphon convert.", "c = get_config()  # noqa", ""]
    return "\n".join(lines + [face.class_config_section() for face in CLASSES.values()])


def _hint(close: Sequence[str]) -> str:
    return f" (did you mean {close[0]}?)" if close else ""
