"""Shell commands as magics: the posix ones (`%ls`, `%mkdir folder` ...), `%alias`, `%unalias`, `%rehashx`."""

from __future__ import annotations

import os
import sys
from typing import Any

from ..errors import UsageError
from ..shell_escape import system

_COLOUR = " --color" if sys.platform == "linux" else ""
_LONG = f"ls -F -o{_COLOUR}"


class Alias:
    """A magic that runs a command. `%l` in it is the whole line, each `%s` one word; else the line goes behind it."""

    def __init__(self, name: str, command: str) -> None:
        self.name = name
        self.command = command
        self.words = command.replace("%%", "").count("%s")
        if self.words and "%l" in command:
            raise UsageError(f"The %s and %l specifiers are mutually exclusive in alias definitions. Got: {command!r}")

    def run(self, line: str, namespace: Any) -> None:
        """A shell command by its name."""
        system(self.expanded(line), namespace)

    def expanded(self, line: str) -> str:
        """The command for this line. Raises UsageError where words are missing."""
        command, rest = self.command, line
        if "%l" in command:
            return command.replace("%l", rest.strip())
        if not self.words:
            return f"{command} {rest}".rstrip().replace("%%", "%")
        given = rest.split(None, self.words)
        if len(given) < self.words:
            raise UsageError(f"Alias <{self.name}> requires {self.words} arguments, {len(given)} given.")
        for word in given[: self.words]:
            command = command.replace("%s", word, 1)
        return f"{command} {' '.join(given[self.words :])}".rstrip().replace("%%", "%")


def alias(line: str, magics: Any) -> Any:
    """`%alias name command`: make a magic that runs a shell command; without arguments, list them.

    `%l` in the command is the rest of the line, `%s` one word of it; else the line goes to its end.
    """
    if not line.strip():
        found = _aliases(magics)
        print("Total number of aliases:", len(found))
        return found
    name, _, command = line.strip().partition(" ")
    if not command.strip():
        existing = alias_of(magics, name)
        if existing is None:
            raise UsageError(f"Object `{name}` not found as an alias.")
        print(f"{name} -> {existing.command}")
        return None
    if not name.replace(".", "_").isidentifier():
        raise UsageError(f"An alias name must be a word, not {name!r}.")
    if magics.has(name, "line") and alias_of(magics, name) is None:
        raise UsageError(f"The name {name} can't be aliased because it is another magic command.")
    magics.register(Alias(name, command.strip()).run, "line", name)
    return None


def unalias(line: str, magics: Any) -> None:
    """`%unalias name`: forget an alias."""
    name = line.strip()
    if alias_of(magics, name) is None:
        raise UsageError(f"{name!r} is not an alias")
    magics.unregister(name, "line")


def rehashx(line: str, magics: Any) -> None:
    """`%rehashx`: make an alias of every program on the PATH whose name is no magic yet."""
    import keyword

    for folder in os.environ.get("PATH", os.defpath).split(os.pathsep):
        try:
            entries = list(os.scandir(folder or os.curdir))
        except OSError:
            continue
        for entry in entries:
            name = entry.name
            if not name.isidentifier() or keyword.iskeyword(name) or magics.has(name, "line"):
                continue
            if entry.is_file() and os.access(entry.path, os.X_OK):
                magics.register(Alias(name, name).run, "line", name)


def alias_of(magics: Any, name: str) -> Alias | None:
    """The alias of that name; None where it is no alias."""
    found = getattr(magics.find(name, "line"), "__self__", None)
    return found if isinstance(found, Alias) else None


def _aliases(magics: Any) -> list[tuple[str, str]]:
    """(name, command) of each, those of the table included."""
    return sorted(
        (name, found.command) for name in magics.names("line") if (found := alias_of(magics, name)) is not None
    )


ls = Alias("ls", f"ls -F{_COLOUR}").run
ll = Alias("ll", _LONG).run
lf = Alias("lf", f"{_LONG} %l | grep ^-").run
lk = Alias("lk", f"{_LONG} %l | grep ^l").run
ldir = Alias("ldir", f"{_LONG} %l | grep /$").run
lx = Alias("lx", f"{_LONG} %l | grep ^-..x").run
mkdir = Alias("mkdir", "mkdir").run
rmdir = Alias("rmdir", "rmdir").run
mv = Alias("mv", "mv").run
rm = Alias("rm", "rm").run
cp = Alias("cp", "cp").run
cat = Alias("cat", "cat").run
