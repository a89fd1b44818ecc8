"""All that user code shows things with, under one name."""

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
from IPython.core.display import *  # noqa: F403
from IPython.core.display import display_webp
from IPython.core.display_functions import DisplayHandle, clear_output, display, publish_display_data, update_display

__all__ = [  # noqa: PLE0604
    *("Audio", "Code", "FileLink", "FileLinks", "IFrame", "ScribdDocument", "VimeoVideo", "YouTubeVideo"),
    *("DisplayHandle", "DisplayObject", "GeoJSON", "HTML", "Image", "JSON", "Javascript", "Latex", "Markdown", "Math"),
    *("Pretty", "ProgressBar", "SVG", "TextDisplayObject", "Video", "clear_output", "display", "display_html"),
    *("display_javascript", "display_jpeg", "display_json", "display_latex", "display_markdown", "display_pdf"),
    *("display_png", "display_pretty", "display_svg", "display_webp", "publish_display_data", "update_display"),
]
