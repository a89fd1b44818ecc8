"""Magics about what was typed before: history, recall, rerun."""

from __future__ import annotations

import os
import re
from typing import Any

from ..errors import UsageError
from ..history import read_ranges
from ..magic_options import read_options_anywhere
from ..outputs import current_outlet


def history(line: str, history: Any, namespace: Any, displayer: Any) -> None:
    """`%history [-n] [-o] [-p] [-t] [-u] [-f file] [-g [pattern]] [-l [n]] [ranges]`: print what was typed.

    -n numbers, -o outputs too, -p prompts, -t as transformed, -u each text once, -f to a file, -g what holds a glob
    in all sessions (with numbers), -l the last n (10). Ranges: `4`, `4-6`, `4-`, `~1/7-~2/3`, `243/1-5`, `~4` (a whole
    session).
    """
    line, limit = _limit(line)
    options, words = read_options_anywhere(line, "noptuyf:gl")
    raw, unique = "t" not in options, "u" in options
    if "g" in options:
        options["n"] = ""
        entries = history.search(f"*{' '.join(words)}*", raw, "o" in options, limit, unique)
    elif "l" in options:
        entries = history.tail((10 if limit is None else limit) + 1, raw, "o" in options, unique)[:-1]
    elif words:
        try:
            ranges = read_ranges(" ".join(words))
        except ValueError:
            raise UsageError(f"'{' '.join(words)}' is no range of history") from None
        entries = [entry for one in ranges for entry in history.range(*one, raw=raw, output="o" in options)]
    else:
        entries = history.range(raw=raw, output="o" in options)
    here = history.session_number if any(entry[0] > 0 for entry in entries) else 0
    text = "".join(_shown(entry, options, here, namespace, displayer) for entry in entries)
    if "f" not in options:
        print(text, end="")
        return
    name = os.path.expanduser(options["f"])
    if os.path.exists(name) and "y" not in options:
        answer = current_outlet().ask(f"File '{name}' exists. Overwrite? ")
        if not answer.strip().lower().startswith("y"):
            print("Aborting.")
            return
    with open(name, "w", encoding="utf-8") as file:
        file.write(text)


_LIMIT = re.compile(r"(?:^|(?<=\s))(-\w*l)\s*(\d+)(?!\S)")


def _limit(line: str) -> tuple[str, int | None]:
    """The line without the number that may follow `-l`, and that number."""
    match = _LIMIT.search(line)
    return (line[: match.end(1)] + line[match.end() :], int(match[2])) if match else (line, None)


def _shown(entry: Any, options: Any, here: int, namespace: Any, displayer: Any) -> str:
    session: int
    number: int
    session, number, found = entry
    source: str = found[0] if "o" in options else found
    output: str | None = found[1] if "o" in options else None
    if "o" in options and output is None and session in (0, here) and number in namespace.outputs:
        output = displayer.text(namespace.outputs[number])
    several = "\n" in source
    text = ""
    if "n" in options:
        label = str(number) if session in (0, here) else f"{session}/{number}"
        text = f"{label:>4}:" + ("\n" if several else " ")
    if "p" in options:
        source = ">>> " + source.replace("\n", "\n... ") + ("\n..." if several else "")
    text += source.rstrip("\n") + "\n"
    return text + (f"{output}\n" if output is not None else "")


def recall(line: str, history: Any, namespace: Any, set_next_input: Any = None) -> None:
    """`%recall [ranges|expression|text]`: put into the next cell what was typed earlier, or the last result.

    An expression gives its value, any other text the last cell that it is part of.
    """
    what = line.strip()
    text = _recalled(what, history, namespace) if what else str(namespace.user_ns.get("_", ""))
    if text is None:
        raise UsageError(f"Couldn't evaluate or find in history: {what}")
    if set_next_input is None:
        print(text)
    else:
        set_next_input(text)


def _recalled(what: str, history: Any, namespace: Any) -> str | None:
    try:
        entries = [entry for one in read_ranges(what) for entry in history.range(*one)]
    except ValueError:
        try:
            return str(eval(what, namespace.user_ns))
        except Exception:  # what is no expression is a piece of what was typed
            entries = history.search(f"*{what}*")
            entries = [entry for entry in entries if not _RECALLS.match(entry[2])][-1:]
    return "\n".join(entry[2].rstrip("\n") for entry in entries) if entries else None


_RECALLS = re.compile(r"\s*%?(recall|rep)\b")
_running: list[str] = []  # what `%rerun` is running: it may run a cell that says `%rerun` again


def rerun(line: str, history: Any, namespace: Any, run_code: Any) -> None:
    """`%rerun [-l n] [-g text] [ranges]`: run earlier cells again; without ranges, the last one."""
    options, words = read_options_anywhere(line, "l:g:")
    if "g" in options:
        entries = history.search(f"*{options['g']}*")
        text = "\n".join([entry[2] for entry in entries if "%rerun" not in entry[2]][-1:])
    elif words:
        try:
            ranges = read_ranges(" ".join(words))
        except ValueError:
            raise UsageError(f"'{' '.join(words)}' is no range of history") from None
        text = "\n".join(entry[2] for one in ranges for entry in history.range(*one))
    else:
        count = options.number("l", 1)
        text = "\n".join(entry[2] for entry in history.tail(count + 1)[:-1])
    if not text.strip():
        print("No lines in history match specification")
        return
    if text in _running:
        raise UsageError("%rerun would run itself for ever: give the numbers of the cells that are meant")
    print(f"=== Executing: ===\n{text}\n=== Output: ===")
    _running.append(text)
    try:
        run_code(text)
    finally:
        _running.pop()
