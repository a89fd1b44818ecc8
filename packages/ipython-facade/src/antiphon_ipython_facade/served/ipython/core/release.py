"""The API level that is served."""

from IPython import __version__ as version
from IPython import version_info

name = "ipython"
codename = ""
author = "Antiphon"
license = "BSD-3-Clause"

__all__ = ["author", "codename", "license", "name", "version", "version_info"]
