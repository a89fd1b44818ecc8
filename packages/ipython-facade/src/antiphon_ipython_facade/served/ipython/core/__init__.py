"""The parts of the shell."""
