"""Everything of Antiphon: see `command`."""
