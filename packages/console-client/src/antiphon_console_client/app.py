"""The traitlets face of the settings: what config files and `--Class.trait=value` say to a terminal.

`TerminalInteractiveShell` carries the names that IPython's and jupyter_console's users have in their files; `Console`
those of our own. A mistake costs the setting it is in, and is told in a line.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from traceback import extract_tb
from typing import Any, ClassVar

from traitlets import Any as AnyTrait
from traitlets import Bool, CaselessStrEnum, Dict, Float, Integer, List, TraitError, Unicode, observe
from traitlets.config import Config, Configurable
from traitlets.config.loader import (
    DeferredConfig,
    DeferredConfigString,
    JSONFileConfigLoader,
    LazyConfigValue,
    PyFileConfigLoader,
)

from .settings import Settings

_DEFAULTS = Settings()


class Face(Configurable):
    """A group of settings. `fields` maps a trait to its field of `Settings`."""

    fields: ClassVar[dict[str, str]] = {}

    def changes(self) -> dict[str, Any]:
        """The fields that were set here."""
        return {field: _frozen(self._trait_values[trait]) for trait, field in self._was_set()}

    def _was_set(self) -> Iterator[tuple[str, str]]:
        own = getattr(self, "was_set", ())
        return ((trait, field) for trait, field in self.fields.items() if trait in own)


def _frozen(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


class TerminalInteractiveShell(Face):
    """The terminal, by the names of IPython and jupyter_console."""

    fields: ClassVar[dict[str, str]] = {
        "auto_match": "auto_match",
        "confirm_exit": "confirm_exit",
        "display_completions": "completions",
        "editing_mode": "editing_mode",
        "editor": "editor",
        "enable_history_search": "history_search",
        "extra_open_editor_shortcuts": "editor_shortcuts",
        "highlight_matching_brackets": "brackets",
        "highlighting_style": "code_style",
        "highlighting_style_overrides": "code_overrides",
        "history_load_length": "history_length",
        "image_handler": "image_handler",
        "stream_image_handler": "image_stream",
        "tempfile_image_handler": "image_tempfile",
        "callable_image_handler": "image_function",
        "include_other_output": "others",
        "other_output_prefix": "other_prefix",
        "mime_preference": "mime_preference",
        "modal_cursor": "modal_cursor",
        "mouse_support": "mouse",
        "prompt_includes_vi_mode": "shows_mode",
        "simple_prompt": "simple",
        "space_for_menu": "menu_rows",
        "timeoutlen": "key_seconds",
        "ttimeoutlen": "escape_seconds",
        "true_color": "true_color",
    }
    auto_match = Bool(False, help="Whether a bracket or quote is closed as it is opened.").tag(config=True)
    confirm_exit = Bool(True, help="Whether Ctrl-D asks before it leaves.").tag(config=True)
    display_completions = CaselessStrEnum(
        ["multicolumn", "column", "readlinelike"], default_value="multicolumn", help="How completions are listed."
    ).tag(config=True)
    editing_mode = CaselessStrEnum(["emacs", "vi"], default_value="emacs", help="The keys.").tag(config=True)
    editor = Unicode("", help="What %edit and F2 open; empty: $VISUAL, $EDITOR, vi.").tag(config=True)
    enable_history_search = Bool(True, help="Whether Up looks for cells that begin as the line does.").tag(config=True)
    extra_open_editor_shortcuts = Bool(False, help="Whether vi's v opens the editor.").tag(config=True)
    highlight_matching_brackets = Bool(True, help="Whether the bracket that matches is marked.").tag(config=True)
    highlighting_style = AnyTrait("", help="A style of Pygments', by name; empty is the theme's.").tag(config=True)
    highlighting_style_overrides = Dict(help="Styles of single tokens.").tag(config=True)
    history_load_length = Integer(1000, min=0, help="How many earlier cells are offered.").tag(config=True)
    image_handler = CaselessStrEnum(
        ["", "PIL", "stream", "tempfile", "callable", "none"],
        default_value="",
        help="Who shows images; empty is the terminal itself, where it can.",
    ).tag(config=True)
    stream_image_handler = List(Unicode(), help="A command that reads an image, in words.").tag(config=True)
    tempfile_image_handler = List(Unicode(), help="A command that is given an image's {file}.").tag(config=True)
    callable_image_handler = AnyTrait(None, allow_none=True, help="A function of the data.").tag(config=True)
    include_other_output = Bool(True, help="Whether what other clients do is shown.").tag(config=True)
    other_output_prefix = Unicode("Remote ", help="What stands before what others do.").tag(config=True)
    mime_preference = List(Unicode(), help="MIME types, what is shown rather first.").tag(config=True)
    modal_cursor = Bool(True, help="Whether vi's mode is seen in the cursor.").tag(config=True)
    mouse_support = Bool(False, help="Whether the mouse moves the cursor.").tag(config=True)
    prompt_includes_vi_mode = Bool(True, help="Whether vi's mode stands in the prompt.").tag(config=True)
    simple_prompt = Bool(False, help="A prompt of plain lines.").tag(config=True)
    space_for_menu = Integer(6, min=0, help="Rows kept free for completions.").tag(config=True)
    timeoutlen = Float(0.5, min=0, help="Seconds that a key waits for those that may follow.").tag(config=True)
    ttimeoutlen = Float(0.01, min=0, help="Seconds that Escape waits.").tag(config=True)
    true_color = Bool(False, help="Whether code has 24-bit colours.").tag(config=True)

    autosuggestions_provider = AnyTrait(
        "NavigableAutoSuggestFromHistory", allow_none=True, help="None shows no suggestions from the history."
    ).tag(config=True)
    colors = AnyTrait("neutral", help="nocolor, linux (dark), lightbg, or another: by the terminal.").tag(config=True)
    term_title = Bool(True, help="Whether the window gets a title.").tag(config=True)
    term_title_format = Unicode("", help="That title; {cwd} is the folder.").tag(config=True)
    banner1 = Unicode("", help="Words at the start; an empty text is none.").tag(config=True)
    display_banner = Bool(True, help="Whether there are words at the start.").tag(config=True)

    @observe("highlighting_style")
    def _style_named(self, change: Any) -> None:
        if isinstance(change["new"], str) and change["new"]:
            from pygments.styles import get_all_styles

            known = sorted(get_all_styles())
            if change["new"] not in known:
                near = get_close_matches(change["new"], known, 1)
                meant = f"; did you mean {near[0]}?" if near else f"; there are {', '.join(known)}"
                raise TraitError(f"expected a style of Pygments'{meant}")

    @observe("term_title_format")
    def _format_given(self, change: Any) -> None:
        try:
            change["new"].format(cwd="")
        except (LookupError, ValueError) as error:
            raise TraitError(f"expected a format of {{cwd}}: {type(error).__name__} {error}") from None

    @observe("autosuggestions_provider")
    def _provider_named(self, change: Any) -> None:
        known = (None, "AutoSuggestFromHistory", "NavigableAutoSuggestFromHistory")
        if change["new"] not in known:
            raise TraitError(f"expected any of {list(known)}")

    def changes(self) -> dict[str, Any]:
        """See `Face`."""
        found = super().changes()
        own = getattr(self, "was_set", ())
        if "autosuggestions_provider" in own:
            found["suggestions"] = self.autosuggestions_provider is not None
        if "colors" in own:
            found["theme"] = {"nocolor": "none", "linux": "dark", "lightbg": "light"}.get(
                str(self.colors).lower(), "auto"
            )
        if "term_title_format" in own:
            found["title"] = self.term_title_format
        if "term_title" in own and not self.term_title:
            found["title"] = ""
        if ("banner1" in own and not self.banner1) or ("display_banner" in own and not self.display_banner):
            found["banner"] = False
        return found


class Console(Face):
    """The terminal, by names of our own."""

    fields: ClassVar[dict[str, str]] = {
        "complete_while_typing": "complete_while_typing",
        "patience": "patience",
        "signatures": "signatures",
        "suggestions": "suggestions",
        "theme": "theme",
    }
    complete_while_typing = Bool(False, help="Whether completions are listed while you type.").tag(config=True)
    patience = Float(0.2, min=0, help="Seconds until the prompt of a kernel's console comes back.").tag(config=True)
    signatures = Bool(True, help="Whether a call shows what it takes.").tag(config=True)
    suggestions = Bool(True, help="Whether the history is suggested in grey.").tag(config=True)
    theme = CaselessStrEnum(["auto", "dark", "light", "none"], default_value="auto", help="Colours.").tag(config=True)


_NAMES = {
    "TerminalInteractiveShell": TerminalInteractiveShell,
    "ZMQTerminalInteractiveShell": TerminalInteractiveShell,
    "InteractiveShell": TerminalInteractiveShell,
    "InteractiveShellApp": TerminalInteractiveShell,
    "Console": Console,
}
_NEEDS = {
    "stream": "stream_image_handler",
    "tempfile": "tempfile_image_handler",
    "callable": "callable_image_handler",
}
_WITHOUT_EFFECT = (
    "autoformatter",
    "banner",
    "emacs_bindings_in_vi_insert_mode",
    "handle_return",
    "kernel_is_complete_timeout",
    "kernel_timeout",
    "prompt_line_number_format",
    "prompts_class",
    "shortcuts",
    "use_kernel_is_complete",
)


def changes(
    sections: Mapping[str, Mapping[str, Any]], *, strict: Sequence[str] = ()
) -> tuple[dict[str, Any], list[str]]:
    """The fields of `Settings` that config sections ask for, and a line for each setting that cannot be used.

    Names that a section has for others are passed over, but in the sections that `strict` names: there they are told.
    """
    found: dict[str, Any] = {}
    said: list[str] = []
    for name, kind in _NAMES.items():
        made: Any = kind()
        made.was_set = set()
        for trait, value in sections.get(name, {}).items():
            if trait in _WITHOUT_EFFECT:
                continue
            if not made.has_trait(trait):
                if name in strict:
                    near = get_close_matches(trait, made.trait_names(config=True), 1)
                    said.append(f"{name} has no setting {trait!r}" + (f"; did you mean {near[0]}?" if near else ""))
                continue
            try:
                setattr(made, trait, _resolved(made, trait, value))
                made.was_set.add(trait)
            except (TraitError, ValueError) as error:
                shown = str(value) if isinstance(value, DeferredConfig) else repr(value)
                text = " ".join(str(error).split())
                said.append(f"{name}.{trait} = {shown}: expected {text.partition('expected ')[2] or text}")
        found.update(made.changes())
    handler = found.get("image_handler", "")
    if handler in _NEEDS and not found.get(TerminalInteractiveShell.fields[_NEEDS[handler]]):
        said.append(f"TerminalInteractiveShell.image_handler = {handler!r} needs {_NEEDS[handler]}")
        del found["image_handler"]
    return found, said


def _resolved(owner: Any, name: str, value: Any) -> Any:
    """A value as it is set; `c.Class.trait.append(…)` changes what is there."""
    if isinstance(value, LazyConfigValue):
        return value.get_value(getattr(owner, name))
    if isinstance(value, DeferredConfig):
        return value.get_value(owner.traits()[name])
    return value


def read(paths: Sequence[str], wanted: str = "") -> tuple[dict[str, dict[str, Any]], list[str]]:
    """The sections of config files (what counts more last), and a line for each that is broken.

    Raises ValueError where `wanted`, which is read last, cannot be used.
    """
    config, said = Config(), []
    for path in [*paths, *([wanted] if wanted else [])]:
        loader: Any = (JSONFileConfigLoader if path.endswith(".json") else PyFileConfigLoader)(
            os.path.basename(path), os.path.dirname(os.path.abspath(path))
        )
        try:
            config.merge(loader.load_config())
        except Exception as error:  # a config file is a program of the user's
            reason = error.msg if isinstance(error, SyntaxError) else f"{type(error).__name__}: {error}"
            line = f"config file {path}{_where(error, os.path.abspath(path))}: {reason}".splitlines()[0]
            if path == wanted:
                raise ValueError(line) from None
            said.append(line)
    return {name: dict(section) for name, section in config.items() if isinstance(section, Config)}, said


def flags(words: Sequence[str], of_others: Sequence[str] = ()) -> dict[str, dict[str, Any]]:
    """`--Class.trait=value` words as sections; those of the classes `of_others` are passed over.

    Raises ValueError for a word that sets nothing.
    """
    found: dict[str, dict[str, Any]] = {}
    for word in words:
        name, equals, value = word.removeprefix("--").partition("=")
        owner, _, trait = name.partition(".")
        if not equals or not trait.isidentifier():
            raise ValueError(f"{word} is no setting: --Class.trait=value")
        if owner in _NAMES:
            found.setdefault(owner, {})[trait] = DeferredConfigString(value)
        elif owner not in of_others:
            near = get_close_matches(owner, [*_NAMES, *of_others], 1)
            raise ValueError(f"{word}: there is no {owner!r} to set" + (f"; did you mean {near[0]}?" if near else ""))
    strict = ("Console", *(() if of_others else ("TerminalInteractiveShell", "ZMQTerminalInteractiveShell")))
    for mistake in changes(found, strict=strict)[1]:
        raise ValueError(mistake)
    return found


def described() -> str:
    """All that can be set, a line each."""
    rows = []
    for kind in (Console, TerminalInteractiveShell):
        for name, trait in sorted(kind.class_traits(config=True).items()):
            values = getattr(trait, "values", None)
            choices = f" ({', '.join(map(repr, values))})" if values else ""
            rows.append(f"  {kind.__name__}.{name} = {trait.default()!r}{choices}\n      {trait.help}")
    return "\n".join(rows)


def _where(error: BaseException, path: str) -> str:
    if isinstance(error, SyntaxError) and error.lineno:
        return f", line {error.lineno}"
    lines = [frame.lineno for frame in extract_tb(error.__traceback__) if frame.filename == path]
    return f", line {lines[-1]}" if lines else ""
