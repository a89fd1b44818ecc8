"""The names that popular libraries look for, `IPython.*` and `ipykernel.*`, served over exec-core's objects.

`install(interpreter)` serves them in this process; `fallthroughs` lists what an installed IPython had to lend.
"""

from .finder import fallthroughs
from .installation import install, uninstall

__all__ = ["fallthroughs", "install", "uninstall"]
