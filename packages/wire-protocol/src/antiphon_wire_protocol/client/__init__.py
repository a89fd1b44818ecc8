"""Talking to a kernel."""
