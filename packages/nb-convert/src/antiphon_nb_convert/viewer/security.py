"""What browsers are told of every answer: nothing of a notebook runs or calls home, should it have come through."""

from __future__ import annotations

from collections.abc import Sequence

from ..policy import Policy

ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Robots-Tag": "noindex",
}

OWN_PAGE = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
"""The viewer's own pages: a form, no pictures."""

FILE = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox; frame-ancestors 'none'"
"""Pictures, which may be SVG, and what is saved: a page of its own without an origin, should it be opened."""


def of_notebook(policy: Policy, scripts: Sequence[str] = ()) -> str:
    """The Content-Security-Policy of a notebook's page: no scripts but those of these digests.

    One that is trusted runs its own scripts, without an origin: it can neither read other pages nor send anything.
    """
    images = "img-src 'self' data:" + (" https: http:" if policy.may_fetch or policy.trusted else "")
    common = (
        f"style-src 'unsafe-inline'; {images}; media-src 'self' data:; font-src data:; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
    if policy.trusted:
        return f"default-src 'none'; script-src 'unsafe-inline' 'unsafe-eval'; {common}; sandbox allow-scripts"
    allowed = f"script-src {' '.join(repr(script) for script in scripts)}; " if scripts else ""
    return f"default-src 'none'; {allowed}{common}"
