"""`ipykernel`, as Antiphon serves it."""

version_info = (7, 3, 0)
__version__ = "7.3.0"
kernel_protocol_version_info = (5, 5)
kernel_protocol_version = "5.5"
__antiphon__ = "0.1.0"
