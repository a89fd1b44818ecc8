"""A terminal for every kernel."""
