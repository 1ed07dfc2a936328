"""What can a test change about Zalo's services beforehand?"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from tests.peers import zalo_bot
from tests.peers.base import Peer, milliseconds
from tests.peers.exchanges import KNOWN
from tests.peers.people import Person
from tests.peers.zalo_oauth import ACCESS_LIFE

if TYPE_CHECKING:
    from tests.peers.zalo_bot import ZaloBot
    from tests.peers.zalo_oa import ZaloOa
    from tests.peers.zalo_oauth import ZaloOAuth
    from tests.peers.zalo_zbs import Template, ZaloZbs


class ZaloState(Peer):
    """The settings of the services, the people they know, and how to change both."""

    oauth: ZaloOAuth
    oa: ZaloOa
    zbs: ZaloZbs
    bot: ZaloBot

    def __init__(self, clock: Callable[[], datetime], ticker: Callable[[], float]) -> None:
        super().__init__(clock, ticker)
        self.app_active = True
        self.proof_required = False
        self.stranger_code = -213  # or -232: which of the two a stranger gives is not documented
        self.sub_quota, self.sub_quota_total = 0, 500
        self.balance: int | None = 1_000_000  # of the cloud account, in đồng; None = not linked
        self.daily_quota = self.zbs_left = 500
        self.dedupes_tracking = False  # whether a repeated tracking_id arrives once
        self.receipt_after: timedelta | None = timedelta(seconds=3)  # None: receipts never come
        self.signs_with_oa_id = False  # as some say the signature begins
        self.bot_left, self.bot_people = zalo_bot.MESSAGES_A_MONTH, zalo_bot.PEOPLE
        self.bot_webhook, self.bot_secret, self.bot_verifies = "", KNOWN["bot_secret"], True
        self.http_errors = False  # Bot: errors come with their own HTTP status
        self.is_subscribed = True  # False once the ladder of the webhook was climbed in vain
        self.people = {one.id: one for one in self._first_people()}

    def silent_for(self, user: str, hours: float) -> None:
        """Let the last thing `user` did be `hours` ago."""
        self.people[user].last_interaction = self.now() - timedelta(hours=hours)

    def forget(self, user: str) -> None:
        self.people.pop(user, None)

    def restrict(self, user: str) -> None:
        """Want nothing of this kind of message."""
        self.people[user].is_restricted = True

    def deactivate(self, user: str) -> None:
        self.people[user].is_inactive = True

    def add_phone(self, phone: str) -> None:
        """Let `phone` be on Zalo."""
        self.people[phone] = Person(phone, "phone")

    def add_template(self, template: Template) -> None:
        self.zbs.templates[template.id] = template

    def set_template(self, template_id: str, name: str, value: Any) -> None:
        setattr(self.zbs.templates[template_id], name, value)

    def use_up_calls(self) -> None:
        """Leave the OA service no call for this minute."""
        self.oa.use_up_calls()

    def spend_refresh_token(self) -> None:
        """Let somebody else have used the refresh token."""
        self.oauth.refresh.clear()

    def revoke_access_token(self) -> None:
        self.oauth.access.clear()

    def expire_access_token(self) -> None:
        for token in self.oauth.access:
            self.oauth.access[token] = self.now() - ACCESS_LIFE

    def was_delivered(self, message_id: str) -> None:
        self.zbs.delivered[message_id] = self.now()

    def had_quick_reply(self, message_id: str, tracking_id: str, caption: str) -> None:
        """Let a quick reply have been given whose event is lost."""
        when = str(milliseconds(self.now()))
        reply = {"data": caption, "submitDate": when, "msgId": message_id}
        self.zbs.replies.append({**reply, "oaId": KNOWN["oa_id"], "trackingId": tracking_id})

    def replay(self, count: int = 1) -> None:
        """Hand out the bot's last updates once more."""
        with self.changed:
            self.bot.replay(count)
            self.changed.notify_all()

    def _first_people(self) -> list[Person]:
        by_app = {"id_by_app": KNOWN["user_id_by_app"], "external_id": KNOWN["external_id"]}
        user = Person(KNOWN["user_id"], "oa", last_interaction=self.now(), phone=KNOWN["phone"], **by_app)
        phone, admin = Person(KNOWN["phone"], "phone"), Person(KNOWN["admin_phone"], "phone", is_admin=True)
        return [
            user,
            phone,
            admin,
            Person(KNOWN["chat_id"], "bot"),
            Person(KNOWN["bot_group"], "bot", is_group=True),
        ]
