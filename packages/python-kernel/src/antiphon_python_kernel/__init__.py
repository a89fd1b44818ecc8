"""The Python kernel: exec-core runs the code, kernel-base speaks the protocol, and this package is the seam."""
