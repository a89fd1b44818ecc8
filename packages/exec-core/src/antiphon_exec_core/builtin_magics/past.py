"""Magics about what was typed before: history, recall, rerun."""

from __future__ import annotations

import os
from typing import Any

from ..errors import UsageError
from ..history import read_ranges
from ..magic_options import read_options_anywhere
from ..outputs import current_outlet


def history(line: str, history: Any, namespace: Any, displayer: Any) -> None:
    """`%history [-n] [-o] [-p] [-t] [-u] [-f file] [-g pattern] [-l n] [ranges]`: print what was typed.

    -n numbers, -o outputs too, -p prompts, -t as transformed, -u each text once, -f to a file, -g what matches a
    glob in all sessions, -l the last n. Ranges: `4`, `4-6`, `4-`, `~1/7-~2/3`, `243/1-5`, `~4` (a whole session).
    """
    options, words = read_options_anywhere(line, "noptuf:gl")
    raw, unique = "t" not in options, "u" in options
    if "g" in options:
        pattern = " ".join(words) or "*"
        if not any(sign in pattern for sign in "*?["):
            pattern = f"*{pattern}*"
        entries = history.search(pattern, raw, "o" in options, unique=unique)
    elif "l" in options:
        count = int(words[0]) if words and words[0].isdigit() else 10
        entries = history.tail(count + 1, raw, "o" in options, unique)[:-1]
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
    if os.path.exists(name):
        answer = current_outlet().ask(f"File '{name}' exists. Overwrite? ")
        if not answer.strip().lower().startswith("y"):
            print("Aborting.")
            return
    with open(name, "w", encoding="utf-8") as file:
        file.write(text)


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
    """`%recall [ranges]`: put earlier cells (or the last result) into the next cell."""
    if line.strip():
        from .sources import find_code

        try:
            text = find_code(line, history, namespace).rstrip("\n")
        except ValueError as error:
            raise UsageError(str(error)) from None
    else:
        text = str(namespace.user_ns.get("_", ""))
    if set_next_input is None:
        print(text)
    else:
        set_next_input(text)


def rerun(line: str, history: Any, namespace: Any, run_code: Any) -> None:
    """`%rerun [-l n] [-g pattern] [ranges]`: run earlier cells again; without ranges, the last one."""
    options, words = read_options_anywhere(line, "l:g:")
    if "g" in options:
        entries = history.search(f"*{options['g']}*", n=2)
        text = "\n".join(entry[2] for entry in entries if "%rerun" not in entry[2])
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
    print(f"=== Executing: ===\n{text}\n=== Output: ===")
    run_code(text)
