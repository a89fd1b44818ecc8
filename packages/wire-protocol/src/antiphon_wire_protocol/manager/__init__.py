"""Keeping a kernel alive."""
