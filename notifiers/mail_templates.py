"""How are our own mail templates rendered?"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template


def template(name: str) -> Template:
    """Return a template of this package; what is put into a page is escaped."""
    return _environment().get_template(name)


@cache
def _environment() -> Environment:
    """Return what renders the templates beside this module: ours, so no sandbox is needed around them."""
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates" / "email"),
        autoescape=lambda name: name is not None and ".html." in name,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        auto_reload=False,
    )
    environment.globals.clear()
    return environment
