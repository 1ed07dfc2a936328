"""What became of a message made from a template that Zalo has approved?

It goes to a telephone number, or to a person of the official account as "uid:…", and needs no
word from them beforehand. What is filled in is cut to the lengths the template allows; our key
travels with a message by telephone and comes back with every event about it.
"""

from __future__ import annotations

import hashlib
import logging
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from notifiers.base import DeliveryFailed, Letter, Receipt
from notifiers.words import plain, shortened
from notifiers.zalo_errors import failed, number_of, text_of
from notifiers.zalo_wire import OpenApi, concerning

_log = logging.getLogger(__name__)

BY_PHONE = "/message/template"
BY_UID = "/v3.0/oa/message/template"
TEMPLATE = "/template/info/v2"
UID = "uid:"
MOST_TRACKING = 48
_PHONE = re.compile(r"84[1-9][0-9]{8,9}")
_USER = re.compile(r"[0-9A-Za-z_-]{1,64}")
_TRACKING = re.compile(r"[0-9A-Za-z]{1,48}")


@dataclass(frozen=True, slots=True)
class ZbsSettings:
    """Which template is filled, and with which of our fields where the names differ.

    The template's own parameters are taken by name from `Letter.fields`; `fields` says, parameter
    by parameter, which field it takes instead. `in_trial` sends to administrators of the account only.
    """

    template: str
    fields: Mapping[str, str] = field(default_factory=dict)
    in_trial: bool = False


@dataclass(frozen=True, slots=True)
class Param:
    """One parameter of a template, as Zalo describes it."""

    name: str
    is_required: bool
    most: int
    least: int


class ZbsNotifier:
    """Sends messages from one approved template."""

    channel = "zalo_zbs"
    batch = 4
    repeats_safely = True

    def __init__(self, api: OpenApi, settings: ZbsSettings) -> None:
        self._api, self._settings = api, settings
        self._params: tuple[Param, ...] | None = None

    async def send(self, letter: Letter, address: str) -> Receipt:
        """Return the receipt once Zalo has taken the message."""
        who = concerning("Zalo ZBS", letter)
        to = _addressed(address, who, letter.at)
        values = await self._filled(letter, who)
        body: dict[str, Any] = {**to, "template_id": self._settings.template, "template_data": values}
        if "phone" in to:
            url = self._api.app.zbs_url + BY_PHONE
            body["tracking_id"] = tracking_id(letter.key)
            if self._settings.in_trial:
                body["mode"] = "development"
        else:
            url = self._api.app.oa_url + BY_UID
        data = await self._api.ask(_service(to), url, who, letter.at, json=body)
        return Receipt(text_of(data.get("msg_id") or data.get("message_id")) or letter.key, "sent")

    def repeats_safely_to(self, address: str) -> bool:
        """Whether a repeat to `address` carries our key: by telephone only."""
        return not address.startswith(UID)

    async def close(self) -> None:
        """Let go of connections; the template is asked for again afterwards, since it may have changed."""
        self._params = None
        await self._api.close()

    async def _filled(self, letter: Letter, who: str) -> dict[str, str]:
        """Return the values for the template; raises DeliveryFailed when a needed one is missing."""
        given = {name: plain(value) for name, value in letter.fields.items()}
        params = await self._described(who, letter.at)
        if not params:  # Zalo would not say: it checks for itself
            named = self._settings.fields
            return {name: given.get(taken, "") for name, taken in named.items()} if named else given
        taken = self._settings.fields
        found = {p.name: _fitting(given.get(taken.get(p.name, p.name), ""), p.most) for p in params}
        lacking = [p.name for p in params if _is_lacking(p, found[p.name])]
        if lacking:
            words = f"mẫu {self._settings.template} cần '{', '.join(lacking)}' mà tin không có hoặc quá dài"
            raise failed("payload", f"{who}: {words}", letter.at)
        return {name: value for name, value in found.items() if value}

    async def _described(self, who: str, now: datetime) -> tuple[Param, ...]:
        if self._params is None:
            url, query = self._api.app.zbs_url + TEMPLATE, {"template_id": self._settings.template}
            try:
                data = await self._api.ask("zalo_zbs", url, who, now, query=query)
            except DeliveryFailed as failure:
                _log.warning("không hỏi được mẫu %s: %s", self._settings.template, failure.reason)
                data = {}
            self._params = _params(data.get("listParams"))
        return self._params


def phone_of(text: str) -> str:
    """Return a telephone number as Zalo writes it, 84…; "" when it is none of Vietnam."""
    digits = re.sub(r"[\s.()\-]", "", text)
    digits = re.sub(r"^(\+|00)", "", digits)
    digits = re.sub(r"^(840|0)", "84", digits)
    return digits if _PHONE.fullmatch(digits) else ""


def tracking_id(key: str) -> str:
    """Return our key as it travels with a message; one with other signs than letters and digits is hashed."""
    return key if _TRACKING.fullmatch(key) else hashlib.sha256(key.encode()).hexdigest()[:MOST_TRACKING]


def _addressed(address: str, who: str, now: datetime) -> dict[str, str]:
    user = address.removeprefix(UID)
    if user != address and _USER.fullmatch(user):
        return {"user_id": user}
    if phone := phone_of(address):
        return {"phone": phone}
    raise failed("recipient", f"{who}: địa chỉ không phải số điện thoại di động hay uid:…", now)


def _service(to: Mapping[str, str]) -> str:
    """Return whose error numbers an answer uses: the two ways belong to different hosts."""
    return "zalo_zbs" if "phone" in to else "zalo_oa"


def _fitting(value: str, most: int) -> str:
    """Return a value cut to what the template takes; a link that is too long is left out, not broken."""
    is_link = value.startswith(("http://", "https://"))
    return "" if is_link and len(value) > most else shortened(value, most)


def _is_lacking(param: Param, value: str) -> bool:
    return len(value) < max(param.least, 1) and (param.is_required or bool(value))


def _params(described: Any) -> tuple[Param, ...]:
    entries = [entry for entry in described if isinstance(entry, dict)] if isinstance(described, list) else []
    return tuple(_param(entry) for entry in entries if text_of(entry.get("name")))


def _param(entry: dict[str, Any]) -> Param:
    is_required = entry.get("require") is True and entry.get("acceptNull") is not True
    most, least = number_of(entry, "maxLength") or 0, number_of(entry, "minLength") or 0
    return Param(text_of(entry.get("name")), is_required, most if most > 0 else 2000, max(least, 0))
