"""HTML of strangers made harmless, and still readable.

A finished fragment goes in, a fragment without scripts, event handlers, forms, frames, dangerous addresses and styles
comes out. nh3 parses it as a browser does and writes it anew; here is what may stay. Three things it cannot do are
done around it, always so that what comes from the stranger passes through nh3 or is built here from checked pieces:
 - SVG is not kept inline: a picture of it is, as a data address in `img`, where browsers run nothing.
 - `style` elements of styled tables (pandas' Styler) are read, and the rules that only concern a table of this
   fragment, with properties of the list below, are written anew before it. All others go.
 - a frame of another page becomes a link to it.
"""

from __future__ import annotations

import base64
import re
from functools import cache, lru_cache
from html import escape, unescape
from typing import TYPE_CHECKING, Final

from .policy import Policy

if TYPE_CHECKING:
    import nh3


def sanitize(fragment: str, policy: Policy | None = None) -> str:
    """The fragment without what could harm; as it is where the policy trusts it. Doing it twice changes nothing.

    One of more than `MAX_DEPTH` elements in each other is shown as text: browsers stop at half of that, and parsing it
    takes the square of its length.
    """
    if policy is not None and policy.trusted:
        return fragment
    fragment = fragment.replace("\0", "")
    if _too_deep(fragment):
        return f"<pre>{escape(fragment, quote=False)}</pre>"
    styles: list[str] = []
    if "<" in fragment:
        if _SVG_START.search(fragment):
            fragment = _pictures(fragment)
        if _STYLE_START.search(fragment):
            fragment = _STYLE.sub(lambda m: styles.append(m[1]) or "", fragment)  # type: ignore[func-returns-value]
        if _FRAME_START.search(fragment):
            fragment = _FRAME.sub(_frame_link, fragment)
    cleaned = _cleaner().clean(fragment)
    rules = "".join(_rules(css, cleaned) for css in styles)
    return f"<style>{rules}</style>{cleaned}" if rules else cleaned


MAX_DEPTH: Final = 1000
_TAG: Final = re.compile(r"<(/?)([A-Za-z][^\s/>]*)")
_FLAT: Final = frozenset(
    """area base br col dd dt embed hr img input li link meta option p param source tbody td tfoot th thead tr track
    wbr""".split()  # noqa: SIM905
)
"""Elements that are void, or that the next one ends."""


def _too_deep(fragment: str) -> bool:
    if fragment.count("<") <= MAX_DEPTH:
        return False
    open_: dict[str, int] = {}
    depth = 0
    for closing, name in _TAG.findall(fragment):
        name = name.lower()
        if name in _FLAT:
            continue
        if not closing:
            open_[name] = open_.get(name, 0) + 1
            depth += 1
            if depth > MAX_DEPTH:
                return True
        elif open_.get(name, 0):
            open_[name] -= 1
            depth -= 1
    return False


# -- elements and attributes -------------------------------------------------------------------------------------------

_HTML: Final = frozenset(
    """a abbr acronym address article aside audio b bdi bdo big blockquote br caption center cite code col colgroup data
    dd del details dfn div dl dt em figcaption figure font footer h1 h2 h3 h4 h5 h6 header hgroup hr i img ins kbd li
    main mark meter nav ol p pre progress q rp rt ruby s samp section small source span strike strong sub summary sup
    table tbody td tfoot th thead time tr tt u ul var video wbr""".split()  # noqa: SIM905
)
_MATHML: Final = frozenset(
    """math semantics annotation mrow mi mn mo mtext ms mfrac msqrt mroot mstyle mpadded mphantom merror msub msup
    msubsup munder mover munderover mtable mtr mtd mspace menclose mmultiscripts mprescripts none""".split()  # noqa: SIM905
)
_WITH_CONTENT: Final = frozenset(
    """applet embed frameset iframe math-annotation noembed noframes noscript object plaintext script select style svg
    template textarea title xmp annotation-xml""".split()  # noqa: SIM905
)
"""Elements whose content goes with them; of others that are not kept, the content stays."""

_EVERYWHERE: Final = frozenset(("class", "dir", "id", "lang", "role", "style", "title"))
_CELLS: Final = frozenset("abbr align bgcolor char colspan headers height nowrap rowspan scope valign width".split())  # noqa: SIM905
_MEDIA: Final = frozenset("controls height loop muted preload src width".split())  # noqa: SIM905
_OWN: Final = {
    "a": frozenset(("href", "hreflang", "name")),
    "audio": _MEDIA,
    "video": _MEDIA,
    "source": frozenset(("src", "type")),
    "del": frozenset(("datetime",)),
    "ins": frozenset(("datetime",)),
    "time": frozenset(("datetime",)),
    "data": frozenset(("value",)),
    "bdo": frozenset(("dir",)),
    "col": frozenset(("align", "span", "valign", "width")),
    "colgroup": frozenset(("align", "span", "valign", "width")),
    "details": frozenset(("open",)),
    "div": frozenset(("align",)),
    "p": frozenset(("align",)),
    "font": frozenset(("color", "face", "size")),
    "hr": frozenset(("align", "size", "width")),
    "img": frozenset(("align", "alt", "border", "decoding", "height", "hspace", "loading", "src", "vspace", "width")),
    "li": frozenset(("value",)),
    "meter": frozenset(("high", "low", "max", "min", "optimum", "value")),
    "progress": frozenset(("max", "value")),
    "ol": frozenset(("reversed", "start", "type")),
    "ul": frozenset(("type",)),
    "table": frozenset("align bgcolor border cellpadding cellspacing frame rules summary width".split()),  # noqa: SIM905
    "tbody": frozenset(("align", "valign")),
    "tfoot": frozenset(("align", "valign")),
    "thead": frozenset(("align", "valign")),
    "tr": frozenset(("align", "bgcolor", "valign")),
    "td": _CELLS,
    "th": _CELLS,
    **{f"h{level}": frozenset(("align",)) for level in range(1, 7)},
}
_OF_MATH: Final = frozenset(
    """accent accentunder columnspan depth display displaystyle encoding fence form height largeop linethickness lspace
    mathbackground mathcolor mathvariant maxsize minsize movablelimits notation rowspan rspace scriptlevel separator
    stretchy symmetric voffset width""".split()  # noqa: SIM905
)
_SCHEMES: Final = frozenset(("http", "https", "mailto", "tel", "ftp", "doi", "data"))
_PICTURE: Final = re.compile(
    r"data:image/(?:png|apng|jpe?g|gif|webp|avif|bmp|x-icon|vnd\.microsoft\.icon|svg\+xml)"
    r"(?:;charset=[\w-]+)?;base64,[A-Za-z0-9+/=\s%]*\Z",
    re.I,
)
_SOUND: Final = re.compile(r"data:(?:audio|video)/[\w.+-]+(?:;codecs=[\w., \"'-]+)?;base64,[A-Za-z0-9+/=\s%]*\Z", re.I)
_BLANKS: Final = re.compile(r"[\0-\x20]+")
_RESERVED: Final = re.compile(r"\A\s*(?:cell-id=|antiphon-)", re.I)
"""Ids of our own pages, which a notebook cannot take."""


@cache
def _cleaner() -> nh3.Cleaner:
    from nh3 import Cleaner

    attributes = {name: set(own) for name, own in _OWN.items()} | {"*": set(_EVERYWHERE)}
    attributes |= {name: set(_OF_MATH) for name in _MATHML}
    return Cleaner(
        tags=set(_HTML | _MATHML),
        clean_content_tags=set(_WITH_CONTENT),
        attributes=attributes,
        attribute_filter=_attribute,
        generic_attribute_prefixes={"aria-"},
        url_schemes=set(_SCHEMES),
        link_rel="noopener noreferrer",
        strip_comments=True,
    )


def _attribute(tag: str, name: str, value: str) -> str | None:
    """What an attribute may say; None: it goes."""
    if name == "style":
        return declarations(value) or None
    if name == "id" or name == "name":
        return None if _RESERVED.match(value) else value
    if name in ("href", "src"):
        if _BLANKS.sub("", value[:100])[:5].lower() == "data:":
            good = _PICTURE if tag == "img" else _SOUND if tag in ("audio", "video", "source") else None
            return value if name == "src" and good is not None and good.match(value) else None
    elif name == "encoding":
        # other encodings make a browser read the annotation as HTML
        return value if value == "application/x-tex" else None
    return value


# -- styles ------------------------------------------------------------------------------------------------------------

_PROPERTIES: Final = frozenset(
    """align-content align-items align-self aspect-ratio background background-color border border-bottom
    border-bottom-color border-bottom-left-radius border-bottom-right-radius border-bottom-style border-bottom-width
    border-collapse border-color border-left border-left-color border-left-style border-left-width border-radius
    border-right border-right-color border-right-style border-right-width border-spacing border-style border-top
    border-top-color border-top-left-radius border-top-right-radius border-top-style border-top-width border-width
    box-shadow box-sizing caption-side clear color color-scheme column-gap columns direction display empty-cells flex
    flex-direction flex-flow flex-grow flex-shrink flex-wrap float font font-family font-feature-settings font-size
    font-stretch font-style font-variant font-variant-numeric font-weight gap grid-template-columns height
    justify-content justify-items letter-spacing line-height list-style-type margin margin-bottom margin-left
    margin-right margin-top max-height max-width min-height min-width object-fit opacity order outline overflow
    overflow-wrap overflow-x overflow-y padding padding-bottom padding-left padding-right padding-top row-gap tab-size
    table-layout text-align text-decoration text-indent text-overflow text-shadow text-transform transform
    vertical-align visibility white-space width word-break word-spacing word-wrap writing-mode""".split()  # noqa: SIM905
)
"""Neither those that lay an element over others (position, z-index) nor those that load or run something."""

_FUNCTIONS: Final = frozenset(
    """calc clamp hsl hsla linear-gradient max min minmax radial-gradient repeat repeating-linear-gradient rgb rgba
    rotate var""".split()  # noqa: SIM905
)
_VALUE: Final = re.compile(r"[\w\s#%.,()+/'\"!*-]{1,400}\Z", re.A)
_FUNCTION: Final = re.compile(r"([\w-]*)\s*\(")
_NEGATIVE: Final = re.compile(r"(?:\A|[\s,(])-[\s.]*\d")
_CSS_COMMENT: Final = re.compile(r"/\*.*?(?:\*/|\Z)", re.S)


@lru_cache(maxsize=4096)
def declarations(css: str) -> str:
    """Of `a: b; c: d`, the declarations that only say how something looks in its place."""
    if "\\" in css or len(css) > 10_000:
        return ""  # nobody writes styles with escapes but to hide something
    kept = []
    for declaration in _CSS_COMMENT.sub(" ", css).split(";"):
        name, colon, value = declaration.partition(":")
        name, value = name.strip().lower(), value.strip()
        if not colon or name not in _PROPERTIES or not _VALUE.match(value) or _NEGATIVE.search(value):
            continue
        called = [function.lower() for function in _FUNCTION.findall(value)]
        if not all(function in _FUNCTIONS for function in called):
            continue
        if name == "transform" and called != ["rotate"]:
            continue
        if value.count("(") != value.count(")") or value.count('"') % 2 or value.count("'") % 2:
            continue
        kept.append(f"{name}: {' '.join(value.split())}")
    return "; ".join(kept)


_STYLE_START: Final = re.compile(r"<style", re.I)
_STYLE: Final = re.compile(r"<style\b[^>]{0,300}>(.*?)(?:</style\s*>|\Z)", re.I | re.S)
_ID: Final = re.compile(r'\sid="(T_\w{1,80})"', re.A)
_SELECTOR: Final = re.compile(r"#(T_\w{1,80})(?:[ >]+|(?=\.)|\Z)[\w .>*#-]{0,300}\Z", re.A)
_PSEUDO: Final = re.compile(r":[\w-]+(?:\([^()]*\))?")
_GOOD_PSEUDO: Final = re.compile(
    r":(?:hover|first-child|last-child|(?:nth-child|nth-last-child|nth-of-type)\((?:[\dn +-]{1,9}|odd|even)\))"
)


def _rules(css: str, fragment: str) -> str:
    """The rules of a style element that concern a table of this fragment, which pandas calls `T_` and an id."""
    if "\\" in css or "<" in css or len(css) > 5_000_000:
        return ""
    tables = set(_ID.findall(fragment))
    kept = []
    for rule in _CSS_COMMENT.sub(" ", css).split("}"):
        named, brace, body = rule.partition("{")
        body = declarations(body)
        if not brace or not body:
            continue
        selectors = []
        for selector in named.split(","):
            selector = " ".join(selector.split())
            found = _SELECTOR.match(_PSEUDO.sub("", selector))
            pseudos = _PSEUDO.findall(selector)
            if found is not None and found[1] in tables and all(map(_GOOD_PSEUDO.fullmatch, pseudos)):
                selectors.append(selector)
        if selectors:
            kept.append(f"{', '.join(selectors)} {{{body}}}\n")
    return "".join(kept)


# -- pictures and frames -----------------------------------------------------------------------------------------------

_SVG_START: Final = re.compile(r"<svg\b", re.I)
_SVG_TAG: Final = re.compile(r"<(/?)svg\b(?:[^<>\"']|\"[^\"<]*\"|'[^'<]*')*>", re.I)
_SIZE: Final = re.compile(r"""\s(width|height)\s*=\s*["']?([\d.]+(?:px|em|%)?)["'\s>]""", re.I)
_LABEL: Final = re.compile(r"""\saria-label\s*=\s*"([^"<>]{1,300})\"""", re.I)
_TITLE: Final = re.compile(r"<title[^<>]*>([^<>]{1,300})</title>", re.I)
_FRAME_START: Final = re.compile(r"<iframe", re.I)
_FRAME: Final = re.compile(r"<iframe\b([^<>]*)>", re.I)
_FRAME_SOURCE: Final = re.compile(
    r"""\ssrc\s*=\s*(?:"(https?:[^"<>]+)"|'(https?:[^'<>]+)'|(https?:[^\s"'<>]+))""", re.I
)


def svg_address(svg: str) -> str | None:
    """A data address for an SVG picture; None for what is no picture (not well-formed) or defines entities."""
    from xml.parsers import expat

    if "<!ENTITY" in svg:
        return None
    data = svg.encode("utf-8", "replace")
    try:
        expat.ParserCreate().Parse(data, True)
    except expat.ExpatError:
        return None
    return "data:image/svg+xml;base64," + base64.b64encode(data).decode("ascii")


def _pictures(fragment: str) -> str:
    """Each outermost `svg` element as an `img`; one that is not well-formed is left to nh3, which drops it."""
    parts: list[str] = []
    position = depth = start = 0
    opening: re.Match[str] | None = None
    for tag in _SVG_TAG.finditer(fragment):
        if tag[1]:
            depth -= depth > 0
            if depth == 0 and opening is not None:
                picture = _picture(opening[0], fragment[start : tag.end()])
                if picture is not None:
                    parts += (fragment[position:start], picture)
                    position = tag.end()
                opening = None
        elif not tag[0].endswith("/>"):
            if depth == 0:
                opening, start = tag, tag.start()
            depth += 1
    return "".join((*parts, fragment[position:]))


def _picture(opening: str, svg: str) -> str | None:
    spaces = ""
    if "xmlns=" not in opening:
        spaces += ' xmlns="http://www.w3.org/2000/svg"'
    if "xlink:" in svg and "xmlns:xlink" not in svg:
        spaces += ' xmlns:xlink="http://www.w3.org/1999/xlink"'
    address = svg_address(svg[:4].lower() + spaces + svg[4:-6] + "</svg>" if svg.lower().endswith("</svg>") else svg)
    if address is None:
        return None
    size = "".join(f' {name.lower()}="{value}"' for name, value in _SIZE.findall(opening))
    label = _LABEL.search(opening) or _TITLE.search(svg)
    return f'<img src="{address}" alt="{escape(unescape(label[1].strip())) if label else ""}"{size}>'


def _frame_link(m: re.Match[str]) -> str:
    source = _FRAME_SOURCE.search(m[1])
    if source is None:
        return m[0]
    url = unescape(next(group for group in source.groups() if group))
    return f'<a class="embedded-page" href="{escape(url)}">{escape(url)}</a>{m[0]}'
