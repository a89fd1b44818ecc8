"""The functions with which user code shows things."""

from antiphon_exec_core.display import DisplayHandle, clear_output, display, publish_display_data, update_display

__all__ = ["DisplayHandle", "clear_output", "display", "publish_display_data", "update_display"]
