"""What do the channels say on the wire, request by request?

`EXCHANGES` and `WEBHOOKS` are the entries of exchanges.json, ready to replay: against the peers
(test_peers.py), and against the adapters with `prepare`, which puts a peer into the state an
exchange describes. Names, tokens and addresses a peer starts out with stand in `KNOWN`.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_FILE = json.loads((Path(__file__).parent / "exchanges.json").read_text(encoding="utf-8"))

KNOWN: dict[str, Any] = _FILE["known"]
VECTORS: dict[str, dict[str, str]] = _FILE["vectors"]
CLASSES: dict[str, dict[str, str]] = _FILE["classes"]  # service → error number → class


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request, the answer to it, and what the answer means to whoever asked."""

    id: str
    service: str  # zalo_oauth · zalo_oa · zalo_zbs · zalo_bot · telegram
    host: str  # which of the peer's servers is asked: oauth · oa · zbs · bot · telegram
    request: dict[str, Any]  # method, path, headers?, and one of query, json, form, multipart
    response: dict[str, Any]  # status, headers?, and json or html; or transport
    outcome: str  # the class: ok, ok_idle, refresh_token, config, recipient, ambiguous …
    outcome_too: str  # a second class the same answer may be read as, or ""
    given: list[list[Any]]  # calls on the peer that prepare it: [method, argument, …]
    must: str
    is_documented: bool  # False where shape or value is assumed
    unsure: frozenset[str]  # fields whose value may differ
    either_status: bool  # the same body may come with the HTTP status of its error_code
    ptb_exception: str  # what python-telegram-bot raises, or ""


@dataclass(frozen=True, slots=True)
class Webhook:
    """One delivery to our address, and what the receiver answers and learns."""

    id: str
    service: str  # zalo_oa_webhook · zalo_zbs_webhook · zalo_bot_webhook · telegram_webhook
    headers: dict[str, str]  # `mac=<computed>` stands for the signature over the body as sent
    json: dict[str, Any]
    answer: int
    effect: str  # said · delivered · read · joined · left · other · none · refused
    must: str
    is_documented: bool
    is_private: bool


def prepare(peer: Any, exchange: Exchange) -> None:
    """Put `peer` into the state in which it answers as `exchange` says."""
    for method, *arguments in exchange.given:
        getattr(peer, method)(*arguments)


def _exchange(entry: dict[str, Any]) -> Exchange:
    hosts = {"zalo_oauth": "oauth", "zalo_oa": "oa", "zalo_zbs": "zbs", "zalo_bot": "bot"}
    return Exchange(
        id=entry["id"],
        service=entry["service"],
        host=entry.get("host") or hosts.get(entry["service"], "telegram"),
        request=_unfolded(_FILE["requests"][entry["request"]]),
        response=entry["response"],
        outcome=entry["class"],
        outcome_too=entry.get("or_class", ""),
        given=entry.get("given", []),
        must=entry["must"],
        is_documented=entry["certain"],
        unsure=frozenset(entry.get("unsure", ())),
        either_status=entry.get("either_status", False),
        ptb_exception=entry.get("ptb", ""),
    )


def _webhook(entry: dict[str, Any]) -> Webhook:
    return Webhook(
        id=entry["id"],
        service=entry["service"],
        headers=entry["headers"],
        json=entry["json"],
        answer=entry["answer"],
        effect=entry["effect"],
        must=entry["must"],
        is_documented=entry["certain"],
        is_private=entry.get("private", True),
    )


def _unfolded(value: Any) -> Any:
    """Return `value` with every {"$repeat": [text, n]} written out."""
    if isinstance(value, dict):
        if "$repeat" in value:
            text, times = value["$repeat"]
            return text * times
        return {key: _unfolded(item) for key, item in value.items()}
    return [_unfolded(item) for item in value] if isinstance(value, list) else value


EXCHANGES = [_exchange(entry) for entry in _FILE["exchanges"]]
WEBHOOKS = [_webhook(entry) for entry in _FILE["webhooks"]]
