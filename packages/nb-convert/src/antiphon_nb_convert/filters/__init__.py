"""The filters of templates: nbconvert's names, and a few of our own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from . import data, text

FILTERS: Mapping[str, Callable[..., Any]] = {
    "add_prompts": text.add_prompts,
    "ascii_only": text.ascii_only,
    "citation2latex": text.citation2latex,
    "comment_lines": text.comment_lines,
    "escape_html": text.escape_html,
    "escape_html_keep_quotes": text.escape_html_keep_quotes,
    "escape_html_script": text.escape_html_script,
    "escape_latex": text.escape_latex,
    "get_lines": text.get_lines,
    "get_metadata": data.get_metadata,
    "html2text": text.html2text,
    "indent": text.indent,
    "json_dumps": text.json_dumps,
    "path2url": text.path2url,
    "posix_path": text.posix_path,
    "prevent_list_blocks": text.prevent_list_blocks,
    "strip_dollars": text.strip_dollars,
    "strip_files_prefix": text.strip_files_prefix,
    "strip_trailing_newline": text.strip_trailing_newline,
    "text_base64": text.text_base64,
    "wrap_text": text.wrap_text,
}
LATEX_FILTERS: Mapping[str, Callable[..., Any]] = {}
