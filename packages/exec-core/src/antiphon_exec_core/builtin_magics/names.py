"""Magics about the user's names: who, who_ls, whos, reset, reset_selective, xdel."""

from __future__ import annotations

import re
from typing import Any

from ..errors import UsageError
from ..magic_options import read_options
from ..outputs import current_outlet


def who_ls(line: str, namespace: Any) -> list[str]:
    """`%who_ls [types]`: a sorted list of the names you made, perhaps only those of certain types."""
    types = set(line.split())
    return sorted(name for name, value in namespace.visible().items() if not types or type(value).__name__ in types)


def who(line: str, namespace: Any) -> None:
    """`%who [types]`: print the names you made, perhaps only those of certain types (`%who int str`)."""
    names = who_ls(line, namespace)
    if not names:
        print("No variables match your requested type." if line.strip() else "Interactive namespace is empty.")
        return
    for at, name in enumerate(names, 1):
        print(f"{name}\t", end=" " if at % 10 else "\n")
    print()


def whos(line: str, namespace: Any) -> None:
    """`%whos [types]`: a table of the names you made, with types and a short form of the values."""
    names = who_ls(line, namespace)
    if not names:
        print("No variables match your requested type." if line.strip() else "Interactive namespace is empty.")
        return
    rows = [(name, type(value := namespace.user_ns[name]).__name__, _brief(value)) for name in names]
    name_width = max(len("Variable"), *(len(row[0]) for row in rows)) + 3
    type_width = max(len("Type"), *(len(row[1]) for row in rows)) + 4
    print(f"{'Variable':<{name_width}}{'Type':<{type_width}}Data/Info")
    print("-" * (name_width + type_width + len("Data/Info")))
    for name, type_name, brief in rows:
        print(f"{name:<{name_width}}{type_name:<{type_width}}{brief}")


def _brief(value: Any) -> str:
    if type(value).__name__ == "ndarray":
        shape = "x".join(map(str, value.shape))
        text = f"{shape}: {value.size} elems, type `{value.dtype}`, {value.nbytes} bytes"
        kib = 1024
        if value.nbytes >= 100_000:
            text += f" ({value.nbytes // kib} kb)" if value.nbytes < kib * kib else f" ({value.nbytes / kib**2} Mb)"
        return text
    if type(value).__name__ in ("DataFrame", "Series"):
        return f"Shape: {value.shape}"
    if isinstance(value, (list, tuple, dict, set, frozenset)):
        return f"n={len(value)}"
    try:
        text = str(value) if not isinstance(value, str) or len(value) < 1000 else value[:100] + value[-100:]
    except Exception:
        text = object.__repr__(value)
    text = text.replace("\n", "\\n")
    return text if len(text) <= 50 else f"{text[:25]}<...>{text[-25:]}"


def reset(line: str, namespace: Any) -> None:
    """`%reset [-f] [-s] [in] [out] [dhist] [array]`: forget the names you made.

    -f asks no question; -s is soft: names only, In and Out stay. Words limit what is forgotten: inputs, outputs, the
    list of visited folders, or arrays of numpy.
    """
    options, rest = read_options(line, "sf", ("aggressive",))
    targets = rest.split()
    if "f" not in options:
        try:
            answer = current_outlet().ask("Once deleted, variables cannot be recovered. Proceed (y/[n])? ")
        except EOFError:
            answer = ""
        if not answer.strip().lower().startswith("y"):
            print("Nothing done.")
            return
    if not targets:
        if "s" in options:
            namespace.drop(namespace.visible())
        else:
            namespace.reset(keep_inputs=True)
        return
    for target in map(str.lower, targets):
        if target == "out":
            print(f"Flushing output cache ({len(namespace.outputs)} entries)")
            numbers = list(namespace.outputs)
            namespace.outputs.clear()
            namespace.drop([f"_{number}" for number in numbers])
            namespace.user_ns.update(dict.fromkeys(("_", "__", "___"), ""))
        elif target == "in":
            print("Flushing input history")
            namespace.drop([name for name in namespace.user_ns if re.fullmatch(r"_i\d+", name)])
            namespace.inputs[:] = [""] * len(namespace.inputs)
        elif target == "dhist":
            print("Flushing directory history")
            del namespace.directories[:]
        elif target == "array":
            arrays = [name for name, value in namespace.visible().items() if type(value).__name__ == "ndarray"]
            namespace.drop(arrays)
        else:
            print(f"Don't know how to reset {target}, please run `%reset?` for details")


def reset_selective(line: str, namespace: Any) -> None:
    """`%reset_selective [-f] regex`: forget the names that the regular expression finds."""
    options, pattern = read_options(line, "f")
    if not pattern.strip():
        raise UsageError("No regex pattern specified. Nothing done.")
    try:
        expression = re.compile(pattern.strip())
    except re.error as error:
        raise UsageError(f"Invalid regex: {error}") from None
    if "f" not in options:
        answer = current_outlet().ask("Once deleted, variables cannot be recovered. Proceed (y/[n])?  ")
        if not answer.strip().lower().startswith("y"):
            print("Nothing done.")
            return
    namespace.drop([name for name in namespace.visible() if expression.search(name)])


def xdel(line: str, namespace: Any) -> None:
    """`%xdel [-n] name`: delete a name and what In/Out keep of its value; with -n only that name."""
    options, rest = read_options(line, "n")
    name = rest.strip()
    if name in ("__builtins__", "In", "Out"):
        raise UsageError(f"{name} is not yours to delete")
    if name not in namespace.user_ns:
        raise UsageError(f"name '{name}' is not defined")
    value = namespace.user_ns[name]
    namespace.drop([name])
    if "n" in options:
        return
    namespace.drop([other for other, held in list(namespace.user_ns.items()) if held is value and other[:2] != "__"])
    for number in [number for number, held in namespace.outputs.items() if held is value]:
        del namespace.outputs[number]
