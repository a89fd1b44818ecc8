"""Display classes for media and files."""

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

__all__ = ["Audio", "Code", "FileLink", "FileLinks", "IFrame", "ScribdDocument", "VimeoVideo", "YouTubeVideo"]
