"""What a conversion can be told, as frozen values with their defaults. Their face for config files is `app.py`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple


class Shown(NamedTuple):
    """Which parts of the notebook go into the result (nbconvert's `exclude_*`, the other way round)."""

    code: bool = True
    input: bool = True
    input_prompt: bool = True
    markdown: bool = True
    output: bool = True
    output_prompt: bool = True
    output_stdin: bool = True
    raw: bool = True
    unknown: bool = True

    def content_filter(self) -> dict[str, bool]:
        """As templates see it: `resources.global_content_filter`."""
        return {
            "include_code": self.code,
            "include_markdown": self.markdown,
            "include_raw": self.raw,
            "include_unknown": self.unknown,
            "include_input": self.input,
            "include_output": self.output,
            "include_output_stdin": self.output_stdin,
            "include_input_prompt": self.input_prompt,
            "include_output_prompt": self.output_prompt,
            "no_prompt": not (self.input_prompt or self.output_prompt),
        }


class Templates(NamedTuple):
    """Where a template comes from. Empty: the exporter's own."""

    name: str = ""  # a folder of that name, here or in Jupyter's data folders; or the path of one
    file: str = ""  # the file in it that is rendered
    raw: str = ""  # the text of a template
    basedirs: tuple[str, ...] = ("",)  # looked into for folders of that name, before Jupyter's; empty: where we are
    paths: tuple[str, ...] = ()  # looked into for files


class Html(NamedTuple):
    """HTML and what is made of it."""

    theme: str = ""  # lab: light, dark; empty: as the system has it
    language_code: str = "en"
    anchor_link_text: str = "¶"
    exclude_anchor_links: bool = False
    embed_images: bool = False
    toc: bool = True
    fold_code: bool = False  # code is folded away until it is asked for
    skip_svg_encoding: bool = False
    cdn: bool = False  # MathJax, widgets and Mermaid from public addresses
    mathjax_url: str = "https://cdn.jsdelivr.net/npm/mathjax@3/es5/tex-mml-chtml.js"
    require_js_url: str = "https://cdn.jsdelivr.net/npm/requirejs@2.3.7/require.min.js"
    jquery_url: str = "https://cdn.jsdelivr.net/npm/jquery@3.7.1/dist/jquery.min.js"
    jupyter_widgets_base_url: str = "https://cdn.jsdelivr.net/npm/"
    widget_renderer_url: str = ""
    html_manager_semver_range: str = "*"
    mermaid_js_url: str = "https://cdn.jsdelivr.net/npm/mermaid@11/dist/mermaid.esm.min.mjs"


class Slides(NamedTuple):
    """Slides, as reveal.js calls them."""

    theme: str = "simple"
    transition: str = "slide"
    url_prefix: str = ""  # empty: our own deck, which needs nothing from outside
    scroll: bool = False
    number: str = ""
    width: str = ""
    height: str = ""


class Pdf(NamedTuple):
    """PDF."""

    engine: str = "typst"  # typst, latex, browser
    latex_command: tuple[str, ...] = ()  # {filename} stands for the source; empty: what is found
    latex_count: int = 2  # runs, until references are right
    browser: str = ""  # the program; empty: what is found
    browser_args: tuple[str, ...] = ()
    disable_sandbox: bool = False
    seconds: float = 120.0  # for the program


class Options(NamedTuple):
    """Everything an exporter may be told."""

    shown: Shown = Shown()
    templates: Templates = Templates()
    nbformat: int = 4  # of notebooks that are written: 1 to 4
    html: Html = Html()
    slides: Slides = Slides()
    pdf: Pdf = Pdf()


def changed(value: Any, place: Sequence[str], new: Any) -> Any:
    """`value`, a tree of named tuples and mappings, with `new` at this place."""
    name, rest = place[0], place[1:]
    if isinstance(value, Mapping):
        return {**value, name: changed(value.get(name), rest, new) if rest else new}
    return value._replace(**{name: changed(getattr(value, name), rest, new) if rest else new})
