"""Magics about environment variables: env, set_env."""

from __future__ import annotations

import os

from ..errors import UsageError

_SECRET = ("key", "token", "secret")


def env(line: str) -> str | dict[str, str] | None:
    """`%env`: all environment variables; `%env NAME`: one; `%env NAME=value` or `%env NAME value`: set it.

    Variables whose name speaks of keys, tokens or secrets are listed without their value.
    """
    line = line.strip()
    if not line:
        return {
            name: "<hidden>" if any(word in name.lower() for word in _SECRET) else value
            for name, value in os.environ.items()
        }
    name, separator, _ = line.partition("=" if "=" in line else " ")
    if separator:
        set_env(line)
        return None
    if name not in os.environ:
        raise UsageError(f"Environment does not have key: {name}")
    return os.environ[name]


def set_env(line: str) -> None:
    """`%set_env NAME=value` or `%set_env NAME value`: set an environment variable."""
    name, separator, value = line.partition("=" if "=" in line else " ")
    name, value = name.strip(), value.strip()
    if not separator or not name:
        raise UsageError("usage is 'set_env var=val'")
    if " " in name or "\t" in name:
        raise UsageError(f"refusing to set env var with whitespace: '{name}'")
    os.environ[name] = value
    print(f"env: {name}={value}")
