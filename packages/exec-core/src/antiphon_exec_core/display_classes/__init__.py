"""Content that shows itself as what it is, for users to `display`: HTML, Markdown, Image and their like.

Nobody imports this but who uses it. Every value that ends in an HTML attribute is escaped.
"""

from .contents import (
    HTML,
    JSON,
    SVG,
    DisplayObject,
    GeoJSON,
    Javascript,
    Latex,
    Markdown,
    Math,
    Pretty,
    TextDisplayObject,
)
from .files import FileLink, FileLinks
from .media import Audio, Video
from .pages import IFrame, ScribdDocument, VimeoVideo, YouTubeVideo
from .pictures import Image
from .programs import Code
from .progress import ProgressBar

__all__ = [
    "HTML",
    "JSON",
    "SVG",
    "Audio",
    "Code",
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
]
