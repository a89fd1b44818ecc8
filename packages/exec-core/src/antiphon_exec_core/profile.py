"""A profile: the folder with a user's config files, startup files and history.

Ours is `$ANTIPHON_HOME/profile_NAME` (`~/.antiphon`); what stands in IPython's folder of the same name (`$IPYTHONDIR`,
`~/.ipython`) is read before it, so that what people have goes on working. Only the file system is asked here.
"""

from __future__ import annotations

import os

DEFAULT = "default"
CONFIG_NAMES = ("ipython_config", "antiphon_config")
KERNEL_CONFIG_NAMES = (*CONFIG_NAMES, "ipython_kernel_config", "antiphon_kernel_config")
README = """\
Files here are run at the start of every session of this profile, in the order of their names:
*.py as Python, *.ipy as cells, with magics. One that fails is reported, and the session goes on.
"""


def home() -> str:
    """`$ANTIPHON_HOME`, else `~/.antiphon`."""
    return os.environ.get("ANTIPHON_HOME") or os.path.join(os.path.expanduser("~"), ".antiphon")


def ipython_home() -> str:
    """`$IPYTHONDIR`, else `~/.ipython`."""
    return os.environ.get("IPYTHONDIR") or os.path.join(os.path.expanduser("~"), ".ipython")


def folders(name: str = DEFAULT) -> list[str]:
    """The folders of a profile that are there, the one that counts most last. `name` may be the path of one.

    Raises LookupError for one that is nowhere, unless it is the default one.
    """
    if os.sep in name:
        found = [os.path.abspath(os.path.expanduser(name))]
    else:
        found = [os.path.join(base, f"profile_{name}") for base in (ipython_home(), home())]
    found = [folder for folder in found if os.path.isdir(folder)]
    if not found and name != DEFAULT:
        known = ", ".join(names()) or "none"
        raise LookupError(f"there is no profile {name!r}; there are: {known}. `antiphon-profile create NAME` makes one")
    return found


def names() -> list[str]:
    """The profiles that are there."""
    found: set[str] = set()
    for base in (ipython_home(), home()):
        try:
            entries = os.listdir(base)
        except OSError:
            continue
        found.update(entry.removeprefix("profile_") for entry in entries if entry.startswith("profile_"))
    return sorted(found)


def config_files(name: str = DEFAULT, stems: tuple[str, ...] = CONFIG_NAMES) -> list[str]:
    """The config files of a profile, .json after .py, those that count most last."""
    return [
        path
        for folder in folders(name)
        for stem in stems
        for path in (os.path.join(folder, f"{stem}.py"), os.path.join(folder, f"{stem}.json"))
        if os.path.isfile(path)
    ]


def startup_files(name: str = DEFAULT) -> list[str]:
    """The startup files of a profile, in the order of their names."""
    found = []
    for folder in folders(name):
        place = os.path.join(folder, "startup")
        try:
            entries = os.listdir(place)
        except OSError:
            continue
        found += [os.path.join(place, entry) for entry in entries if entry.endswith((".py", ".ipy"))]
    return sorted(found, key=os.path.basename)


def history_file(name: str = DEFAULT) -> str:
    """Where a profile keeps what was typed; the file need not be there. `name` may be the path of a folder."""
    folder = os.path.abspath(os.path.expanduser(name)) if os.sep in name else os.path.join(home(), f"profile_{name}")
    return os.path.join(folder, "history.sqlite")


def create(name: str) -> str:
    """Make a profile, or what is missing of it; its folder. Raises OSError, and ValueError for a name that is none."""
    if not name or os.sep in name or name.startswith("."):
        raise ValueError(f"a profile's name is a plain word, not {name!r}")
    folder = os.path.join(home(), f"profile_{name}")
    os.makedirs(folder, mode=0o700, exist_ok=True)  # the mode is that of the last folder only
    os.makedirs(os.path.join(folder, "startup"), mode=0o700, exist_ok=True)
    readme = os.path.join(folder, "startup", "README")
    if not os.path.exists(readme):
        with open(readme, "w", encoding="utf-8") as file:
            file.write(README)
    return folder
