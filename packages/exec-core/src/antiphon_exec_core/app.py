"""The traitlets face of the settings: config files, `--Class.trait=value` flags and `%config`.

The classes carry the names and traits that people's configuration files already use; each trait names the field of
`Settings` that it stands for. The only module here that imports traitlets.
"""

from __future__ import annotations

import ast
import os
from collections.abc import Iterable, Mapping, Sequence
from copy import deepcopy
from difflib import get_close_matches
from traceback import extract_tb
from typing import Any, ClassVar

from traitlets import (
    Bool,
    CaselessStrEnum,
    Dict,
    Enum,
    Float,
    Integer,
    List,
    TraitError,
    TraitType,
    Tuple,
    Unicode,
    Union,
    observe,
)
from traitlets.config import Application, Configurable
from traitlets.config.loader import (
    Config,
    ConfigError,
    DeferredConfig,
    JSONFileConfigLoader,
    LazyConfigValue,
    PyFileConfigLoader,
)

from .errors import UsageError
from .profile import DEFAULT, history_file
from .settings import LiveSettings, Settings
from .startup import Startup

_DEFAULTS = Settings()


class Face(Configurable):
    """A group of settings. `fields` maps each trait to its field of `Settings`; `base` is what `%config` says it is."""

    fields: ClassVar[dict[str, str]] = {}
    base: ClassVar[str] = "Configurable"

    def changes(self) -> dict[str, Any]:
        """The fields as they are set here."""
        return {field: _frozen(getattr(self, trait)) for trait, field in self.fields.items()}

    def follow(self, live: LiveSettings) -> None:
        """Take over the settings in force and pass on every later change of a trait."""
        self._take(live.current)
        live.listeners.append(self._take)
        self._live = live
        self.observe(self._pass_on, names=list(self.fields))

    def _take(self, settings: Settings) -> None:
        for trait, field in self.fields.items():
            value = getattr(settings, field)
            if _frozen(getattr(self, trait)) != value:
                self.set_trait(trait, list(value) if isinstance(value, tuple) else value)

    def _pass_on(self, change: Any) -> None:
        field, value = self.fields[change["name"]], _frozen(change["new"])
        if getattr(self._live.current, field) != value:
            self._live.change(**{field: value})


def _frozen(value: Any) -> Any:
    """A trait's value as settings keep it: lists are tuples there."""
    return tuple(value) if isinstance(value, list) else value


class InteractiveShell(Face):
    """How cells run and how errors look."""

    base = "SingletonConfigurable"

    fields: ClassVar[dict[str, str]] = {
        "ast_node_interactivity": "ast_node_interactivity",
        "automagic": "automagic",
        "autocall": "autocall",
        "autoawait": "autoawait",
        "loop_runner": "loop_runner",
        "cache_size": "cache_size",
        "cache_bytes": "cache_bytes",
        "colour": "colour",
        "colors": "theme",
        "xmode": "xmode",
        "context_lines": "context_lines",
        "pdb": "pdb",
        "release_frames": "release_frames",
        "system_raise_on_error": "system_raise_on_error",
    }
    ast_node_interactivity = Enum(
        ["all", "last", "last_expr", "none", "last_expr_or_assign"],
        default_value=_DEFAULTS.ast_node_interactivity,
        help="Which top-level expressions of a cell show their value.",
    ).tag(config=True)
    automagic = Bool(_DEFAULTS.automagic, help="Whether magics may be called without the leading %.").tag(config=True)
    autocall = Enum(
        [0, 1, 2],
        default_value=_DEFAULTS.autocall,
        help="Whether `f x` means `f(x)`: 0 never, 1 where there are arguments, 2 always.",
    ).tag(config=True)
    autoawait = Bool(_DEFAULTS.autoawait, help="Whether await may stand outside of functions.").tag(config=True)
    loop_runner = Unicode(
        _DEFAULTS.loop_runner, help="What runs awaiting cells: asyncio, trio, sync, or the dotted path of a function."
    ).tag(config=True)
    cache_size = Integer(_DEFAULTS.cache_size, help="How many results Out keeps; 0 keeps none.").tag(config=True)
    cache_bytes = Integer(
        _DEFAULTS.cache_bytes,
        help="How many bytes the results in Out may hold together; beyond that the oldest are let go. 0: any number.",
    ).tag(config=True)
    colour = Bool(_DEFAULTS.colour, help="Whether errors and sources are coloured.").tag(config=True)
    colors = CaselessStrEnum(
        ["nocolor", "linux", "neutral", "neutral:nt", "neutral:posix", "lightbg", "pride", "pride:l", "gruvbox-dark"],
        default_value=_DEFAULTS.theme,
        help="Which colours; nocolor is none. They are the terminal's own sixteen in all others.",
    ).tag(config=True)
    xmode = CaselessStrEnum(
        ["Context", "Plain", "Verbose", "Minimal", "Docs", "Doctest"],
        default_value=_DEFAULTS.xmode,
        help="How errors are shown.",
    ).tag(config=True)
    context_lines = Integer(_DEFAULTS.context_lines, help="Lines of source shown around each frame.").tag(config=True)
    pdb = Bool(_DEFAULTS.pdb, help="Whether the debugger opens by itself after an error.").tag(config=True)
    release_frames = Bool(
        _DEFAULTS.release_frames,
        help="Whether the last error's frames, and what they hold, are released when a cell succeeds after it.",
    ).tag(config=True)
    system_raise_on_error = Bool(
        _DEFAULTS.system_raise_on_error, help="Whether a `!command` that fails raises CalledProcessError."
    ).tag(config=True)


class HistoryManager(Face):
    """What is remembered of earlier sessions."""

    base = "HistoryAccessor"

    fields: ClassVar[dict[str, str]] = {
        "enabled": "history_enabled",
        "hist_file": "history_file",
        "db_log_output": "history_outputs",
    }
    enabled = Bool(_DEFAULTS.history_enabled, help="Whether history is written to a file.").tag(config=True)
    hist_file = Unicode(_DEFAULTS.history_file, help="The SQLite file; empty is the profile's, :memory: is none.").tag(
        config=True
    )
    db_log_output = Bool(_DEFAULTS.history_outputs, help="Whether outputs are written too.").tag(config=True)


class IPCompleter(Face):
    """What completion offers."""

    base = "Completer"

    fields: ClassVar[dict[str, str]] = {
        "omit__names": "omit_names",
        "auto_close_dict_keys": "autoclose_dict_keys",
        "deadline": "completion_deadline",
        "evaluation": "evaluation",
        "disable_matchers": "disabled_sources",
        "suppress_competing_matchers": "suppress_others",
        "backslash_combining_completions": "symbol_names",
    }
    evaluation = Enum(
        ["forbidden", "minimal", "limited", "unsafe", "dangerous"],
        default_value=_DEFAULTS.evaluation,
        help="How far the expression before the cursor is followed: not at all, literals and builtins, everything that"
        " can be looked up without running code, or (unsafe, dangerous) by running it.",
    ).tag(config=True)
    disable_matchers = List(
        Unicode(), help="Sources that are not asked, by name; `get_ipython().Completer.matchers` lists them."
    ).tag(config=True)
    suppress_competing_matchers = Union(
        [Bool(allow_none=True), Dict(value_trait=Bool(allow_none=True), key_trait=Unicode())],
        default_value=_DEFAULTS.suppress_others,
        allow_none=True,
        help="Whether the first source that finds something silences the others; None is as each says itself; a"
        " dictionary decides by their names.",
    ).tag(config=True)
    backslash_combining_completions = Bool(
        _DEFAULTS.symbol_names, help="Whether \\alpha and Unicode names become characters."
    ).tag(config=True)
    use_jedi = Bool(False, help="Accepted and without effect: completion goes by the live objects.").tag(config=True)
    greedy = Bool(False, help="The former name of evaluation = 'unsafe'.").tag(config=True)
    omit__names = Enum(
        [0, 1, 2],
        default_value=_DEFAULTS.omit_names,
        help="Before an underscore is typed: 0 shows all names, 1 hides __names__, 2 hides _names.",
    ).tag(config=True)
    auto_close_dict_keys = Bool(
        _DEFAULTS.autoclose_dict_keys, help="Whether a completed dictionary key is closed with its quote and bracket."
    ).tag(config=True)
    deadline = Float(_DEFAULTS.completion_deadline, help="Seconds after which what was found is shown.").tag(
        config=True
    )

    def changes(self) -> dict[str, Any]:
        return {**super().changes(), **({"evaluation": "unsafe"} if self.greedy else {})}

    @observe("greedy")
    def _greedy_changed(self, change: Any) -> None:
        self.evaluation = "unsafe" if change["new"] else "limited"


class PlainTextFormatter(Face):
    """How values are written as text."""

    base = "BaseFormatter"

    fields: ClassVar[dict[str, str]] = {
        "pprint": "pretty_print",
        "max_seq_length": "max_seq_length",
        "float_precision": "float_precision",
    }
    pprint = Bool(_DEFAULTS.pretty_print, help="Whether long values are laid out on several lines.").tag(config=True)
    max_seq_length = Integer(_DEFAULTS.max_seq_length, help="Elements shown of a long sequence; 0 is all.").tag(
        config=True
    )
    float_precision = Unicode(_DEFAULTS.float_precision, help="Format of floats, as '%.3f'.").tag(config=True)


FACES: tuple[type[Face], ...] = (HistoryManager, IPCompleter, InteractiveShell, PlainTextFormatter)
_OTHER_NAMES = {
    "TerminalInteractiveShell": "InteractiveShell",
    "ZMQInteractiveShell": "InteractiveShell",
    "Completer": "IPCompleter",
    "HistoryAccessor": "HistoryManager",
    "TerminalIPythonApp": "InteractiveShellApp",
    "IPKernelApp": "InteractiveShellApp",
}


_OF_OTHERS = {
    "HistoryManager": "connection_options db_cache_size",
    "IPCompleter": """auto_import_method debug jedi_compute_type_timeout merge_completions policy_overrides
        profile_completions profiler_output_dir""",
    "InteractiveShell": """ast_transformers auto_match autoformatter autoindent autosuggestions_provider banner1 banner2
        confirm_exit debug debugger_history_file display_completions display_page editing_mode editor
        emacs_bindings_in_vi_insert_mode enable_history_search enable_html_pager enable_tip
        extra_open_editor_shortcuts handle_return highlight_matching_brackets highlighting_style
        highlighting_style_overrides history_length history_load_length inspector_class ipython_dir
        llm_constructor_kwargs llm_prefix_from_history llm_provider_class logappend logfile logstart mime_renderers
        min_elide modal_cursor mouse_support object_info_string_level prompt_includes_vi_mode
        prompt_line_number_format prompts_class quiet separate_in separate_out separate_out2 shortcuts
        show_rewritten_input simple_prompt space_for_menu sphinxify_docstring term_title term_title_format timeoutlen
        true_color ttimeoutlen warn_venv wildcards_case_sensitive""",
    "InteractiveShellApp": """code_to_run file_to_run force_interact hide_initial_ns ignore_cwd
        display_banner interact log_level module_to_run pylab pylab_import_all quick
        reraise_ipython_extension_failures exec_PYTHONSTARTUP""",
    "PlainTextFormatter": "deferred_printers max_width newline singleton_printers type_printers verbose",
}
"""Traits of IPython's that are not read here, by the name of our class: a terminal may, or they have no effect."""


class InteractiveShellApp(Configurable):
    """What runs before the first cell."""

    extensions = List(Unicode(), help="Extensions to load, by module name.").tag(config=True)
    exec_files = List(Unicode(), help="Files to run.").tag(config=True)
    exec_lines = List(Unicode(), help="Lines to run.").tag(config=True)
    extra_extensions = List(Unicode(), help="Further extensions.").tag(config=True)
    gui = Unicode(None, allow_none=True, help="A toolkit, as %gui takes it.").tag(config=True)
    matplotlib = Unicode(None, allow_none=True, help="Where figures go, as %matplotlib takes it.").tag(config=True)


class StoreMagics(Configurable):
    """What `%store` keeps."""

    autorestore = Bool(False, help="Bring back what was stored at the start of each session.").tag(config=True)


class AliasManager(Configurable):
    """Shell commands by a name of their own."""

    user_aliases = List(Tuple(Unicode(), Unicode()), help="(name, command) of each, as `%alias` takes them.").tag(
        config=True
    )


class App(Application):
    """Reads files and flags, and gives the frozen settings."""

    name = "antiphon-shell"
    description = "Settings of the interpreter."
    classes = [*FACES, InteractiveShellApp, StoreMagics, AliasManager]  # noqa: RUF012
    config_file = Unicode("", help="A config file (.py or .json) to read.").tag(config=True)
    aliases = {"config": "App.config_file"}  # noqa: RUF012

    def initialize(self, argv: list[str] | None = None) -> None:
        """Read the flags, then the config file below them."""
        self.parse_command_line(argv)
        flags = self.cli_config
        if self.config_file:
            folder, name = os.path.split(os.path.abspath(self.config_file))
            self.load_config_file(name, path=folder)
        self.update_config(flags)

    def read_profile(self, name: str, stems: tuple[str, ...]) -> list[str]:
        """Read the config files of a profile, below what is set already. Gives a line for each mistake in them."""
        from .profile import config_files

        flags = deepcopy(self.config)
        said = []
        for path in config_files(name, stems):
            loader: Any = (JSONFileConfigLoader if path.endswith(".json") else PyFileConfigLoader)(
                os.path.basename(path), os.path.dirname(path)
            )
            try:
                found = _under_one_name(loader.load_config())
            except SyntaxError as error:
                said.append(f"config file {path}, line {error.lineno}: {error.msg}")
            except Exception as error:  # a config file is a program of the user's
                line = [frame.lineno for frame in extract_tb(error.__traceback__) if frame.filename == path]
                where = f", line {line[-1]}" if line else ""
                said.append(f"config file {path}{where}: {type(error).__name__}: {error}".splitlines()[0])
            else:
                said += [f"config file {path}: {mistake}" for mistake in sift(found, _CLASSES, _OF_OTHERS)]
                self.update_config(found)
        self.update_config(flags)
        return said

    def startup(self) -> Startup:
        """What is to run before the first cell."""
        asked = _made(InteractiveShellApp, self.config)
        sections = {name: dict(section) for name, section in self.config.items() if isinstance(section, Config)}
        return Startup(
            extensions=[*asked.extensions, *asked.extra_extensions],
            files=[os.path.expanduser(path) for path in asked.exec_files],
            lines=[
                *([f"%gui {asked.gui}"] if asked.gui else []),
                *([f"%matplotlib {asked.matplotlib}"] if asked.matplotlib else []),
                *asked.exec_lines,
            ],
            aliases=list(_made(AliasManager, self.config).user_aliases),
            store=bool(_made(StoreMagics, self.config).autorestore),
            sections={name: section for name, section in sections.items() if name != "App" and section},
        )

    def settings(self) -> Settings:
        """The settings that config files and flags ask for. Raises TraitError for what cannot be."""
        self.config = _under_one_name(self.config)
        changes: dict[str, Any] = {}
        for face in FACES:
            changes.update(_made(face, self.config).changes())
        return Settings()._replace(**changes)


_CLASSES: tuple[type[Configurable], ...] = (*FACES, InteractiveShellApp, StoreMagics, AliasManager)


def section_names() -> list[str]:
    """The classes that a config file or flag may name to set something here."""
    return [*(kind.__name__ for kind in _CLASSES), *_OTHER_NAMES]


def described() -> str:
    """All that can be set here, and what it means."""
    rows = []
    for kind in _CLASSES:
        for name, trait in sorted(kind.class_traits(config=True).items()):
            values = getattr(trait, "values", None)
            choices = f" ({', '.join(map(repr, values))})" if values else ""
            rows.append(f"  {kind.__name__}.{name} = {trait.default()!r}{choices}\n      {trait.help}")
    return "\n".join(rows)


def _made(kind: type[Any], config: Any) -> Any:
    """One of our classes with the traits that `config` sets; traits of others are passed over."""
    made = kind()
    for name, value in config.get(kind.__name__, {}).items():
        if made.has_trait(name):
            setattr(made, name, _resolved(made, name, value))
    return made


def _resolved(owner: Any, name: str, value: Any) -> Any:
    """A value as it is set; `c.Class.trait.append(…)` changes what is there."""
    if isinstance(value, LazyConfigValue):
        return value.get_value(getattr(owner, name))
    if isinstance(value, DeferredConfig):
        return value.get_value(owner.traits()[name])
    return value


def sift(config: Any, classes: Sequence[type[Configurable]], others: Mapping[str, str]) -> list[str]:
    """Take away from `config` what `classes` cannot use; a line for each of these. `others` are names to let be."""
    said = []
    for kind in classes:
        section = config.get(kind.__name__, {})
        for name, value in list(section.items()):
            made: Any = kind()
            if made.has_trait(name):
                try:
                    setattr(made, name, _resolved(made, name, value))
                except (TraitError, ValueError) as error:
                    reason = str(error).partition(" expected ")[2]
                    shown = value if isinstance(value, DeferredConfig) else repr(value)
                    why = f"expected {' '.join(reason.split())}" if reason else " ".join(str(error).split())
                    said.append(f"{kind.__name__}.{name} = {shown}: {why}")
                    del section[name]
            elif name not in others.get(kind.__name__, "").split():
                known = [*made.trait_names(config=True), *others.get(kind.__name__, "").split()]
                near = get_close_matches(name, known, 1)
                meant = f"; did you mean {near[0]}?" if near else ""
                said.append(f"{kind.__name__} has no setting {name!r}{meant}")
                del section[name]
    return said


def _under_one_name(config: Any) -> Any:
    """`config` with the sections of other names merged into those that we read: what is more special counts."""
    for other, name in _OTHER_NAMES.items():
        if other in config:
            config[name].merge(config.pop(other))
    return config


def read(
    profile: str, stems: tuple[str, ...], traits: Sequence[str] = (), config_file: str = ""
) -> tuple[dict[str, Any], Startup, list[str]]:
    """The settings that differ from the defaults, what runs before the first cell, and a line for what was unusable.

    A mistake in a profile's files is told; one in `traits` (`--Class.trait=value`) or `config_file` raises ValueError.
    """
    if config_file and not os.path.isfile(config_file):
        raise ValueError(f"there is no config file {config_file}")
    try:
        app = App()
        app.initialize([*traits, *([f"--config={config_file}"] if config_file else [])])
        app.config = _under_one_name(app.config)
    except (TraitError, ConfigError, ValueError, SystemExit) as error:
        raise ValueError(" ".join(str(error).split())) from None
    except Exception as error:  # the file is a program of the user's
        raise ValueError(f"{config_file}: {type(error).__name__}: {error}") from None
    for mistake in sift(app.config, _CLASSES, _OF_OTHERS):  # what the command line asks for must be possible
        raise ValueError(mistake)
    said = app.read_profile(profile, stems)
    settings, startup = app.settings(), app.startup()
    if not settings.history_file and profile != DEFAULT:
        settings = settings._replace(history_file=history_file(profile))
    default = Settings()
    changed = {
        name: value for name, value, former in zip(Settings._fields, settings, default, strict=True) if value != former
    }
    return changed, startup, said


# -- %config ----------------------------------------------------------------------------------------------------------

_faces: dict[int, list[Face]] = {}


def faces(live: LiveSettings) -> list[Face]:
    """The faces of these settings, made once and kept in step with them."""
    found = _faces.get(id(live))
    if found is None or found[0]._live is not live:
        found = _faces[id(live)] = [face() for face in FACES]
        for each in found:
            each.follow(live)
    return found


def known_configurables(live: LiveSettings, others: Iterable[Any] = ()) -> dict[str, Any]:
    """What `%config` lists, by class name."""
    return {type(each).__name__: each for each in (*faces(live), *others)}


def configure(line: str, live: LiveSettings, names: dict[str, Any], others: list[Any]) -> Any:
    """What `%config line` does. `others` are further Configurables (a kernel's InlineBackend, say).

    Raises UsageError for what is no class, trait or assignment.
    """
    line = line.strip()
    known = known_configurables(live, others)
    known.update({other: known[name] for other, name in _OTHER_NAMES.items() if name in known and other not in known})
    if not line:
        print("Available objects for config:")
        for name in sorted(known_configurables(live, others)):
            print("   ", name)
        return None
    if line in known:
        _describe(line, known[line])
        return None
    target, equals, value = line.partition("=")
    class_name, dot, trait = target.strip().partition(".")
    if class_name not in known or not dot or not trait.isidentifier():
        raise UsageError(f"Invalid config statement: {line!r}, should be `Class.trait = value`.")
    owner = known[class_name]
    if not owner.has_trait(trait):
        raise UsageError(f"{class_name} has no setting {trait!r}; `%config {class_name}` lists them.")
    if not equals:
        return getattr(owner, trait)
    try:
        setattr(owner, trait, _value(value.strip(), names))
    except TraitError as error:
        raise UsageError(" ".join(str(error).split())) from None
    return None


def _value(text: str, names: dict[str, Any]) -> Any:
    try:
        return ast.literal_eval(text)
    except (ValueError, SyntaxError):
        pass
    try:
        return eval(text, names)
    except Exception:  # `%config InteractiveShell.xmode = Plain`
        return text


_KINDS: dict[type, str] = {List: "<list-item-1>...", Dict: "<key-1>=<value-1>..."}


def _describe(name: str, owner: Any) -> None:
    traits: dict[str, TraitType[Any, Any]] = owner.traits(config=True)
    base = owner.base if type(owner) in FACES else type(owner).__mro__[1].__name__
    title = f"{name}({base}) options"
    print(title, "-" * (len(title) + 1), sep="\n")
    for trait_name, trait in sorted(traits.items()):
        kind = _KINDS.get(type(trait), f"<{type(trait).__name__}>")
        print(f"{name}.{trait_name}={kind}")
        if trait.help:
            print(f"    {trait.help}")
        values = getattr(trait, "values", None)
        if values:
            print(f"    Choices: any of {list(values)}")
        print(f"    Current: {getattr(owner, trait_name)!r}")
