"""Where a console's config files are. Only the file system is asked: traitlets is for those who have such a file."""

from __future__ import annotations

import os

NAMES = ("jupyter_console_config", "antiphon_console_config")
"""By stem; ours counts more."""


def config_files() -> list[str]:
    """Jupyter's config folders from the system's to the user's, then our own; what counts more comes last."""
    from jupyter_core.paths import jupyter_config_path

    home = os.environ.get("ANTIPHON_HOME") or os.path.join(os.path.expanduser("~"), ".antiphon")
    folders = [*reversed(jupyter_config_path()), os.path.join(home, "profile_default")]
    paths = [os.path.join(folder, stem + end) for folder in folders for stem in NAMES for end in (".py", ".json")]
    return [path for path in paths if os.path.isfile(path)]
