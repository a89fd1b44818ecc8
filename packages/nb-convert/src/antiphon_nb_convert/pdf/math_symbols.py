"""Names of TeX mathematics and what they are in Typst: tables only.

The signs are those of unicode-math; a name stands here when MathJax or KaTeX knows it and notebooks use it.
"""

# ruff: noqa: RUF001, SIM905 - tables of signs that look like others, written so that people can read them
from __future__ import annotations

import unicodedata

_SIGNS = """
alpha α beta β gamma γ delta δ epsilon ϵ varepsilon ε zeta ζ eta η theta θ vartheta ϑ iota ι kappa κ varkappa ϰ
lambda λ mu μ nu ν xi ξ omicron ο pi π varpi ϖ rho ρ varrho ϱ sigma σ varsigma ς tau τ upsilon υ phi ϕ varphi φ chi χ
psi ψ omega ω Gamma Γ Delta Δ Theta Θ Lambda Λ Xi Ξ Pi Π Sigma Σ Upsilon Υ Phi Φ Psi Ψ Omega Ω digamma ϝ
varGamma 𝛤 varDelta 𝛥 varTheta 𝛩 varLambda 𝛬 varXi 𝛯 varPi 𝛱 varSigma 𝛴 varPhi 𝛷 varPsi 𝛹 varOmega 𝛺
Alpha Α Beta Β Epsilon Ε Zeta Ζ Eta Η Iota Ι Kappa Κ Mu Μ Nu Ν Omicron Ο Rho Ρ Tau Τ Chi Χ
sum ∑ prod ∏ coprod ∐ int ∫ iint ∬ iiint ∭ iiiint ⨌ oint ∮ oiint ∯ oiiint ∰ intop ∫ bigcup ⋃ bigcap ⋂ bigvee ⋁
bigwedge ⋀ bigoplus ⨁ bigotimes ⨂ bigodot ⨀ biguplus ⨄ bigsqcup ⨆ smallint ∫
pm ± mp ∓ times × div ÷ ast ∗ star ⋆ circ ∘ bullet ∙ cdot ⋅ cdotp · centerdot ⋅ cap ∩ cup ∪ uplus ⊎ sqcap ⊓ sqcup ⊔
vee ∨ lor ∨ wedge ∧ land ∧ setminus ∖ smallsetminus ∖ wr ≀ diamond ⋄ bigtriangleup △ bigtriangledown ▽
triangleleft ◁ triangleright ▷ lhd ⊲ rhd ⊳ unlhd ⊴ unrhd ⊵ oplus ⊕ ominus ⊖ otimes ⊗ oslash ⊘ odot ⊙ bigcirc ◯
dagger † ddagger ‡ amalg ⨿ ltimes ⋉ rtimes ⋊ bowtie ⋈ Join ⋈ dotplus ∔ boxplus ⊞ boxminus ⊟ boxtimes ⊠ boxdot ⊡
circledast ⊛ circledcirc ⊚ curlyvee ⋎ curlywedge ⋏ barwedge ⊼ veebar ⊻ intercal ⊺ Cap ⋒ Cup ⋓ divideontimes ⋇
leq ≤ le ≤ geq ≥ ge ≥ leqslant ⩽ geqslant ⩾ leqq ≦ geqq ≧ equiv ≡ sim ∼ simeq ≃ approx ≈ approxeq ≊ cong ≅
neq ≠ ne ≠ doteq ≐ doteqdot ≑ propto ∝ varpropto ∝ asymp ≍ prec ≺ succ ≻ preceq ⪯ succeq ⪰ preccurlyeq ≼
succcurlyeq ≽ ll ≪ gg ≫ lll ⋘ ggg ⋙ subset ⊂ supset ⊃ subseteq ⊆ supseteq ⊇ subsetneq ⊊ supsetneq ⊋ nsubseteq ⊈
nsupseteq ⊉ sqsubset ⊏ sqsupset ⊐ sqsubseteq ⊑ sqsupseteq ⊒ Subset ⋐ Supset ⋑ in ∈ ni ∋ owns ∋ notin ∉ vdash ⊢
dashv ⊣ models ⊨ vDash ⊨ Vdash ⊩ nvdash ⊬ nvDash ⊭ mid ∣ nmid ∤ parallel ∥ nparallel ∦ perp ⟂ smile ⌣ frown ⌢
lesssim ≲ gtrsim ≳ lessgtr ≶ gtrless ≷ lessapprox ⪅ gtrapprox ⪆ nless ≮ ngtr ≯ nleq ≰ ngeq ≱ lneq ⪇ gneq ⪈ lneqq ≨
gneqq ≩ nsim ≁ ncong ≇ triangleq ≜ coloneqq ≔ eqqcolon ≕ colonequals ≔ coloneq ≔ Coloneqq ⩴ eqsim ≂ bumpeq ≏ Bumpeq ≎
circeq ≗ eqcirc ≖ backsim ∽ backsimeq ⋍ between ≬ pitchfork ⋔ therefore ∴ because ∵ vartriangleleft ⊲
vartriangleright ⊳ trianglelefteq ⊴ trianglerighteq ⊵ risingdotseq ≓ fallingdotseq ≒ precsim ≾ succsim ≿
leftarrow ← gets ← rightarrow → to → uparrow ↑ downarrow ↓ leftrightarrow ↔ updownarrow ↕ Leftarrow ⇐ Rightarrow ⇒
implies ⟹ impliedby ⟸ iff ⟺ Uparrow ⇑ Downarrow ⇓ Leftrightarrow ⇔ Updownarrow ⇕ longleftarrow ⟵ longrightarrow ⟶
longleftrightarrow ⟷ Longleftarrow ⟸ Longrightarrow ⟹ Longleftrightarrow ⟺ mapsto ↦ longmapsto ⟼ hookleftarrow ↩
hookrightarrow ↪ leftharpoonup ↼ leftharpoondown ↽ rightharpoonup ⇀ rightharpoondown ⇁ rightleftharpoons ⇌
leftrightharpoons ⇋ nearrow ↗ searrow ↘ swarrow ↙ nwarrow ↖ leadsto ⇝ rightsquigarrow ⇝ twoheadrightarrow ↠
twoheadleftarrow ↞ rightarrowtail ↣ leftarrowtail ↢ rightrightarrows ⇉ leftleftarrows ⇇ rightleftarrows ⇄
leftrightarrows ⇆ upuparrows ⇈ downdownarrows ⇊ circlearrowleft ↺ circlearrowright ↻ curvearrowleft ↶
curvearrowright ↷ nrightarrow ↛ nleftarrow ↚ nRightarrow ⇏ nLeftarrow ⇍ nleftrightarrow ↮ upharpoonright ↾
upharpoonleft ↿ multimap ⊸ dashrightarrow ⇢ dashleftarrow ⇠ Lsh ↰ Rsh ↱
infty ∞ nabla ∇ partial ∂ forall ∀ exists ∃ nexists ∄ emptyset ∅ varnothing ∅ neg ¬ lnot ¬ top ⊤ bot ⊥ angle ∠
measuredangle ∡ sphericalangle ∢ triangle △ square □ Box □ blacksquare ■ Diamond ◇ lozenge ◊ blacklozenge ⧫
bigstar ★ clubsuit ♣ diamondsuit ♢ heartsuit ♡ spadesuit ♠ flat ♭ natural ♮ sharp ♯ surd √ prime ′ backprime ‵
hbar ℏ hslash ℏ ell ℓ wp ℘ Re ℜ Im ℑ aleph ℵ beth ℶ gimel ℷ daleth ℸ imath 𝚤 jmath 𝚥 complement ∁ mho ℧ eth ð
Finv Ⅎ Bbbk 𝕜 circledS Ⓢ checkmark ✓ maltese ✠ degree ° dots … ldots … dotsc … dotso … cdots ⋯ dotsb ⋯ dotsm ⋯
dotsi ⋯ vdots ⋮ ddots ⋱ iddots ⋰ adots ⋰ blacktriangle ▲ blacktriangledown ▼ triangledown ▽ yen ¥ pounds £ copyright ©
S § P ¶ dag † ddag ‡ R ℝ N ℕ Z ℤ Q ℚ C ℂ reals ℝ natnums ℕ cnums ℂ AA Å aa å ae æ AE Æ oe œ OE Œ o ø O Ø ss ß l ł L Ł
langle ⟨ rangle ⟩ lfloor ⌊ rfloor ⌋ lceil ⌈ rceil ⌉ lgroup ⟮ rgroup ⟯ lmoustache ⎰ rmoustache ⎱ llbracket ⟦
rrbracket ⟧ ulcorner ⌜ urcorner ⌝ llcorner ⌞ lrcorner ⌟ Vert ‖ lVert ‖ rVert ‖ colon ∶ minus − And ＆
""".split()

_ASCII = {
    "|": "‖",
    "{": "\\{",
    "}": "\\}",
    "lbrace": "\\{",
    "rbrace": "\\}",
    "lbrack": "\\[",
    "rbrack": "\\]",
    "vert": "\\|",
    "lvert": "\\|",
    "rvert": "\\|",
    "backslash": "\\\\",
    "%": "\\%",
    "#": "\\#",
    "&": "\\&",
    "_": "\\_",
    "$": "\\$",
    "lt": "\\<",
    "gt": "\\>",
    "colon": "\\:",
    "dotsc": "…",
    "euro": "€",
    "N": "ℕ",
    "i": "𝚤",
    "j": "𝚥",
    "nobreakspace": "space.nobreak",
    "And": "\\&",
}

_BRACKETS = frozenset("⟨⟩⌊⌋⌈⌉⟮⟯⎰⎱⟦⟧⌜⌝⌞⌟")


def escaped(char: str) -> str:
    """A sign that Typst would look for the partner of stands for itself."""
    return "\\" + char if char in _BRACKETS or unicodedata.category(char) in ("Ps", "Pe", "Pi", "Pf") else char


SYMBOLS: dict[str, str] = {name: escaped(char) for name, char in zip(_SIGNS[::2], _SIGNS[1::2], strict=True)} | _ASCII
"""A sign, or an escaped one, or a name of Typst."""

OPERATORS: dict[str, tuple[str, bool]] = {
    name: (name, False)
    for name in "sin cos tan cot sec csc sinh cosh tanh coth arcsin arccos arctan arg deg dim exp hom ker lg ln log "
    "sech csch arcsec arccsc arccot".split()
} | {
    "lim": ("lim", True),
    "limsup": ("lim sup", True),
    "liminf": ("lim inf", True),
    "varlimsup": ("lim sup", True),
    "varliminf": ("lim inf", True),
    "injlim": ("inj lim", True),
    "projlim": ("proj lim", True),
    **{name: (name, True) for name in ("max", "min", "sup", "inf", "det", "gcd", "Pr", "argmax", "argmin", "plim")},
}  # fmt: skip
"""The name, and whether limits go below it in a display."""

ACCENTS = {
    "hat": "hat", "widehat": "hat", "tilde": "tilde", "widetilde": "tilde", "bar": "macron", "vec": "arrow",
    "dot": "dot", "ddot": "dot.double", "dddot": "dot.triple", "ddddot": "dot.quad", "check": "caron",
    "widecheck": "caron", "breve": "breve", "grave": "grave", "acute": "acute", "mathring": "circle",
    "overline": "overline", "underline": "underline", "underbar": "underline", "overrightarrow": "arrow",
    "overleftarrow": "arrow.l", "overleftrightarrow": "arrow.l.r", "overparen": "overparen",
    "underparen": "underparen", "overgroup": "overparen", "undergroup": "underparen",
}  # fmt: skip

STYLES = {
    "mathbf": "upright(bold({}))", "boldsymbol": "bold({})", "bm": "bold({})", "pmb": "bold({})",
    "mathrm": "upright({})", "mathup": "upright({})", "mathnormal": "{}", "mathit": "italic({})",
    "mathsf": "upright(sans({}))", "mathtt": "upright(mono({}))", "mathcal": "cal({})", "mathscr": "scr({})",
    "mathfrak": "frak({})", "mathbb": "bb({})", "Bbb": "bb({})", "frak": "frak({})", "symbf": "upright(bold({}))",
    "symbfit": "bold({})", "symup": "upright({})", "mathbfit": "bold({})", "mathds": "bb({})", "mathbbm": "bb({})",
    "mathclap": "{}", "mathrlap": "{}", "mathllap": "{}", "ensuremath": "{}", "vcenter": "{}",
    "overbrack": "overbracket({})",
}  # fmt: skip
"""Commands with one argument, and the call around it."""

SWITCHES = {
    "displaystyle": "display({})", "textstyle": "inline({})", "scriptstyle": "script({})",
    "scriptscriptstyle": "sscript({})", "rm": "upright({})", "bf": "upright(bold({}))", "it": "italic({})",
    "cal": "cal({})", "tt": "upright(mono({}))", "sf": "upright(sans({}))", "mit": "italic({})",
    "tiny": "{}", "small": "{}", "large": "{}", "Large": "{}", "normalsize": "{}", "footnotesize": "{}", "LARGE": "{}",
    "huge": "{}", "Huge": "{}", "centering": "{}", "boldmath": "bold({})",
}  # fmt: skip
"""Commands that hold to the end of their group."""

SPACES = {
    ",": "thin", "thinspace": "thin", ":": "med", ">": "med", "medspace": "med", ";": "thick", "thickspace": "thick",
    "!": "#h(-0.1667em)", "negthinspace": "#h(-0.1667em)", "negmedspace": "#h(-0.2222em)",
    "negthickspace": "#h(-0.2778em)", "enspace": "#h(0.5em)", "quad": "quad", "qquad": "wide", " ": "space.nobreak",
    "\n": "space.nobreak", "space": "space.nobreak", "enskip": "#h(0.5em)", "hfill": "#h(1fr)", "/": "",
    "allowbreak": "",
    "nobreak": "", "strut": "", "mathstrut": "",
}  # fmt: skip

DELIMITERS = {
    "(": "\\(", ")": "\\)", "[": "\\[", "]": "\\]", "\\{": "\\{", "\\}": "\\}", "|": "\\|", "\\|": "‖", "/": "\\/",
    "<": "\\⟨", ">": "\\⟩", "\\backslash": "\\\\",
    **{
        "\\" + name: SYMBOLS[name]
        for name in "langle rangle lfloor rfloor lceil rceil lgroup rgroup lmoustache rmoustache llbracket rrbracket "
        "ulcorner urcorner llcorner lrcorner vert lvert rvert Vert lVert rVert lbrace rbrace lbrack rbrack uparrow "
        "downarrow updownarrow Uparrow Downarrow Updownarrow".split()
    },
}  # fmt: skip

COLOURS = {
    "black": "000000", "white": "ffffff", "red": "ff0000", "green": "008000", "blue": "0000ff", "cyan": "00ffff",
    "magenta": "ff00ff", "yellow": "ffff00", "gray": "808080", "grey": "808080", "darkgray": "404040",
    "lightgray": "bfbfbf", "brown": "bf8040", "lime": "bfff00", "olive": "808000", "orange": "ff8000", "pink": "ffbfbf",
    "purple": "bf0040", "teal": "008080", "violet": "800080", "navy": "000080", "maroon": "800000", "darkred": "8b0000",
    "darkblue": "00008b", "darkgreen": "006400", "crimson": "dc143c", "gold": "ffd700", "indigo": "4b0082",
    "royalblue": "4169e1", "steelblue": "4682b4", "forestgreen": "228b22", "firebrick": "b22222",
}  # fmt: skip
