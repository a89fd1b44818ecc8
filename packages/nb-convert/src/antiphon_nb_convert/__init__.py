"""Notebooks into everything: preprocessors, then an exporter, then postprocessors, over one immutable value."""
