"""What does the ZBS template service answer?

Letters are templates approved beforehand, sent to a phone number (with our tracking id) or, through the
OA service, to a user id. Values are checked against the template's own limits.
"""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from tests.peers.base import Arrived, Button, milliseconds
from tests.peers.exchanges import KNOWN
from tests.peers.people import Person
from tests.peers.sayings import meaning_of
from tests.peers.wire import Reply, Request
from tests.peers.zalo_oa import OaError

if TYPE_CHECKING:
    from tests.peers.zalo import ZaloPeer

PRICE_BY_PHONE, PRICE_BY_USER = 200, 140
PHONE = re.compile(r"84\d{9}")
TRACKING = re.compile(r"[A-Za-z0-9]{1,48}")
LIMITS = {"nguoi_nhan": 30, "ma_viec": 30, "trang_thai": 30, "han": 20}


@dataclass(slots=True)
class Template:
    """A registered template; `buttons` are the captions of quick replies."""

    id: str
    name: str = "Nhắc hạn thực hiện nhiệm vụ"
    status: str = "ENABLE"
    limits: dict[str, int] = field(default_factory=lambda: dict(LIMITS))
    buttons: tuple[str, ...] = ()
    by_user: bool = True
    night: bool = False  # refused between 22:00 and 06:00
    left: int | None = None  # sends left today, when the template has a limit of its own


class ZaloZbs:
    """business.openapi.zalo.me."""

    def __init__(self, peer: ZaloPeer) -> None:
        self._peer = peer
        self._day = peer.now().date()
        self.templates = {one.id: one for one in _first_templates()}
        self.delivered: dict[str, datetime] = {}  # message id → when it reached the phone
        self.replies: list[dict[str, str]] = []  # quick replies as /response/get lists them
        self._tracked: dict[str, Arrived] = {}

    def answer(self, request: Request) -> Reply:
        with self._peer.changed:
            try:
                said = "success" if request.path == "/message/quota" else "Success"
                body: dict[str, Any] = {"error": 0, "message": said, "data": self._answered(request)}
            except (ValueError, TypeError, AttributeError):
                body = {"error": -153, "message": meaning_of("zalo_zbs", -153)}
            except OaError as error:
                body = {"error": error.code, "message": error.text or meaning_of("zalo_zbs", error.code)}
        self._peer.hurry_events()
        return Reply(body)

    def send_by_user(self, fields: dict[str, Any]) -> dict[str, Any]:
        """Send a template to a user id; refusals are those of the OA service."""
        template = self._template(fields)
        if not template.by_user:
            raise OaError(-249)
        person = self._peer.people.get(str(fields.get("user_id", "")))
        if person is None:
            raise OaError(-201, "user_id is invalid!")
        if person.is_blocked or person.is_restricted:
            raise OaError(-244)
        if person.is_inactive:
            raise OaError(-227)
        self._peer.oa.charge(PRICE_BY_USER)
        arrived = self._arrive(person.id, template, fields)
        self._peer.emit_sent(arrived, "template")
        quota = {"quota_type": "purchase_quota", "remain": 4821}
        data = {"message_id": arrived.id, "user_id": person.id, "sent_time": str(milliseconds(arrived.at))}
        return {**data, "quota": quota}

    def _answered(self, request: Request) -> dict[str, Any]:
        if self._peer.oauth.refused(request.headers):
            raise OaError(-124)
        if self._peer.oauth.proof_fails(request.headers):
            raise OaError(-1241)
        if refusal := self._peer.refusal_of("zbs", request.path.strip("/")):
            raise OaError(refusal.code, refusal.text)
        match request.method, request.path:
            case "POST", "/message/template":
                return self._send(_json(request), "phone")
            case "POST", "/message/template/hashphone":
                return self._send(_json(request), "hash_phone")
            case "POST", "/response/get":
                return self._responses(_json(request))
            case "GET", "/message/status":
                return self._status(request.query.get("message_id", ""))
            case "GET", "/message/quota":
                return self._quota()
            case "GET", "/template/info/v2":
                return _described(self._registered(request.query.get("template_id")))
        raise OaError(-106)

    def _send(self, fields: dict[str, Any], address: str) -> dict[str, Any]:
        person = self._person(str(fields.get(address, "")), address)
        is_trial = fields.get("mode") == "development"
        template = self._template(fields, is_trial=is_trial)
        if not TRACKING.fullmatch(str(fields.get("tracking_id", ""))):
            raise OaError(-132, "Parameter tracking_id is invalid")
        self._allowed(template, person, is_trial)
        again = self._tracked.get(fields["tracking_id"])
        if again is None or not self._peer.dedupes_tracking:
            again = self._handed_over(fields, template, person, address, is_trial)
        mode = {} if is_trial or address == "hash_phone" else {"sending_mode": "1"}
        quota = {"dailyQuota": str(self._peer.daily_quota), "remainingQuota": str(self._peer.zbs_left)}
        return {"msg_id": again.id, "sent_time": str(milliseconds(again.at)), **mode, "quota": quota}

    def _handed_over(
        self, fields: dict[str, Any], template: Template, person: Person, address: str, is_trial: bool
    ) -> Arrived:
        if not is_trial:
            self._spend(template)
        arrived = self._arrive(str(fields[address]), template, fields, person=person)
        self._tracked[arrived.key] = arrived
        self._peer.emit_received(arrived)
        return arrived

    def _person(self, given: str, address: str) -> Person:
        if address == "hash_phone":
            phones = (one for one in self._peer.people.values() if one.kind == "phone")
            found = next((p for p in phones if hashlib.sha256(p.id.encode()).hexdigest() == given), None)
        else:
            if not PHONE.fullmatch(given):
                raise OaError(-108)
            found = self._peer.people.get(given)
        if found is None:
            raise OaError(-118)
        return found

    def _template(self, fields: dict[str, Any], *, is_trial: bool = False) -> Template:
        """Return the template named, its values checked."""
        template = self._registered(fields.get("template_id"))
        if template.status == "DISABLED":
            raise OaError(-146)
        if template.status != "ENABLE" and not is_trial:
            raise OaError(-131)
        data = fields.get("template_data")
        if not data or not isinstance(data, dict):
            raise OaError(-111)
        for name, limit in template.limits.items():
            value = data.get(name)
            if value in (None, ""):
                raise OaError(-1122)
            if not isinstance(value, str):
                raise OaError(-1124)
            if len(unicodedata.normalize("NFC", value)) > limit:
                raise OaError(-1121)
        return template

    def _registered(self, template_id: Any) -> Template:
        if str(template_id) not in self.templates:
            raise OaError(-109)
        return self.templates[str(template_id)]

    def _allowed(self, template: Template, person: Person, is_trial: bool) -> None:
        hour = self._peer.now().hour
        if is_trial and not person.is_admin:
            raise OaError(-127)
        if template.night and (hour >= 22 or hour < 6):
            raise OaError(-133)
        for holds, code in (
            (person.is_blocked, -141),
            (person.is_restricted, -139),
            (person.is_inactive, -114),
        ):
            if holds:
                raise OaError(code)

    def _spend(self, template: Template) -> None:
        """Count one send against every limit there is."""
        self._new_day()
        if self._peer.balance is None or self._peer.balance < PRICE_BY_PHONE:
            raise OaError(-115)
        if self._peer.zbs_left <= 0:
            raise OaError(-144)
        if template.left == 0:
            raise OaError(-147)
        self._peer.balance -= PRICE_BY_PHONE
        self._peer.zbs_left -= 1
        if template.left is not None:
            template.left -= 1

    def _new_day(self) -> None:
        if self._day != self._peer.now().date():
            self._day, self._peer.zbs_left = self._peer.now().date(), self._peer.daily_quota

    def _arrive(
        self, address: str, template: Template, fields: dict[str, Any], person: Person | None = None
    ) -> Arrived:
        data: dict[str, str] = fields["template_data"]
        text = "\n".join([template.name, *(f"{name}: {value}" for name, value in data.items())])
        buttons = tuple(Button(caption, caption) for caption in template.buttons)
        key = str(fields.get("tracking_id", "")) if person else ""
        return self._peer.arrive("zalo_zbs", address, text, buttons, key=key, fields=data)

    def _responses(self, fields: dict[str, Any]) -> dict[str, Any]:
        limit = min(int(fields.get("limit", 50)), 100)
        window = range(int(fields.get("from_time", 0)), int(fields.get("to_time", 0)) + 1)
        return {"data": [one for one in self.replies if int(one["submitDate"]) in window][:limit]}

    def _status(self, message_id: str) -> dict[str, Any]:
        if message_id in self.delivered:
            when = str(milliseconds(self.delivered[message_id]))
            said = "The message was delivered to the user's phone"
            return {"delivery_time": when, "message": said, "status": 1}
        if any(one.id == message_id for one in self._peer.arrived):
            return {"delivery_time": "", "message": "The message was accepted", "status": 0}
        return {"delivery_time": "", "message": "The message does not exist", "status": -1}

    def _quota(self) -> dict[str, Any]:
        self._new_day()
        return {
            "dailyQuota": self._peer.daily_quota,
            "remainingQuota": self._peer.zbs_left,
            "dailyQuotaPromotion": None,
            "remainingQuotaPromotion": None,
            "monthlyPromotionQuota": 125,
            "remainingMonthlyPromotionQuota": 124,
            "estimatedNextMonthPromotionQuota": 2000,
        }


def _json(request: Request) -> dict[str, Any]:
    if not request.body:
        raise OaError(-121)
    try:
        read = json.loads(request.body)
    except ValueError:
        raise OaError(-122) from None
    if not isinstance(read, dict):
        raise OaError(-122)
    return read


def _described(template: Template) -> dict[str, Any]:
    params = [
        {"name": n, "require": True, "type": "STRING", "maxLength": m, "minLength": 0, "acceptNull": False}
        for n, m in template.limits.items()
    ]
    prices = {"price_sdt": str(PRICE_BY_PHONE), "price_uid": str(PRICE_BY_USER), "price": str(PRICE_BY_PHONE)}
    return {
        "templateId": template.id,
        "templateName": template.name,
        "status": template.status,
        "listParams": params,
        "listButtons": [{"type": 1, "title": caption, "content": ""} for caption in template.buttons],
        "timeout": 7200000,
        "previewUrl": "https://xem-thu.invalid/m",
        "templateQuality": "HIGH",
        "templateTag": "CUSTOMER_CARE",
        **prices,
    }


def _first_templates() -> list[Template]:
    return [
        Template(KNOWN["template"]),
        Template(KNOWN["quick_reply_template"], buttons=("Đã nhận", "Xin gia hạn", "Vướng mắc")),
        Template(KNOWN["pending_template"], status="PENDING_REVIEW"),
        Template(KNOWN["disabled_template"], status="DISABLED"),
        Template(KNOWN["phone_only_template"], by_user=False),
    ]
