"""Libraries that came with the shell."""
