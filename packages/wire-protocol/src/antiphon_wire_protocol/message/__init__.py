"""What is said, without I/O."""
