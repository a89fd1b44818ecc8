"""The shell in a terminal."""
