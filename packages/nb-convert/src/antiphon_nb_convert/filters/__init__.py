"""The filters of templates: nbconvert's names, and a few of our own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from .. import media
from . import code, markup, references, text

FILTERS: Mapping[str, Callable[..., Any]] = {
    "add_anchor": references.add_anchor,
    "add_prompts": text.add_prompts,
    "ansi2html": markup.ansi2html,
    "ansi2latex": markup.ansi2latex,
    "ascii_only": text.ascii_only,
    "asciidoc_block": code.asciidoc_block,
    "asciidoc_picture": markup.asciidoc_picture,
    "citation2latex": text.citation2latex,
    "clean_html": markup.clean_html,
    "comment_lines": text.comment_lines,
    "convert_explicitly_relative_paths": references.convert_explicitly_relative_paths,
    "convert_pandoc": markup.convert_pandoc,
    "escape_html": text.escape_html,
    "escape_html_keep_quotes": text.escape_html_keep_quotes,
    "escape_html_script": text.escape_html_script,
    "escape_latex": text.escape_latex,
    "fenced": code.fenced,
    "filter_data_type": markup.filter_data_type,
    "get_lines": text.get_lines,
    "get_metadata": media.get_metadata,
    "highlight2html": markup.highlight2html,
    "highlight2latex": markup.highlight_code_latex,
    "highlight_code": markup.highlight_code,
    "html2asciidoc": markup.html2asciidoc,
    "html2latex": markup.html2latex,
    "html2markdown": markup.html2markdown,
    "html2rst": markup.html2rst,
    "html2text": text.html2text,
    "indent": text.indent,
    "ipython2python": code.ipython2python,
    "json_dumps": text.json_dumps,
    "latex_verbatim": markup.latex_verbatim,
    "markdown2asciidoc": markup.markdown2asciidoc,
    "markdown2html": markup.markdown2html,
    "markdown2latex": markup.markdown2latex,
    "markdown2rst": markup.markdown2rst,
    "markdown_picture": markup.markdown_picture,
    "other_data": markup.other_data,
    "path2url": text.path2url,
    "picture": markup.picture,
    "posix_path": text.posix_path,
    "prevent_list_blocks": text.prevent_list_blocks,
    "resolve_references": references.resolve_references,
    "rst_picture": markup.rst_picture,
    "strip_ansi": markup.strip_ansi,
    "strip_dollars": text.strip_dollars,
    "strip_files_prefix": text.strip_files_prefix,
    "strip_trailing_newline": text.strip_trailing_newline,
    "text_base64": text.text_base64,
    "wrap_text": text.wrap_text,
}
LATEX_FILTERS: Mapping[str, Callable[..., Any]] = {
    "highlight_code": markup.highlight_code_latex,
    "latex_formula": markup.markdown2latex,
}
"""What is another in templates of LaTeX."""
