"""All that user code shows things with, under one name."""

from IPython.core.display import (
    HTML,
    JSON,
    SVG,
    DisplayObject,
    GeoJSON,
    Image,
    Javascript,
    Latex,
    Markdown,
    Math,
    Pretty,
    ProgressBar,
    TextDisplayObject,
    Video,
    display_html,
    display_javascript,
    display_jpeg,
    display_json,
    display_latex,
    display_markdown,
    display_pdf,
    display_png,
    display_pretty,
    display_svg,
    display_webp,
)
from IPython.core.display_functions import DisplayHandle, clear_output, display, publish_display_data, update_display

from antiphon_exec_core.display_classes import (
    Audio,
    Code,
    FileLink,
    FileLinks,
    IFrame,
    ScribdDocument,
    VimeoVideo,
    YouTubeVideo,
)

__all__ = [
    "HTML",
    "JSON",
    "SVG",
    "Audio",
    "Code",
    "DisplayHandle",
    "DisplayObject",
    "FileLink",
    "FileLinks",
    "GeoJSON",
    "IFrame",
    "Image",
    "Javascript",
    "Latex",
    "Markdown",
    "Math",
    "Pretty",
    "ProgressBar",
    "ScribdDocument",
    "TextDisplayObject",
    "Video",
    "VimeoVideo",
    "YouTubeVideo",
    "clear_output",
    "display",
    "display_html",
    "display_javascript",
    "display_jpeg",
    "display_json",
    "display_latex",
    "display_markdown",
    "display_pdf",
    "display_png",
    "display_pretty",
    "display_svg",
    "display_webp",
    "publish_display_data",
    "update_display",
]


def set_matplotlib_formats(*formats: str, **options: object) -> None:
    """Draw figures in these formats from now on."""
    from IPython.core.pylabtools import select_figure_formats

    select_figure_formats(None, formats, **options)


def set_matplotlib_close(close: bool = True) -> None:
    """Whether figures that a cell has shown are closed."""
    from antiphon_ipython_facade.session import services

    services()["plotting"].close_figures = close
