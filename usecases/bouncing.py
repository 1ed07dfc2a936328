"""What does a mail that came back teach us about an address?

A mailbox that is surely gone is dead from now on; what may be passing is counted, and never
enough to close an address by itself. An address mended since the letter left is not judged by it.
"""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session

from notifiers.base import Heard, Scope
from notifiers.bounces import verdict
from notifiers.verp import Returned
from store import addresses
from store.receipts import Told
from usecases.mail import return_path
from usecases.reach import BOUNCED
from usecases.wiring import Office


def why_failed(said: Heard) -> str:
    """Return in words why a channel says that a message did not arrive."""
    if said.channel != "email":
        return "kênh báo không đến được"
    return f"thư báo lỗi: {verdict(said.text).words}"


def learned(session: Session, office: Office, said: Heard, told: Told, now: datetime) -> str:
    """Remember what a failed receipt of e-mail says about the address; return that in words."""
    if (said.channel, said.state) != ("email", "failed"):
        return ""
    address = _address_of(office, told)
    path = return_path(office.channels.bounces, office.settings.home)
    if not address or path is None or not path.is_to(Returned(said.about, said.token), address):
        return "địa chỉ đã đổi từ khi thư đi: không kết luận"
    answer, evidence = verdict(said.text), f"{BOUNCED}{said.text}"
    who = (told.post, told.person, "email", address, evidence, now)
    if answer.permanent and answer.scope is Scope.RECIPIENT:
        addresses.mark_dead(session, *who)
        return f"{answer.words}: không gửi tới địa chỉ này nữa"
    if not answer.permanent and told.is_news:
        count = addresses.count_failure(session, *who)
        return f"{answer.words}: lần thứ {count}, địa chỉ vẫn dùng"
    return f"{answer.words}: không phải lỗi của địa chỉ"


def _address_of(office: Office, told: Told) -> str:
    """Return the e-mail address which the person a message went to has at that post, "" for none."""
    held = (r for r in office.contacts.recipients if (r.post, r.person) == (told.post, told.person))
    return next((found for r in held if (found := r.addresses.get("email", ""))), "")
