"""Templates: folders of Jinja files with a `conf.json`, found and chained by nbconvert's rules.

A template is a folder; `conf.json` names the one it is based on (`base_template`), the MIME types it is for and the
preprocessors it wants, merged along the chain. Folders of that name are looked for in the base folders given, in
Jupyter's data folders (`nbconvert/templates`), and here: all that are found count, the first file wins. So a folder
written for nbconvert renders here as it is.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from .errors import ConversionError, NoSuchTemplate, TemplateError

if TYPE_CHECKING:
    from jinja2 import BytecodeCache, Environment

    from .settings import Templates

OURS = Path(__file__).parent / "templates"
_LATEX_SIGNS = {
    "block_start_string": "((*",
    "block_end_string": "*))",
    "variable_start_string": "(((",
    "variable_end_string": ")))",
    "comment_start_string": "((=",
    "comment_end_string": "=))",
}


class Template(NamedTuple):
    """A template folder with what it is based on: `paths` to look for files in, `conf`, the `file` to render."""

    name: str
    file: str
    paths: tuple[str, ...]
    conf: Mapping[str, Any]


def find(settings: Templates, default: str, extension: str) -> Template:
    """The template of these settings. Raises `NoSuchTemplate`, `TemplateError` (a broken conf.json)."""
    name = settings.name or default
    if not settings.name and not settings.file:  # a folder that merely lies here is not taken for what nobody named
        settings = settings._replace(basedirs=())
    file = settings.file or f"index{extension}.j2"
    if settings.file and os.path.dirname(settings.file) and not settings.name:
        folder = os.path.dirname(os.path.abspath(settings.file))
        file = os.path.basename(settings.file)
        settings = settings._replace(paths=(folder, *settings.paths))
    chain, conf = _chain(name, settings)
    roots = [str(root) for root in _roots(settings)]
    paths = [*settings.paths, *chain, *roots, *(os.path.join(root, "compatibility") for root in roots)]
    if settings.file and not settings.name:  # what it extends may look for a neighbour: nbconvert's are those of lab
        paths.append(str(OURS / "lab"))
    return Template(name, file, tuple(dict.fromkeys(paths)), conf)


def names() -> list[str]:
    """The templates that could be named, ours and those of Jupyter's data folders."""
    from .settings import Templates

    found = {path.name for root in _roots(Templates(basedirs=())) for path in _folders(root)}
    return sorted(found - {"base", "compatibility"})


def environment(template: Template, latex: bool = False) -> Environment:
    """Jinja's environment for a template; one for each list of folders."""
    return _environment(template.paths, latex)


@cache
def _environment(paths: tuple[str, ...], latex: bool) -> Environment:
    from jinja2 import Environment, FileSystemLoader

    from .filters import FILTERS, LATEX_FILTERS

    made = Environment(
        loader=FileSystemLoader(paths),
        bytecode_cache=_bytecode_cache(),
        extensions=["jinja2.ext.loopcontrols", "jinja2.ext.do"],
        autoescape=False,
        **(_LATEX_SIGNS if latex else {}),  # type: ignore[arg-type]
    )
    made.filters.update(FILTERS)
    if latex:
        made.filters.update(LATEX_FILTERS)
    return made


def _bytecode_cache() -> BytecodeCache | None:
    """Compiled templates, in a folder of the user's own below the system's temporary one: a third of a small page's
    time. None where there is no such folder that nobody else could write to."""
    from jinja2 import FileSystemBytecodeCache

    try:
        return FileSystemBytecodeCache(pattern="antiphon_%s.cache")
    except (RuntimeError, OSError):
        return None


def render(template: Template, variables: Mapping[str, Any], *, latex: bool = False, raw: str = "") -> str:
    """The text that a template (or the text `raw` of one) makes. Raises `NoSuchTemplate`, `TemplateError`."""
    from jinja2 import TemplateError as JinjaError
    from jinja2 import TemplateNotFound, TemplateSyntaxError

    made = environment(template, latex)
    try:
        found = made.from_string(raw) if raw else made.get_template(template.file)
        return found.render(variables)
    except TemplateNotFound as error:
        raise NoSuchTemplate(f"template {template.name}: there is no file {error.name!r} in it") from None
    except TemplateSyntaxError as error:
        where = f"{error.name or template.file}, line {error.lineno}"
        raise TemplateError(f"template {template.name}: {where}: {error.message}") from None
    except ConversionError:
        raise
    except Exception as error:  # a template is somebody's program
        said = error.message if isinstance(error, JinjaError) and error.message else f"{type(error).__name__}: {error}"
        raise TemplateError(f"template {template.name}: {_place(error)}{said}") from error


def _place(error: BaseException) -> str:
    """File and line of a template where it happened; empty where no template's line is to blame."""
    from traceback import extract_tb

    lines = [frame for frame in extract_tb(error.__traceback__) if frame.filename.endswith((".j2", ".tpl"))]
    return f"{os.path.basename(lines[-1].filename)}, line {lines[-1].lineno}: " if lines else ""


def read_file(template: Template, name: str) -> str:
    """A text file of the template's folders. Raises `NoSuchTemplate`."""
    from jinja2 import TemplateNotFound

    made = environment(template)
    for candidate in (name, f"static/{name}"):
        try:
            assert made.loader is not None
            return made.loader.get_source(made, candidate)[0]
        except TemplateNotFound:
            continue
    raise NoSuchTemplate(f"template {template.name}: there is no file {name!r} in it")


# -- finding -----------------------------------------------------------------------------------------------------------


def _chain(name: str, settings: Templates) -> tuple[list[str], dict[str, Any]]:
    """The folders of a template and of those it is based on, and their merged conf."""
    folders: list[str] = []
    confs: list[dict[str, Any]] = []
    seen: list[str] = []
    wanted = name
    while wanted:
        if wanted in seen:
            raise TemplateError(f"template {name}: based on itself ({' -> '.join([*seen, wanted])})")
        seen.append(wanted)
        found = list(_named(wanted, settings))
        if not found:
            close = _close(wanted)
            raise NoSuchTemplate(f"there is no template {wanted!r}{close}; `--template` takes a name or a folder")
        folders += [str(folder) for folder in found]
        own: dict[str, Any] = {}
        for folder in reversed(found):
            _merge(own, _conf(folder))
        confs.append(own)
        wanted = str(own.get("base_template", "" if wanted == "base" else "base") or "")
    if "base" not in seen:
        folders.append(str(OURS / "base"))
    merged: dict[str, Any] = {}
    for conf in reversed(confs):
        _merge(merged, conf)
    return folders, merged


def _roots(settings: Templates) -> Iterator[Path]:
    """The folders that hold template folders."""
    for basedir in settings.basedirs:
        yield Path(basedir or os.getcwd())
    for path in _jupyter_path():
        yield Path(path)
    yield OURS


def _named(name: str, settings: Templates) -> Iterator[Path]:
    if os.sep in name or name.startswith("."):
        if Path(name).is_dir():
            yield Path(name).resolve()
        return
    for root in _roots(settings):
        if (root / name).is_dir() and _is_template(root / name, root):
            yield root / name


def _is_template(folder: Path, root: Path) -> bool:
    """Where we stand there may be folders of any name: there, a template is one that has a template's files."""
    return root == OURS or (folder / "conf.json").exists() or any(folder.glob("*.j2")) or any(folder.glob("*.tpl"))


def _folders(root: Path) -> list[Path]:
    try:
        return [path for path in root.iterdir() if path.is_dir()]
    except OSError:
        return []


@cache
def _jupyter_path() -> tuple[str, ...]:
    from jupyter_core.paths import jupyter_path

    return tuple(jupyter_path("nbconvert", "templates"))


def _conf(folder: Path) -> dict[str, Any]:
    path = folder / "conf.json"
    try:
        loaded = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise TemplateError(f"{path}: {error}") from None
    if not isinstance(loaded, dict):
        raise TemplateError(f"{path}: not an object")
    return loaded


def _merge(into: dict[str, Any], other: Mapping[str, Any]) -> None:
    for key, value in other.items():
        if isinstance(value, dict) and isinstance(into.get(key), dict):
            _merge(into[key], value)
        else:
            into[key] = dict(value) if isinstance(value, dict) else value


def _close(name: str) -> str:
    from difflib import get_close_matches

    close = get_close_matches(name, names(), 1)
    return f" (did you mean {close[0]!r}?)" if close else ""
