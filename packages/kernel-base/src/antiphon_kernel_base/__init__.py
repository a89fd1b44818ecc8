"""Everything a Jupyter kernel needs except a language: subclass `KernelBase`, write `run`, `serve(MyKernel)`."""

from antiphon_kernel_base.frontend import Frontend, InputNotAllowed, current_frontend
from antiphon_kernel_base.kernel import KernelBase
from antiphon_kernel_base.serving import serve

__all__ = ["Frontend", "InputNotAllowed", "KernelBase", "current_frontend", "serve"]
