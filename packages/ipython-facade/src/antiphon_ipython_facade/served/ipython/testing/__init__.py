"""For tests of libraries."""
