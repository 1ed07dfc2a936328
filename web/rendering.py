"""How do pages look, and what is sent along with every one of them?

One page is one answer: its style stands in it, nothing else is loaded, nothing runs. No other
site may frame it, learn its address or keep it.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from starlette.responses import HTMLResponse

from usecases.wiring import Office

_FOLDER = Path(__file__).parent / "templates"
_STYLE = (_FOLDER / "style.css").read_text("utf-8").strip()
_HASH = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
SAFE = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Content-Security-Policy": (
        f"default-src 'none'; style-src 'sha256-{_HASH}'; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'none'"
    ),
}


def shown(
    template: str, status: int = 200, headers: Mapping[str, str] | None = None, **values: Any
) -> HTMLResponse:
    """Return a page; `values` are what its template names."""
    page = _environment().get_template(template).render(style=Markup(_STYLE), **values)
    return HTMLResponse(page, status, headers=dict(headers or {}))


def told(
    office: Office | None, status: int, title: str, *lines: str, headers: Mapping[str, str] | None = None
) -> HTMLResponse:
    """Return a page that says one thing, with whom to ask."""
    contact = office.channels.office.contact if office else ""
    return shown(
        "told.html.j2", status, headers, title=title, lines=lines, contact=contact, is_ill=status >= 400
    )


@cache
def _environment() -> Environment:
    """Return Jinja with every value escaped, and a name nobody gave an error."""
    return Environment(
        loader=FileSystemLoader(_FOLDER), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
