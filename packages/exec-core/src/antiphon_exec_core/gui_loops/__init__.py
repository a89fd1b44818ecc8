"""The loops of the toolkits, one small file each: `make(name)` gives a `Toolkit`, or raises an ImportError."""
