"""Is a request meant for us?"""

from __future__ import annotations

from urllib.parse import urlsplit

_LOCAL = frozenset({"localhost", "127.0.0.1", "::1"})
_ANY = frozenset({"/healthz", "/metrics"})  # asked by machines of the network under names of theirs


def is_ours(host: str, base_url: str, path: str) -> bool:
    """Return whether `host`, as a request names it, is where links lead, or this machine itself."""
    if path in _ANY:
        return True
    try:
        name = urlsplit(f"//{host}").hostname or ""
        own = urlsplit(base_url).hostname or ""
    except ValueError:
        return False
    return name.casefold() in _LOCAL | {own.casefold()} - {""}
