"""Exporters that a Jinja template writes: what the template sees, and its run."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from ..conversion import Conversion
from ..errors import NoSuchTemplate, TemplateError
from ..notebook import language
from ..settings import Options
from ..template import Template, find, read_file, render
from .exporter import Exporter, Result

if TYPE_CHECKING:
    from ..rendering import Rendering


def make_templated(conversion: Conversion, exporter: Exporter, options: Options) -> Result:
    """The text that the exporter's template, or the one that the options name, makes of a notebook."""
    template = found_template(exporter, options)
    resources = common_resources(conversion, exporter, options)
    if "Markdown" not in exporter.needs:
        return _rendered(conversion, exporter, options, template, resources)
    from ..filters.page import current_text
    from ..text_rendering import TextRendering

    if exporter.extension == ".tex":
        resources["latex"] = _latex_resources()
    token = current_text.set(TextRendering(conversion, exporter.order))
    try:
        return _rendered(conversion, exporter, options, template, resources)
    finally:
        current_text.reset(token)


def _latex_resources() -> dict[str, str]:
    from ..ansi import latex_colours
    from ..highlighting import latex_definitions

    return {"pygments_definitions": latex_definitions(), "ansi_colours": latex_colours()}


def make_html(
    conversion: Conversion, exporter: Exporter, options: Options, more: Mapping[str, Any] | None = None
) -> Result:
    """As `make_templated`, with what pages need: styles, contents, Markdown made before; and `more` resources."""
    from ..filters.page import current
    from ..page_repair import repaired
    from ..rendering import Rendering
    from ..sanitizing import sanitize

    template = found_template(exporter, options)
    clean = partial(sanitize, policy=conversion.policy)
    links = conversion.resources.get("rewrite_link")
    rendering = Rendering(
        conversion, options.html, exporter.order, clean, links if callable(links) else lambda url: url
    )
    resources = {
        **common_resources(conversion, exporter, options),
        **html_resources(options, template, rendering),
        **(more or {}),
    }
    token = current.set(rendering)
    try:
        made = _rendered(conversion, exporter, options, template, resources)
    finally:
        current.reset(token)
    return made._replace(content=repaired(str(made.content))) if rendering.is_harmless else made


def found_template(exporter: Exporter, options: Options) -> Template:
    """The template in force. Raises `TemplateError` where it is for another type of result."""
    template = find(options.templates, exporter.template, exporter.template_extension or exporter.extension)
    types = template.conf.get("mimetypes")
    if isinstance(types, dict) and types and not types.get(exporter.mimetype) and options.templates.name:
        wanted = ", ".join(name for name, is_so in types.items() if is_so)
        raise TemplateError(f"template {template.name}: it makes {wanted}, not {exporter.mimetype}")
    return template


def common_resources(conversion: Conversion, exporter: Exporter, options: Options) -> dict[str, Any]:
    """What every template sees beside the notebook."""
    metadata = {"name": conversion.name, "path": "", "modified_date": "", **conversion.resources.get("metadata", {})}
    info = conversion.notebook["metadata"].get("language_info")
    lexer = info.get("pygments_lexer") if isinstance(info, dict) else None
    return {
        "unique_key": conversion.name,
        "output_files_dir": "",
        "outputs": {},
        "attachments": {},
        "inlining": {"css": []},
        "config_dir": "",
        **conversion.resources,
        "metadata": metadata,
        "output_extension": exporter.extension,
        "output_mimetype": exporter.mimetype,
        "raw_mimetypes": list(exporter.raw_mimetypes),
        "global_content_filter": options.shown.content_filter(),
        "language": language(conversion.notebook),
        "lexer": lexer if isinstance(lexer, str) else language(conversion.notebook),
        "should_sanitize_html": not conversion.policy.trusted,
    }


def html_resources(options: Options, template: Template, rendering: Rendering) -> dict[str, Any]:
    """What templates of pages see beyond that."""
    from ..highlighting import css

    html = options.html

    def include_css(name: str) -> str:
        return f"<style>\n{read_file(template, name)}\n</style>"

    def include_js(name: str) -> str:
        return f"<script>\n{read_file(template, name)}\n</script>"

    def include_lab_theme(name: str) -> str:
        raise NoSuchTemplate(f"there is no theme {name!r}; light and dark are there")

    return {
        **html._asdict(),
        "should_not_encode_svg": html.skip_svg_encoding,
        "inlining": {"css": [css(html.theme)]},
        "include_css": include_css,
        "include_css_text": partial(read_file, template),
        "include_js": include_js,
        "include_url": partial(_include_url, template),
        "include_lab_theme": include_lab_theme,
        "contents": [heading._asdict() for heading in rendering.contents] if html.toc else [],
        "content_security_policy": "" if html.cdn or not rendering.is_harmless else CONTENT_SECURITY_POLICY,
    }


CONTENT_SECURITY_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data: 'self' http: https: file:; media-src data: 'self'; "
    "font-src data:; base-uri 'none'; form-action 'none'"
)
"""What a page of a stranger's notebook may do, should anything have come through: show itself."""


def modified(timestamp: float) -> str:
    """A date as templates have it in `resources.metadata.modified_date`: in UTC, so that it is the same everywhere."""
    return datetime.fromtimestamp(timestamp, UTC).strftime("%B %d, %Y")


def _include_url(template: Template, name: str) -> str:
    import base64
    import mimetypes

    kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
    content = base64.b64encode(read_file(template, name).encode()).decode("ascii")
    return f"data:{kind};base64,{content}"


def _rendered(
    conversion: Conversion, exporter: Exporter, options: Options, template: Template, resources: Mapping[str, Any]
) -> Result:
    text = render(
        template,
        {"nb": conversion.notebook, "resources": resources},
        latex=exporter.extension == ".tex",
        raw=options.templates.raw,
    )
    return Result(text, exporter.extension, exporter.mimetype, conversion.files, resources)
