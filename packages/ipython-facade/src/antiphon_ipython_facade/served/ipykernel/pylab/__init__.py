"""Matplotlib in a kernel."""
