"""``python -m antiphon_python_kernel -f FILE``: the kernel as a process."""

import sys

if __name__ == "__main__":
    # A file in the working directory must not shadow what the kernel is made of; cells get the folder back later.
    del sys.path[0]

    from antiphon_python_kernel.launch import leave, main

    leave(main())
