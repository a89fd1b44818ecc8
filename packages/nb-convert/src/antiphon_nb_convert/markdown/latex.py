r"""Tokens as LaTeX, for pdflatex, xelatex and lualatex: every text escaped, nothing of it read as a command.

Formulas pass through as they are: they are LaTeX already. `PACKAGES` are what the document has to load.
"""

# ruff: noqa: SIM905 - names of commands, as one writes them
from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, TypeAlias
from urllib.parse import quote, unquote

from .html import plain
from .html_fragments import resolved
from .tables import Cell, Grid, grid, width_of

if TYPE_CHECKING:
    from ..anchors import Anchors
    from .parsing import Token

Resolver: TypeAlias = Callable[[str], str | None]
"""From the address of an image or a link to the one to write; None: there is none, its text stays."""
Highlighter: TypeAlias = Callable[[str, str], str]
"""From code and the name of its language to a block of LaTeX."""

PACKAGES = ("adjustbox", "amsmath", "amssymb", "array", "booktabs", "fancyvrb", "graphicx", "hyperref", "longtable",
            "multirow", "ulem")  # fmt: skip
"""adjustbox with its option Export; with pdflatex also fontenc in T1, for xelatex and lualatex fontspec."""

TABLE_WIDTH = 38.0
"""How wide a table may be before its text is made smaller, in em."""
SMALLEST = 0.6

_SECTIONS = ("section", "subsection", "subsubsection", "paragraph", "subparagraph")
_SIGNS = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "$": r"\$", "&": r"\&", "#": r"\#", "^": r"\textasciicircum{}",
    "_": r"\_", "~": r"\textasciitilde{}", "%": r"\%", "<": r"\textless{}", ">": r"\textgreater{}",
    "|": r"\textbar{}", '"': r"\textquotedbl{}", "`": r"\textasciigrave{}", "[": "{[}", "]": "{]}", "*": "{*}",
    "\u00a0": "~", "\u2010": "-", "\u2011": "-", "\u200b": r"\hspace{0pt}",
}  # fmt: skip
_ESCAPED = re.compile(r"[\\{}$&#^_~%<>|\"`\[\]*\u00a0\u2010\u2011\u200b]|(?<=[-,'?!])(?=[-,'`])")
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\x80-\x9f\u2028\u2029]")
_VERBATIM_END = re.compile(r"\\end\s*\{\s*(?:Verbatim|verbatim)\s*\}")
_MATH = re.compile(r"\\(?:begin|end)\s*\{([^{}]*)\}|\\[a-zA-Z]+|\\.|\\\Z|[{}$#]|%[^\n]*", re.DOTALL)
_FORBIDDEN = frozenset(
    "input include openin openout read write immediate special directlua catcode csname closeout "
    "usepackage newwrite newread loop repeat lccode uccode everypar output jobname".split()
)
"""Commands by which a formula would do more than show: read, write, or change what signs mean."""
_ALONE = frozenset(
    name + star
    for name in ("align", "alignat", "eqnarray", "equation", "flalign", "gather", "multline", "displaymath", "math")
    for star in ("", "*")
)


def to_latex(
    tokens: Iterable[Token],
    *,
    anchors: Anchors | None = None,
    image: Resolver | None = None,
    link: Resolver | None = None,
    highlight: Highlighter | None = None,
    chapters: bool = False,
    prefix: str = "",
) -> str:
    """The LaTeX of these tokens, without a document around it.

    `anchors`: headings get a label from it, to which links of `#…` lead. `highlight` makes blocks of code (by default
    `Verbatim`). With `chapters`, the first level is a chapter. `prefix` stands before the labels of footnotes.
    """
    return _Writer(anchors, image, link, highlight, chapters, prefix).blocks(resolved(list(tokens)))


def escape(text: str) -> str:
    """Text that stands for itself: no command, no ligature, no argument of what stands before."""
    text = _CONTROLS.sub(lambda m: " " if m[0] in "\x0b\x0c\r\u2028\u2029" else "", text)
    return _ESCAPED.sub(lambda m: _SIGNS[m[0]] if m[0] else "{}", text)


def label(name: str) -> str:
    """The label of an anchor: letters, digits and few signs, whatever it is called."""
    return "".join(char if char.isascii() and (char.isalnum() or char in "-.:") else f"u{ord(char):x}" for char in name)


class _Writer:
    def __init__(
        self,
        anchors: Anchors | None,
        image: Resolver | None,
        link: Resolver | None,
        highlight: Highlighter | None,
        chapters: bool,
        prefix: str,
    ) -> None:
        self._anchors = anchors
        self._image = image
        self._link = link
        self._highlight = highlight
        self._sections = ("chapter", *_SECTIONS) if chapters else _SECTIONS
        self._prefix = prefix
        self._notes: dict[int, Token] = {}
        self._noted: set[int] = set()
        self._open_notes = False
        self._in_title = False
        self._after_title: list[str] = []

    # -- blocks --------------------------------------------------------------------------------------------------------

    def blocks(self, tokens: list[Token]) -> str:
        if tokens and tokens[-1]["type"] == "footnotes":
            self._notes = {item["attrs"]["index"]: item for item in tokens[-1]["children"]}
        made = self._inside(tokens)
        return made + "\n" if made else ""

    def _inside(self, tokens: list[Token], depth: int = 0) -> str:
        return "\n\n".join(made for made in (self._block(token, depth) for token in tokens) if made)

    def _block(self, token: Token, depth: int) -> str:
        kind = token["type"]
        if kind in ("paragraph", "block_text"):
            return self.inline(token["children"]).strip()
        if kind == "heading":
            return self._heading(token, depth)
        if kind == "list":
            return self._list(token, depth)
        if kind == "block_code":
            return self._code(token)
        if kind == "block_math":
            return display(token["raw"])
        if kind == "block_quote":
            inside = self._inside(token["children"], depth + 1)
            return f"\\begin{{quote}}\n{inside}\n\\end{{quote}}" if inside and depth < 5 else inside
        if kind == "table":
            return self._table(grid(token))
        if kind == "thematic_break":
            return "\\begin{center}\\rule{0.5\\linewidth}{0.5pt}\\end{center}"
        if kind == "footnotes":
            return ""
        return self._inside(token["children"], depth) if "children" in token else self.inline([token])

    def _heading(self, token: Token, depth: int) -> str:
        self._in_title = True
        inside = self.inline(token["children"], is_line=True).strip()
        self._in_title = False
        notes, self._after_title = self._after_title, []
        if not inside:
            return ""
        name = None if self._anchors is None else self._anchors.claim(plain(token["children"]))
        mark = f"\\label{{{label(name)}}}" if name else ""
        if notes:  # each mark in the title counted one up
            mark += f"\\addtocounter{{footnote}}{{{1 - len(notes)}}}" + "\\stepcounter{footnote}".join(notes)
        level = token["attrs"]["level"]
        if depth or level > len(self._sections):
            return f"\\textbf{{{inside}}}{mark}"
        text = escape(" ".join(plain(token["children"]).split()))
        short = f"[{text}]" if text != inside else ""  # contents and bookmarks hold text only
        return f"\\{self._sections[level - 1]}{short}{{{inside}}}{mark}"

    def _list(self, token: Token, depth: int) -> str:
        """A list; from the fifth level on, which LaTeX does not have, paragraphs with their marks."""
        attrs = token["attrs"]
        is_ordered, is_deep = attrs["ordered"], depth >= 4
        start = attrs.get("start", 1)
        items = []
        for number, item in enumerate(token["children"], start):
            mark = f"{number}." if is_ordered and (start != 1 or is_deep) else "--" if is_deep else ""
            if item["type"] == "task_list_item":
                mark = "$\\boxtimes$" if item["attrs"]["checked"] else "$\\square$"
            inside = self._inside(item["children"], depth + 1)
            if is_deep:
                items.append(f"{mark} {inside}")
            else:
                items.append(f"\\item{f'[{mark}]' if mark else '{}'} {inside}".rstrip())
        if is_deep:
            return "\n\n".join(items)
        kind = "enumerate" if is_ordered else "itemize"
        tight = "\\setlength{\\itemsep}{0pt}\\setlength{\\parskip}{0pt}\n" if token.get("tight", True) else ""
        body = "\n".join(items)
        return f"\\begin{{{kind}}}\n{tight}{body}\n\\end{{{kind}}}"

    def _code(self, token: Token) -> str:
        code = token["raw"].rstrip("\n")
        if not code.strip():
            return ""
        if not self._open_notes and self._highlight is not None:
            words = token.get("attrs", {}).get("info", "").split(None, 1)
            return self._highlight(code, words[0].strip("{}.,") if words else "").strip("\n")
        code = _CONTROLS.sub("", code).expandtabs(4)
        if self._open_notes or _VERBATIM_END.search(code):
            lines = "\\\\\n".join(escape(line).replace(" ", "~") or "~" for line in code.split("\n"))
            return f"\\begin{{quote}}\\ttfamily\\raggedright\n{lines}\n\\end{{quote}}"
        return f"\\begin{{Verbatim}}\n{code}\n\\end{{Verbatim}}"

    # -- tables --------------------------------------------------------------------------------------------------------

    def _table(self, found: Grid) -> str:
        """Tables that may go over pages, one for each band of columns that fits the line."""
        if not found.rows or not found.columns:
            return ""
        bands, scale = found.bands(TABLE_WIDTH, SMALLEST)
        made = "\n\n".join(self._band(found, band, scale) for band in bands)
        if scale < 1:
            size = f"\\fontsize{{{11 * scale:.1f}}}{{{13.6 * scale:.1f}}}\\selectfont"
            made = f"{{{size}\\setlength{{\\tabcolsep}}{{{6 * scale:.1f}pt}}\n{made}\n\\par}}"
        if found.caption:
            made = f"\\begin{{center}}{self.inline(found.caption, is_line=True)}\\end{{center}}\n{made}"
        return made

    def _band(self, found: Grid, columns: list[int], scale: float) -> str:
        filled = found.filled()
        behind: dict[tuple[int, int], Cell] = {
            (lower, column): cell
            for number, column, cell in found.placed()
            for lower in range(number + 1, number + cell.rowspan)
        }
        kind = "tabular" if self._open_notes else "longtable"
        lines = [f"\\begin{{{kind}}}{{@{{}}{_columns(found, columns, scale)}@{{}}}}", "\\toprule"]
        for number, row in enumerate(filled):
            cells = []
            skipped = 0
            for column in columns:
                cell = row[column]
                if skipped:
                    skipped -= 1
                elif cell is not None:
                    cells.append(self._cell(cell))
                    skipped = cell.colspan - 1
                else:
                    above = behind.get((number, column))
                    skipped = above.colspan - 1 if above is not None else 0
                    cells.append(f"\\multicolumn{{{skipped + 1}}}{{c}}{{}}" if skipped else "")
            lines.append(" & ".join(cells) + " \\\\")
            if number == found.heads - 1:
                lines.append("\\midrule" if self._open_notes else "\\midrule\n\\endhead")
        return "\n".join([*lines, "\\bottomrule", f"\\end{{{kind}}}"])

    def _cell(self, cell: Cell) -> str:
        inside = self.inline(cell.children, is_line=True).strip()
        if cell.head and inside:
            inside = f"\\textbf{{{inside}}}"
        if cell.rowspan > 1:
            inside = f"\\multirow{{{cell.rowspan}}}{{*}}{{{inside}}}"
        return (
            f"\\multicolumn{{{cell.colspan}}}{{{(cell.align or 'c')[0]}}}{{{inside}}}" if cell.colspan > 1 else inside
        )

    # -- inline --------------------------------------------------------------------------------------------------------

    def inline(self, tokens: list[Token], is_line: bool = False) -> str:
        """Inline tokens. `is_line`: in a title or a cell of a table, where no line ends and nothing is set off."""
        return "".join(self._inline(token, is_line) for token in tokens)

    def _inline(self, token: Token, is_line: bool) -> str:
        kind = token["type"]
        if kind == "text":
            return re.sub(r"\s*\n\s*", " ", escape(token["raw"]))
        if kind == "softbreak":
            return " " if is_line else "\n"
        if kind == "linebreak":
            return " " if is_line else "\\leavevmode\\newline{}\n"
        if kind == "codespan":
            return _inline_code(" ".join(token["raw"].split("\n")))
        if kind in _COMMANDS:
            inside = self.inline(token["children"], is_line or kind in ("strikethrough", "underline"))
            return f"\\{_COMMANDS[kind]}{{{inside}}}" if inside else ""
        if kind == "inline_math":
            return inline_math(token["raw"])
        if kind == "block_math":
            return inline_math(token["raw"]) if is_line else f"\n{display(token['raw'])}\n"
        if kind == "link":
            return self._anchor(token)
        if kind == "image":
            return self._picture(token)
        if kind == "footnote_ref":
            return self._footnote(token)
        if "children" in token:
            return self.inline(token["children"], is_line)
        return escape(token.get("raw", ""))

    def _anchor(self, token: Token) -> str:
        url: str | None = token["attrs"]["url"]
        inside = self.inline(token["children"], is_line=True)
        if url is not None and url.startswith("#") and self._anchors is not None:
            name = self._anchors.resolve(url[1:])
            return f"\\hyperref[{label(name)}]{{{inside}}}" if name else inside
        if self._link is not None and url is not None:
            url = self._link(url)
        return f"\\href{{{address(url)}}}{{{inside}}}" if url and inside else inside

    def _picture(self, token: Token) -> str:
        attrs = token["attrs"]
        url: str | None = attrs["url"]
        alternative = plain(token["children"])
        if self._image is not None and url is not None:
            url = self._image(url)
        named = alternative or attrs["url"][:200]
        instead = f"\\emph{{{escape(f'[{named}]')}}}"
        path = file_path(url) if url else None
        if path is None:
            return instead
        width = str(attrs.get("width", ""))
        size = "max width=\\linewidth"
        if width.endswith("%"):
            size = f"width={min(float(width[:-1]), 100) / 100:.3g}\\linewidth"
        elif width:
            size = f"width={min(float(width.removesuffix('px')) * 0.75, 440):g}pt"
        return f"\\IfFileExists{{{path}}}{{\\includegraphics[{size}]{{{path}}}}}{{{instead}}}"

    def _footnote(self, token: Token) -> str:
        index = token["attrs"]["index"]
        note = self._notes.get(index)
        if note is None or self._open_notes:
            return escape(f"[^{token['raw']}]")
        name = f"{self._prefix}fn-{index}"
        if index in self._noted:
            return f"\\textsuperscript{{\\ref{{{name}}}}}"
        self._noted.add(index)
        self._open_notes, in_title, self._in_title = True, self._in_title, False
        inside = self._inside(note["children"], 1).replace("\n\n", "\n\\endgraf\n")  # \par ends many an argument
        self._open_notes, self._in_title = False, in_title
        made = f"{{{inside}\\label{{{name}}}}}"
        if in_title:
            self._after_title.append(f"\\footnotetext{made}")
            return "\\footnotemark{}"
        return f"\\footnote{made}"


_COMMANDS = {
    "emphasis": "emph",
    "strong": "textbf",
    "strikethrough": "sout",
    "underline": "uline",
    "superscript": "textsuperscript",
    "subscript": "textsubscript",
}


def inline_math(tex: str) -> str:
    """A formula within a line; one that would break the document is shown as its source."""
    inside = _math(tex)
    if inside is None:
        return _inline_code(" ".join(tex.split()))
    return f"${inside}$" if inside else ""


def display(tex: str) -> str:
    """A formula by itself."""
    inside = _math(tex)
    if inside is None:
        return f"\\begin{{quote}}{_inline_code(' '.join(tex.split()))}\\end{{quote}}"
    begin = re.match(r"\\begin\{([a-zA-Z]+\*?)\}", inside)
    if begin and begin[1] in _ALONE and inside.endswith(f"\\end{{{begin[1]}}}"):
        return inside
    return f"\\[{inside}\\]" if inside else ""


def _math(tex: str) -> str | None:
    """The formula without empty lines; None if its braces or environments do not fit, or it does more than show."""
    inside = "\n".join(line for line in (line.strip() for line in _CONTROLS.sub("", tex).split("\n")) if line)
    depth = dollars = 0
    opened: list[str] = []
    for match in _MATH.finditer(inside):
        token = match[0]
        if token in "{}":
            depth += 1 if token == "{" else -1
            if depth < 0:
                return None
        elif token.startswith("\\begin"):
            opened.append(match[1])
        elif token.startswith("\\end"):
            if not opened or opened.pop() != match[1]:
                return None
        elif token[0] == "\\":
            if token[1:] in _FORBIDDEN or token in ("\\", "\\]", "\\)", "\\[", "\\("):
                return None
        elif token == "$":
            dollars += 1
            if not depth:
                return None
        elif token == "#" and "\\newcommand" not in inside and "\\def" not in inside:
            return None
    if depth or opened or dollars % 2:
        return None
    return inside + "\n" if "%" in inside.rpartition("\n")[2].replace("\\%", "") else inside


def _inline_code(code: str) -> str:
    """Text of a fixed width; long runs may be broken behind signs."""
    if not code:
        return ""
    inside = escape(code)
    if len(code) > 30:
        inside = re.sub(r"(\\_|[./,:=]|-)(?=\w)", r"\1\\allowbreak{}", inside)
    return f"\\texttt{{{inside}}}"


def address(url: str) -> str:
    """A URL as an argument of `href`, anywhere."""
    made = quote(url, safe="!$&'()*+,;=:@/?#%-._~[]")
    return re.sub(r"[%#&_~$]", lambda m: {"~": "\\%7E", "$": "\\%24"}.get(m[0], "\\" + m[0]), made)


def file_path(url: str) -> str | None:
    """The path of a picture that LaTeX can read; None for an address, another kind of picture, or an odd name."""
    path = unquote(url)
    if re.match(r"[a-zA-Z][a-zA-Z0-9+.-]*:|//", url) or not path.lower().endswith((".png", ".jpg", ".jpeg", ".pdf")):
        return None
    return path if re.fullmatch(r"[\w./+ @=,-]+", path) else None


def _columns(found: Grid, columns: list[int], scale: float) -> str:
    """The letters of the columns: as most cells of the body are aligned; those of long text are paragraphs."""
    widths = found.widths()
    natural = [0.0] * found.columns
    aligns: list[dict[str, int]] = [{} for _ in range(found.columns)]
    for number, column, cell in found.placed():
        if cell.colspan == 1:
            natural[column] = max(natural[column], width_of(plain(cell.children)))
            if number >= found.heads or found.heads == len(found.rows):
                letter = (cell.align or "l")[0]
                aligns[column][letter] = aligns[column].get(letter, 0) + 1
    long = [column for column in columns if natural[column] > 16]
    spare = max(TABLE_WIDTH / scale - sum(widths[column] for column in columns), 0) / max(len(long), 1)
    letters = []
    for column in columns:
        if column in long:
            width = min(natural[column], widths[column] + spare)
            letters.append(f">{{\\raggedright\\arraybackslash}}p{{{width:.1f}em}}")
        else:
            letters.append(max(aligns[column], key=lambda letter: aligns[column][letter], default="l"))
    return "".join(letters)
