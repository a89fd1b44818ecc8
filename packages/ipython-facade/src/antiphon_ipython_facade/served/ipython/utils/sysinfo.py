"""What runs here."""

from __future__ import annotations

import os
import pprint
import sys
from typing import Any


def get_sys_info() -> dict[str, Any]:
    """The versions and places of this session."""
    import IPython

    return {
        "ipython_version": IPython.__version__,
        "ipython_path": os.path.dirname(IPython.__file__),
        "platform": sys.platform,
        "os_name": os.name,
        "sys_executable": sys.executable,
        "sys_version": sys.version,
        "sys_platform": sys.platform,
        "default_encoding": sys.getdefaultencoding(),
        "commit_source": "Antiphon",
    }


def sys_info() -> str:
    return pprint.pformat(get_sys_info())
