"""Notebooks as PDF: tokens, code and outputs become one Typst source, which is compiled in this process."""
