"""`get_ipython`, where nothing else need be imported."""

from antiphon_ipython_facade.session import current_shell as get_ipython

__all__ = ["get_ipython"]
