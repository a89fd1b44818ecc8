"""Markdown as a tree of tokens, parsed once, and its writers: one module per format."""
