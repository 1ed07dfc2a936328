"""In which words does a service answer with an error number?"""

from __future__ import annotations

from functools import cache

from tests.peers.exchanges import EXCHANGES


def meaning_of(service: str, code: int) -> str:
    """Return the service's words for `code`, or words of ours where none are known."""
    return _words().get((service, code), f"error {code}")


@cache
def _words() -> dict[tuple[str, int], str]:
    found = {}
    for exchange in EXCHANGES:
        body = exchange.response.get("json") or {}
        code = body.get("error") or body.get("error_code")
        if code:
            service = "zalo_oa" if exchange.host == "oa" else exchange.service
            found[service, code] = body.get("message") or body.get("description") or ""
    return found
