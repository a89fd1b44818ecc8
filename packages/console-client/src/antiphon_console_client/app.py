"""Config files and `--Class.trait=value` for the shell. The only module here that imports traitlets."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any

from traitlets import TraitError
from traitlets.config.loader import ConfigError

from antiphon_exec_core.app import App


def interpreter_settings(config_file: str, traits: Sequence[str]) -> dict[str, Any]:
    """The interpreter's settings by name. Raises ValueError, in one line, for what cannot be read or is not allowed."""
    if config_file and not os.path.isfile(config_file):
        raise ValueError(f"there is no config file {config_file}")
    app = App()
    try:
        app.initialize([*traits, *([f"--config={config_file}"] if config_file else [])])
        return app.settings()._asdict()
    except (TraitError, ConfigError, ValueError) as error:
        raise ValueError(" ".join(str(error).split())) from None
    except Exception as error:  # a config file is a program of the user's
        raise ValueError(f"{config_file}: {type(error).__name__}: {error}") from None
