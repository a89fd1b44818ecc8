"""Pages of the viewer's own: front, error, listing, and the bar above a notebook. Jinja, no scripts."""
