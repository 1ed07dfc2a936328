"""What does a Zalo Official Account answer?

To whom it may write follows from when the person last did something: free for 48 hours, paid up to
seven days, refused after that. Errors come with HTTP 200.
"""

from __future__ import annotations

import json
import unicodedata
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from tests.peers.base import Button, milliseconds
from tests.peers.exchanges import KNOWN
from tests.peers.people import Person
from tests.peers.sayings import meaning_of
from tests.peers.wire import Reply, Request

if TYPE_CHECKING:
    from tests.peers.zalo import ZaloPeer

FREE, PAID = timedelta(hours=48), timedelta(days=7)
CALLS_A_MINUTE = 4000
PRICE = 55
TEXT_LIMIT, BUTTON_LIMIT, TITLE_LIMIT, PAYLOAD_LIMIT = 2000, 5, 100, 1000
STOPPED = ("message/transaction", "message/promotion")
BUTTONS = ("oa.open.url", "oa.query.show", "oa.query.hide", "oa.open.phone", "oa.open.sms")
FILE_KINDS, FILE_LIMIT = (".pdf", ".doc", ".docx", ".csv"), 5 * 1024 * 1024


class OaError(Exception):
    """A call is refused with a number, and with words where the table's own are not enough."""

    def __init__(self, code: int, text: str = "") -> None:
        super().__init__(code)
        self.code, self.text = code, text


def method_of(request: Request) -> str:
    """Return the method without version: "message/cs"."""
    return request.path.partition("/oa/")[2]


class ZaloOa:
    """openapi.zalo.me."""

    def __init__(self, peer: ZaloPeer) -> None:
        self._peer = peer
        self._since, self._calls = peer.ticker(), 0
        self.files: set[str] = {KNOWN["file_token"]}

    def answer(self, request: Request) -> Reply:
        with self._peer.changed:
            headers = self._counted()
            try:
                body = self._answered(request)
            except OaError as error:
                body = {"error": error.code, "message": error.text or meaning_of("zalo_oa", error.code)}
        self._peer.hurry_events()
        return Reply(body, headers=headers)

    def use_up_calls(self) -> None:
        """Leave no call for the minute that begins now."""
        self._since, self._calls = self._peer.ticker(), CALLS_A_MINUTE

    def _counted(self) -> dict[str, str]:
        if self._peer.ticker() - self._since >= 60:
            self._since, self._calls = self._peer.ticker(), 0
        self._calls += 1
        left = max(0, CALLS_A_MINUTE - self._calls)
        return {"X-RateLimit-Limit": str(CALLS_A_MINUTE), "X-RateLimit-Remain": str(left)}

    def _answered(self, request: Request) -> dict[str, Any]:
        if self._calls > CALLS_A_MINUTE:
            raise OaError(-32)
        if code := self._peer.oauth.refused(request.headers):
            raise OaError(code)
        if self._peer.oauth.proof_fails(request.headers):
            raise OaError(-242)
        method = method_of(request)
        if refusal := self._peer.refusal_of("oa", method):
            raise OaError(refusal.code, refusal.text)
        try:
            return {"data": self._data(request, method), "error": 0, "message": "Success"}
        except (ValueError, TypeError, AttributeError):
            raise OaError(-201, "body is invalid!") from None

    def _data(self, request: Request, method: str) -> dict[str, Any]:
        if request.path.startswith("/v2.0/oa/message"):
            raise OaError(-240)
        if method in STOPPED:
            raise OaError(-233)
        if request.method == "GET":
            return self._asked(method, json.loads(request.query.get("data", "{}")))
        fields = request.fields()
        match method:
            case "message/cs":
                return self._consult(fields)
            case "message/template":
                return self._peer.zbs.send_by_user(fields)
            case "group/message":
                return self._to_group(fields)
            case "quota/message":
                return self._quota(fields)
            case "upload/file":
                return self._upload(fields)
        raise OaError(-233)

    def _consult(self, fields: dict[str, Any]) -> dict[str, Any]:
        user_id = fields.get("recipient", {}).get("user_id")
        if not isinstance(user_id, str) or not user_id.isdigit():
            raise OaError(-201, "recipient.user_id is invalid!")
        message = fields.get("message") or {}
        text, buttons = self._read(message)
        person = self._peer.reachable(user_id)
        quota = self._paid_by(person)
        arrived = self._peer.arrive("zalo_oa", user_id, text, buttons)
        self._peer.emit_sent(arrived, _kind_of(message))
        data = {"message_id": arrived.id, "user_id": user_id, "sent_time": str(milliseconds(arrived.at))}
        return {**data, "quota": quota} if quota else data

    def _read(self, message: dict[str, Any]) -> tuple[str, tuple[Button, ...]]:
        text = message.get("text", "")
        attachment = message.get("attachment")
        if not isinstance(text, str) or not (text or attachment):
            raise OaError(-201, "message.text is invalid!")
        if len(unicodedata.normalize("NFC", text)) > TEXT_LIMIT:
            raise OaError(-210)
        return text, self._buttons(attachment) if attachment else ()

    def _buttons(self, attachment: dict[str, Any]) -> tuple[Button, ...]:
        payload = attachment.get("payload") or {}
        if attachment.get("type") == "file":
            if payload.get("token") not in self.files:
                raise OaError(-201, "attachment.payload.token is invalid!")
            return ()
        if attachment.get("type") != "template":
            raise OaError(-233)
        if payload.get("template_type") == "request_user_info":
            if len(payload.get("elements", [])) != 1:
                raise OaError(-201, "attachment.payload.elements is invalid!")
            return ()
        return tuple(_button(one) for one in _at_most(payload.get("buttons"), BUTTON_LIMIT))

    def _paid_by(self, person: Person) -> dict[str, Any] | None:
        """Return the quota object of a message to `person` now, None when it is charged."""
        silence = self._peer.now() - person.last_interaction if person.last_interaction else PAID * 2
        if silence > PAID:
            raise OaError(-230)
        if silence <= FREE:
            return {"quota_type": "reply"}
        if self._peer.sub_quota > 0:
            return self._from_package()
        self.charge(PRICE)
        return None

    def _from_package(self) -> dict[str, Any]:
        total = self._peer.sub_quota_total
        self._peer.sub_quota -= 1
        left = str(self._peer.sub_quota)
        owner = {"expired_date": "31/12/2026", "owner_type": "OA", "owner_id": KNOWN["oa_id"]}
        return {"quota_type": "sub_quota", "remain": left, "total": str(total), **owner}

    def charge(self, price: int) -> None:
        """Take `price` from the cloud account."""
        if self._peer.balance is None:
            raise OaError(-320)
        if self._peer.balance < price:
            raise OaError(-321)
        self._peer.balance -= price

    def _to_group(self, fields: dict[str, Any]) -> dict[str, Any]:
        group_id = fields.get("recipient", {}).get("group_id")
        if group_id != KNOWN["group_id"]:
            raise OaError(-403)
        arrived = self._peer.arrive("zalo_oa", group_id, fields.get("message", {}).get("text", ""))
        self._peer.emit_sent(arrived, "group_text")
        return {"message_id": arrived.id, "group_id": group_id}

    def _quota(self, fields: dict[str, Any]) -> dict[str, Any]:
        person = self._peer.people.get(fields.get("user_id", ""))
        if person is None or person.last_interaction is None:
            raise OaError(-213)
        promotion = {"daily_remain": 0, "daily_total": 1, "monthly_remain": 4, "monthly_total": 6}
        last = str(milliseconds(person.last_interaction))
        return {"last_interaction": last, "cs_reply": {"remain": 8, "total": 8}, "promotion": promotion}

    def _upload(self, fields: dict[str, Any]) -> dict[str, Any]:
        name, content = fields.get("file") or ("", b"")
        if not name.lower().endswith(FILE_KINDS):
            raise OaError(-201, "file is invalid!")
        if len(content) > FILE_LIMIT:
            raise OaError(-210)
        token = f"thu-tep-{len(self.files) + 1}"
        self.files.add(token)
        return {"token": token}

    def _asked(self, method: str, query: dict[str, Any]) -> dict[str, Any]:
        followers = [one for one in self._peer.people.values() if one.kind == "oa" and one.follows]
        match method:
            case "getoa":
                return self._account(len(followers))
            case "user/getlist":
                count, offset = int(query.get("count", 0)), int(query.get("offset", 0))
                if count > 50 or offset > 9951:
                    raise OaError(-210)
                users = [{"user_id": one.id} for one in followers[offset : offset + count]]
                return {"total": len(followers), "count": count, "offset": offset, "users": users}
            case "user/detail":
                return _detail(self._peer.reachable(str(query.get("user_id", ""))))
        raise OaError(-233)

    def _account(self, followers: int) -> dict[str, Any]:
        linked = "" if self._peer.balance is None else "zca-thu"
        plan = {"package_name": "Nâng cao", "package_valid_through_date": "31/12/2026", "linked_ZCA": linked}
        verified = {"is_verified": True, "oa_type": 2, "num_follower": followers}
        return {"oaid": KNOWN["oa_id"], "name": "Đôn đốc - Sở Mẫu", **verified, **plan}


def _kind_of(message: dict[str, Any]) -> str:
    """Return how the echo of a message is named."""
    if message.get("text"):
        return "text"
    return "file" if message["attachment"].get("type") == "file" else "template"


def _at_most(buttons: Any, limit: int) -> list[dict[str, Any]]:
    if not isinstance(buttons, list) or not buttons:
        raise OaError(-201, "attachment.payload.buttons is invalid!")
    if len(buttons) > limit:
        raise OaError(-210)
    return buttons


def _button(one: dict[str, Any]) -> Button:
    title, kind, payload = one.get("title", ""), one.get("type", ""), one.get("payload")
    if kind not in BUTTONS or not title:
        raise OaError(-201, "button.type is invalid!")
    data = payload if kind.startswith("oa.query") else ""
    if not isinstance(data, str) or (kind.startswith("oa.query") and not data):
        raise OaError(-201, "button.payload is invalid!")
    if len(title) > TITLE_LIMIT or len(data) > PAYLOAD_LIMIT:
        raise OaError(-210)
    url = payload.get("url", "") if isinstance(payload, dict) else ""
    return Button(title, data, url)


def _detail(person: Person) -> dict[str, Any]:
    last = person.last_interaction.strftime("%d/%m/%Y") if person.last_interaction else ""
    place = {"address": "", "city": "", "district": ""}
    return {
        "user_id": person.id,
        "user_id_by_app": person.id_by_app,
        "user_external_id": person.external_id,
        "display_name": person.name,
        "user_alias": "",
        "is_sensitive": False,
        "user_last_interaction_date": last,
        "user_is_follower": person.follows,
        "avatar": "",
        "avatars": {"120": "", "240": ""},
        "dynamic_param": "",
        "tags_and_notes_info": {"notes": [], "tag_names": []},
        "shared_info": {**place, "phone": person.phone, "name": person.name},
    }
