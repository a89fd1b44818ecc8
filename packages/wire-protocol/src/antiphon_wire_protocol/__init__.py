"""The Jupyter messaging protocol: messages, sessions, discovery of kernels, clients and process managers."""
