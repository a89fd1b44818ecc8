"""All that user code shows things with, under one name."""

from IPython.core.display import *  # noqa: F403

__all__ = [
    *("Audio", "Code", "FileLink", "FileLinks", "IFrame", "ScribdDocument", "VimeoVideo", "YouTubeVideo"),
    *("DisplayHandle", "DisplayObject", "GeoJSON", "HTML", "Image", "JSON", "Javascript", "Latex", "Markdown", "Math"),
    *("Pretty", "ProgressBar", "SVG", "TextDisplayObject", "Video", "clear_output", "display", "display_html"),
    *("display_javascript", "display_jpeg", "display_json", "display_latex", "display_markdown", "display_pdf"),
    *("display_png", "display_pretty", "display_svg", "display_webp", "publish_display_data", "update_display"),
]
