"""The hint while a call is typed: which call the cursor is in, and what the backend says of it, in one line."""

from __future__ import annotations

import re

_CALLABLE = re.compile(r"[\w.\])]$")
_ANSI = re.compile(r"\x1b\[[0-9;]*m")
_SKIP = {"'": "'", '"': '"'}


def open_call(text: str) -> tuple[int, int] | None:
    """`(position of the bracket, number of the argument)` of the innermost call that is open at the end of `text`.

    Strings and comments are passed over by a plain scan; None where no call is open.
    """
    stack: list[list[int]] = []  # [position or -1 for no call, commas]
    quote = ""
    at = 0
    while at < len(text):
        sign = text[at]
        if quote:
            if sign == "\\":
                at += 1
            elif text.startswith(quote, at):
                at += len(quote) - 1
                quote = ""
            elif sign == "\n" and len(quote) == 1:
                quote = ""
        elif sign in _SKIP:
            quote = sign * 3 if text.startswith(sign * 3, at) else sign
            at += len(quote) - 1
        elif sign == "#":
            end = text.find("\n", at)
            at = len(text) if end < 0 else end
        elif sign == "(":
            stack.append([at if at and _CALLABLE.match(text[at - 1]) else -1, 0])
        elif sign in "[{":
            stack.append([-1, 0])
        elif sign in ")]}":
            if stack:
                stack.pop()
        elif sign == "," and stack:
            stack[-1][1] += 1
        at += 1
    if not stack or stack[-1][0] < 0:
        return None
    return stack[-1][0], stack[-1][1]


def hint(page: str) -> str:
    """The signature out of what `inspect` answers as text, in one line; empty where it has none."""
    lines = _ANSI.sub("", page).splitlines()
    found = ""
    for at, line in enumerate(lines):
        name, colon, rest = line.partition(":")
        if colon and name.strip() in ("Signature", "Init signature", "Call signature", "Definition"):
            parts = [rest.strip()]
            for more in lines[at + 1 :]:
                if re.match(r"^[A-Z][\w ]*:", more):
                    break
                parts.append(more.strip())
            found = " ".join(part for part in parts if part)
            if name.strip() != "Call signature":
                break
    return re.sub(r"\(\s+", "(", re.sub(r",?\s+\)", ")", found))


def parts(signature: str, argument: int) -> tuple[str, str, str]:
    """The signature in three: before the argument that is being typed, that argument, and after it."""
    opening = signature.find("(")
    if opening < 0:
        return signature, "", ""
    depth, starts, end = 0, [opening + 1], len(signature)
    for at in range(opening, len(signature)):
        sign = signature[at]
        if sign in "([{":
            depth += 1
        elif sign in ")]}":
            depth -= 1
            if not depth:
                end = at
                break
        elif sign == "," and depth == 1:
            starts.append(at + 1)
    real = [
        (start, stop)
        for start, stop in zip(starts, [*[start - 1 for start in starts[1:]], end], strict=True)
        if signature[start:stop].strip() not in ("/", "*", "")
    ]
    if not real:
        return signature, "", ""
    start, stop = real[min(argument, len(real) - 1)]
    if argument >= len(real) and not signature[real[-1][0] : real[-1][1]].strip().startswith("*"):
        return signature, "", ""
    start += len(signature[start:stop]) - len(signature[start:stop].lstrip())
    return signature[:start], signature[start:stop], signature[stop:]
