"""The escapes of interactive text: `%magic`, `!command`, `help?`, `,;/` calls, and `%%cell` magics.

One pass over the logical lines finds them all, with a scanner that knows texts, brackets, comments and continued
lines, and nothing else of Python: an escape stands at the start of a logical line, after its first `=`, or at its end.
"""

from __future__ import annotations

import re

Lines = list[str]


def cell_magic(lines: Lines) -> Lines:
    """`%%name line` on the first line takes the whole cell."""
    if not lines or not lines[0].startswith("%%") or re.match(r"%%\w+\?", lines[0]):
        return lines
    name, _, line = lines[0][2:].rstrip().partition(" ")
    body = "".join(lines[1:])
    return [f"get_ipython().run_cell_magic({name!r}, {line!r}, {body!r})\n"]


_token = re.compile(
    r"""(?P<string>\"{3}|'{3}|[\"'])|(?P<comment>\#[^\n]*)|(?P<open>[(\[{])|(?P<close>[)\]}])
      |(?P<joined>\\\n)|(?P<end>\n)|(?P<other>(?:[!=<>:+\-*/%&|^@]|//|\*\*|<<|>>)=|==)|(?P<assign>=)""",
    re.X,
)
_closing = {
    '"': re.compile(r'(?:[^"\\\n]|\\[\s\S])*(?P<closed>")?'),
    "'": re.compile(r"(?:[^'\\\n]|\\[\s\S])*(?P<closed>')?"),
    '"""': re.compile(r'(?:[^"\\]|\\[\s\S]|"(?!""))*(?P<closed>""")?'),
    "'''": re.compile(r"(?:[^'\\]|\\[\s\S]|'(?!''))*(?P<closed>''')?"),
}
_blank = re.compile(r"[ \t\f]*")
_assigned = re.compile(r"[ \t]*(?:\\\n[ \t]*)*(?:(?P<magic>%(?=[ \t]*[^\W\d]))|(?P<shell>!))")
_help = re.compile(r"(?P<target>%{0,2}(?!\d)[\w*]+(?:\.[\w*]+|\[-?[0-9]+\])*)(?P<mark>\?\??)$")


def escapes(lines: Lines) -> Lines:
    """All escapes of a cell, found in one pass over its logical lines."""
    text = "".join(lines)
    parts: Lines = []
    position, size = 0, len(text)
    while position < size:
        position = _logical_line(text, position, parts)
    return split_lines("".join(parts))


def _logical_line(text: str, start: int, parts: Lines) -> int:
    """Append the logical line that begins at `start`, transformed if it is special; returns where the next begins."""
    blank = _blank.match(text, start)
    first = start if blank is None else blank.end()
    if text[first : first + 1] in ("%", "!", "?", ",", ";", "/") and first < len(text):
        content, end = _continued(text, first)
        helped = _help.search(content) if content.endswith("?") and len(content) > 2 else None
        if helped is not None and content[0] != "?":
            call = _help_call(helped["target"], helped["mark"])
        else:
            call = _escaped(content)
        parts.append(f"{text[start:first]}{call}\n")
        return end
    depth = 0
    seen_assign = commented = False
    position = first
    while True:
        token = _token.search(text, position)
        if token is None:
            end = len(text)
            break
        kind, position = token.lastgroup, token.end()
        if kind == "string":
            closing = _closing[token[0]].match(text, position)
            if closing is not None and (closing["closed"] is not None or len(token[0]) == 3):
                position = closing.end()
        elif kind == "comment":
            commented = True
        elif kind == "open":
            depth += 1
        elif kind == "close":
            depth = max(0, depth - 1)
        elif kind == "assign" and not depth and not seen_assign:
            seen_assign = True
            target = _assigned.match(text, position)
            if target is not None:
                begin = target.start(target.lastgroup or 0)
                content, end = _continued(text, begin)
                call = _magic_call(content[1:]) if target["magic"] else f"get_ipython().getoutput({content[1:]!r})"
                parts.append(f"{text[start:begin]}{call}\n")
                return end
        elif kind == "end" and not depth:
            end = position
            break
    line = text[start:end]
    bare = line.rstrip("\n")
    if not depth and not commented and bare.endswith("?"):
        helped = _help.search(bare)
        if helped is not None:
            call = _help_call(helped["target"], helped["mark"])
            parts.append(f"{text[start:first]}{call}\n")
            return end
    parts.append(line)
    return end


def _continued(text: str, start: int) -> tuple[str, int]:
    """The text from `start` to the end of its line, joined over backslashes; and where the next line begins."""
    pieces: Lines = []
    while True:
        end = text.find("\n", start)
        end = len(text) if end < 0 else end
        piece = text[start:end]
        if piece.endswith("\\") and end + 1 < len(text):
            pieces.append(piece[:-1])
            start = end + 1
            continue
        pieces.append(piece.rstrip())
        return " ".join(pieces) if len(pieces) > 1 else pieces[0], min(end + 1, len(text))


def _escaped(content: str) -> str:
    two, one = content[:2], content[:1]
    if two == "!!":
        return f"get_ipython().getoutput({content[2:]!r})"
    if one == "!":
        return f"get_ipython().system({content[1:]!r})"
    if one == "%":
        return _magic_call(content[1:])
    if one == "?":
        target = content[2:] if two == "??" else content[1:]
        return _help_call(target, "??" if two == "??" else "?") if target else "get_ipython().show_usage()"
    name, _, arguments = content[1:].partition(" ")
    if one == ";":
        return f'{name}("{arguments}")'
    if one == ",":
        return '{}("{}")'.format(name, '", "'.join(arguments.split()))
    return "{}({})".format(name, ", ".join(arguments.split()))


def _magic_call(content: str) -> str:
    name, _, arguments = content.partition(" ")
    return f"get_ipython().run_line_magic({name!r}, {arguments!r})"


def _help_call(target: str, mark: str) -> str:
    if mark == "??":
        return f"get_ipython().run_line_magic('pinfo2', {target!r})"
    name = "psearch" if "*" in target else "pinfo"
    return f"get_ipython().run_line_magic({name!r}, {target!r})"


def split_lines(text: str) -> Lines:
    """Lines with their ends; a form feed or U+2028 in a string is no end of a line in Python."""
    lines = text.split("\n")
    last = lines.pop()
    return [line + "\n" for line in lines] + ([last] if last else [])
