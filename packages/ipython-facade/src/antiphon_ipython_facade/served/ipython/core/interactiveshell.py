"""The real class of the shell: `Shell` with traits, a singleton over its subclass tree."""

from __future__ import annotations

import abc
from typing import Any, ClassVar

from IPython.core.error import UsageError
from IPython.core.getipython import get_ipython
from traitlets import Bool, Integer, Unicode
from traitlets.config.configurable import Configurable, SingletonConfigurable

from antiphon_exec_core.app import InteractiveShell as Settings
from antiphon_exec_core.compat import ExecutionResult
from antiphon_exec_core.hooks import RunInfo as ExecutionInfo
from antiphon_exec_core.outputs import current_outlet
from antiphon_ipython_facade import session
from antiphon_ipython_facade.shell import EarlyShell, Shell

__all__ = ["ExecutionInfo", "ExecutionResult", "InteractiveShell", "InteractiveShellABC", "UsageError", "get_ipython"]


class InteractiveShell(Shell, Settings, SingletonConfigurable):
    """The traits that stand for settings follow them; those below are read by libraries and change nothing here."""

    fields: ClassVar[dict[str, str]] = {trait: field for trait, field in Settings.fields.items() if trait != "colors"}

    banner1 = Unicode("").tag(config=True)
    banner2 = Unicode("").tag(config=True)
    autoindent = Bool(True).tag(config=True)
    debug = Bool(False).tag(config=True)
    display_page = Bool(False).tag(config=True)
    enable_tip = Bool(False).tag(config=True)
    enable_html_pager = Bool(False).tag(config=True)
    sphinxify_docstring = Bool(False).tag(config=True)
    exit_now = Bool(False)
    filename = Unicode("<ipython console>")
    history_length = Integer(10000).tag(config=True)
    history_load_length = Integer(1000).tag(config=True)
    object_info_string_level = Integer(0).tag(config=True)
    quiet = Bool(False).tag(config=True)
    separate_in = Unicode("\n").tag(config=True)
    separate_out = Unicode("").tag(config=True)
    separate_out2 = Unicode("").tag(config=True)
    show_rewritten_input = Bool(True).tag(config=True)
    wildcards_case_sensitive = Bool(True).tag(config=True)
    warn_venv = Bool(True).tag(config=True)

    def __init__(self, *args: Any, user_ns: dict[str, Any] | None = None, **kwargs: Any) -> None:
        """A second shell in a process speaks for the session that is there; without one it begins its own."""
        now = session.current()
        if now is None:
            from antiphon_exec_core.interpreter import Interpreter

            interpreter = Interpreter()
            now = session.Session(interpreter.services, "terminal")
            session.use(now)
            interpreter.use_face(lambda _: self)
            now.adopt(self)
        self._services = now.services
        self._parts = {"flavour": now.flavour}
        kwargs.pop("user_module", None)
        super().__init__(**kwargs)
        self.follow(self._services["settings"])
        if user_ns:
            self.push(user_ns)

    @classmethod
    def adopt(cls, early: EarlyShell) -> None:
        """Make the shell that is there already one of this class, and the singleton."""
        config = early._parts.get("config")
        early.__class__ = cls  # type: ignore[assignment]
        shell: Any = early
        shell.setup_instance()
        Configurable.__init__(shell, **({"config": config} if config is not None else {}))
        shell.follow(shell._services["settings"])
        for each in cls._walk_mro():
            each._instance = shell

    @classmethod
    def initialized(cls) -> bool:
        """Whether this process has a shell; one that was not asked for yet is made."""
        session.current_shell()
        return bool(super().initialized())

    @classmethod
    def instance(cls, *args: Any, **kwargs: Any) -> Any:
        """The shell of this process, made if there is none."""
        if cls._instance is None and session.current() is not None:
            session.current_shell()
            if SingletonConfigurable.initialized.__func__(cls):  # type: ignore[attr-defined]
                return cls._instance
        return super().instance(*args, **kwargs)

    @property
    def colors(self) -> str:
        now = self._services["settings"].current
        return str(now.theme) if now.colour else "nocolor"

    @colors.setter
    def colors(self, value: str) -> None:
        self.run_line_magic("colors", str(value))

    @property
    def ipython_dir(self) -> str:
        from IPython.paths import get_ipython_dir

        return str(get_ipython_dir())

    @property
    def home_dir(self) -> str:
        from IPython.utils.path import get_home_dir

        return str(get_home_dir())

    @property
    def profile(self) -> str:
        return "default"

    @property
    def call_pdb(self) -> bool:
        return bool(self.pdb)

    @call_pdb.setter
    def call_pdb(self, value: bool) -> None:
        self.pdb = bool(value)

    @property
    def debugger_cls(self) -> Any:
        from IPython.core.debugger import Pdb

        return Pdb

    def switch_doctest_mode(self, mode: bool) -> None:
        self.run_line_magic("doctest_mode", "")

    def refresh_style(self) -> None:
        """Colours are read at each use."""

    def clear_main_mod_cache(self) -> None:
        """Nothing is kept."""

    def raw_input(self, prompt: str = "") -> str:
        return current_outlet().ask(prompt)


class InteractiveShellABC(abc.ABC):  # noqa: B024  # libraries register and check against it
    """What counts as a shell."""


InteractiveShellABC.register(InteractiveShell)
