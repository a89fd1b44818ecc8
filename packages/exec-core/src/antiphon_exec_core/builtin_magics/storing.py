"""`%store`: values that outlast the session, one pickled file each in the profile's folder; aliases too."""

from __future__ import annotations

import os
import pickle
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, unquote

from ..errors import UsageError
from ..magic_options import read_options
from ..profile import home


def store(line: str, namespace: Any, magics: Any, displayer: Any) -> None:
    """`%store [-d name] [-z] [-r [names]] [name ...] [name > file] [name >> file]`: keep values for later sessions.

    Without a name, list what is kept. `name ...` keeps, -r brings back (all, or these), -d forgets one, -z all;
    `> file` writes a value to a file as text, `>> file` appends it.
    """
    options, rest = read_options(line, "drz")
    words = rest.split()
    if "d" in options:
        if not words:
            raise UsageError("You must provide the variable to forget")
        _forget(words[0])
    elif "z" in options:
        for name in list(_kept()):
            os.unlink(_file(name))
    elif "r" in options:
        _bring_back(words or list(_kept()), namespace, magics, explicit=bool(words))
    elif not words:
        _list(displayer)
    elif (len(words) > 1 and words[1].startswith(">")) or (words and ">" in words[0]):
        _write(rest, namespace)
    else:
        for name in words:
            _keep(name, namespace, magics)


def _folder() -> str:
    return os.path.join(home(), "profile_default", "db", "autorestore")


def _file(name: str) -> str:
    return os.path.join(_folder(), quote(name, safe=""))


def _kept() -> Iterator[str]:
    try:
        entries = sorted(os.listdir(_folder()))
    except OSError:
        return
    for entry in entries:
        if not entry.endswith(".new"):
            yield unquote(entry)


def _keep(name: str, namespace: Any, magics: Any) -> None:
    if name in namespace.user_ns:
        value, kind = namespace.user_ns[name], type(namespace.user_ns[name]).__name__
    else:
        from .aliases import alias_of

        found = alias_of(magics, name)
        if found is None:
            raise UsageError(f"Unknown variable '{name}'")
        value, kind = found.command, "alias"
        name = f"alias:{name}"
    module = getattr(value, "__module__", None)
    if module == "__main__" and callable(value):
        print(
            f"Warning:{name} is {value!r}\nProper storage of interactively declared classes (or instances\n"
            "of those classes) is not possible! Only instances\n"
            "of classes in real modules on file system can be %store'd."
        )
        return
    try:
        data = pickle.dumps(value)
    except Exception as error:
        raise UsageError(f"{name!r} cannot be stored: {type(error).__name__}: {error}") from None
    os.makedirs(_folder(), mode=0o700, exist_ok=True)
    new = _file(name) + ".new"
    with open(os.open(new, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "wb") as file:
        file.write(data)
    os.replace(new, _file(name))
    if kind == "alias":
        print(f"Alias stored: {name.removeprefix('alias:')} ({value})")
    else:
        print(f"Stored {name!r} ({kind})")


def _read(name: str) -> Any:
    """Raises KeyError for what is not kept, UsageError for what cannot be read."""
    try:
        with open(_file(name), "rb") as file:
            return pickle.load(file)
    except FileNotFoundError:
        raise KeyError(name) from None
    except Exception as error:
        raise UsageError(f"Unable to restore variable '{name}': {type(error).__name__}: {error}") from None


def _bring_back(names: list[str], namespace: Any, magics: Any, explicit: bool) -> None:
    from .aliases import Alias

    for name in names:
        try:
            value = _read(name)
        except KeyError:
            try:
                value = _read(f"alias:{name}")
            except KeyError:
                print(f"no stored variable or alias {name}")
                continue
            name = f"alias:{name}"
        except UsageError as error:
            print(f"{error}, ignoring (use %store -d to forget!)")
            continue
        if name.startswith("alias:"):
            magics.register(Alias(name.removeprefix("alias:"), value).run, "line", name.removeprefix("alias:"))
        else:
            namespace.push({name: value})


def _forget(name: str) -> None:
    for each in (name, f"alias:{name}"):
        if os.path.exists(_file(each)):
            os.unlink(_file(each))
            return
    raise UsageError(f"Can't delete variable '{name}'")


def _list(displayer: Any) -> None:
    print("Stored variables and their in-db values:")
    names = list(_kept())
    width = max(map(len, names), default=0)
    for name in names:
        try:
            shown = repr(_read(name))[:50]
        except (KeyError, UsageError):
            shown = "<unavailable>"
        print(f"{name:<{width}} -> {shown}")


def _write(line: str, namespace: Any) -> None:
    name, _, target = line.partition(">")
    mode = "w"
    if target.startswith(">"):
        mode, target = "a", target[1:]
    name, target = name.strip(), os.path.expanduser(target.strip())
    if name not in namespace.user_ns:
        raise UsageError(f"Unknown variable '{name}'")
    value = namespace.user_ns[name]
    try:
        with open(target, mode, encoding="utf-8") as file:
            print(f"Writing {name!r} ({type(value).__name__}) to file {target!r}.")
            if isinstance(value, str):
                file.write(value + "\n" * (not value.endswith("\n")))
            else:
                from pprint import pprint

                pprint(value, file)
    except OSError as error:
        raise UsageError(f"{target}: {error.strerror}") from None
