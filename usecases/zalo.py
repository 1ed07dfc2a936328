"""How do we speak for the official account of Zalo, and who has allowed it?

An administrator opens the page that `connect` names, and brings back the code it ends with. From
then on the tokens renew themselves; they lie sealed in the database.
"""

from __future__ import annotations

import asyncio
import hmac
import json
import logging
import secrets as random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

from engine.model import HANOI
from notifiers.base import Letter, Notifier, Receipt
from notifiers.http import NoAnswer, NotAsked, Outbound, Web
from notifiers.zalo_bot import ZaloBotNotifier, ZaloBotSettings
from notifiers.zalo_errors import failed
from notifiers.zalo_events import ZaloWebhook
from notifiers.zalo_oa import OaNotifier
from notifiers.zalo_oauth import Pair, Tokens, ZaloApp, granted, permission_url
from notifiers.zalo_oauth import Refused as NotGranted
from notifiers.zalo_wire import OpenApi
from notifiers.zalo_zbs import ZbsNotifier, ZbsSettings
from store import credentials, volumes
from store.database import Database
from usecases.channels_zalo import AppConfig, BotConfig, ZaloConfig
from usecases.errors import InputRejected, Refused
from usecases.secrets import MachineKey, SealBroken, machine_key, secret_of

if TYPE_CHECKING:
    from usecases.wiring import Office

_log = logging.getLogger(__name__)

ASKED_FOR = timedelta(minutes=30)  # how long the page of permission may be answered
_PURPOSE = "zalo"


class KeptTokens:
    """The pair of one application, sealed in the database; one object is one holder of the lease."""

    def __init__(self, database: Database, key: MachineKey, app_id: str) -> None:
        self._database, self._key = database, key
        self._name, self._owner = f"zalo_oa:{app_id}", random.token_hex(8)

    def read(self) -> Pair | None:
        """Return the pair in force, None while access was never granted or the machine has another key."""
        with self._database.reading() as session:
            found = credentials.credential(session, self._name)
        if found is None:
            return None
        try:
            told = json.loads(self._key.open(found.sealed, _PURPOSE))
        except SealBroken as broken:
            _log.error("%s", broken)
            return None
        return Pair(told["access"], told["refresh"], found.obtained_at, found.expires_at, found.is_ok)

    def keep(self, pair: Pair) -> None:
        """Keep a new pair in the place of the one before; committed when this returns."""
        sealed = self._key.seal(json.dumps({"access": pair.access, "refresh": pair.refresh}), _PURPOSE)
        with self._database.writing() as session:
            credentials.keep(session, self._name, sealed, pair.obtained_at, pair.expires_at)

    def refused(self, pair: Pair, why: str) -> None:
        """Note that `pair` will not be renewed, unless another took its place meanwhile."""
        with self._database.writing() as session:
            found = credentials.credential(session, self._name)
            if found and json.loads(self._key.open(found.sealed, _PURPOSE))["refresh"] == pair.refresh:
                credentials.refuse(session, self._name, found.sealed, why)

    def lease(self, now: datetime, until: datetime) -> bool:
        """Return whether nobody else is renewing; then nobody else will until `until`."""
        with self._database.writing() as session:
            return credentials.lease(session, self._name, self._owner, now, until)

    def release(self) -> None:
        """Let others renew."""
        with self._database.writing() as session:
            credentials.release(session, self._name, self._owner)


class ClosedByFault:
    """Stands for a channel whose secrets cannot be read: its letters go on to the next channel."""

    batch = 1
    repeats_safely = True

    def __init__(self, channel: str, why: str) -> None:
        self.channel, self.why = channel, why

    async def send(self, letter: Letter, address: str) -> Receipt:
        """Raise that the channel is closed."""
        raise failed("config", f"{self.channel}: {self.why}", letter.at)

    async def close(self) -> None:
        """Nothing is open."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How the official account stands with us, for people."""

    is_granted: bool
    words: str


def zalo_notifiers(
    config: ZaloConfig, private: frozenset[str], home: Path, database: Callable[[], Database]
) -> dict[str, Notifier]:
    """Return a notifier for each open channel of Zalo; one at fault fails its own letters only."""
    found: dict[str, Notifier] = {}
    outbound = Outbound(config.hosts, private)
    if config.bot is not None:
        bot = config.bot
        found["zalo_bot"] = _guarded("zalo_bot", lambda: _bot_of(bot, outbound, database))
    if config.oa_buttons is not None or config.zbs is not None:
        found |= _of_account(config, outbound, home, database)
    return found


def webhook_of(config: ZaloConfig) -> ZaloWebhook:
    """Return what an event of the official account must be signed with; raises Refused."""
    app = config.app
    return ZaloWebhook(app.app_id, app.oa_id, secret_of(app.oa_secret_file, "zalo_oa_secret"), app.is_strict)


def bot_secret_of(config: ZaloConfig) -> str:
    """Return what Zalo shows with every event of the bot, "" when none is set; raises Refused."""
    return secret_of(config.bot.secret_file, "zalo_bot_secret") if config.bot else ""


def connect(office: Office, now: datetime) -> str:
    """Return the page where an administrator of the account allows us to speak for it."""
    app, key = _app_of(office.channels.zalo.app), machine_key(office.settings.home)
    if not app.redirect_uri:
        raise Refused("mục 'zalo_app' thiếu 'redirect_uri'; ghi đúng địa chỉ đã lưu ở trang quản lý ứng dụng")
    asked = {"verifier": app.verifier or random.token_urlsafe(32), "state": random.token_urlsafe(12)}
    sealed = key.seal(json.dumps(asked), _PURPOSE)
    with office.database.writing() as session:
        credentials.keep(session, _question(app), sealed, now, now + ASKED_FOR)
    return permission_url(app, asked["verifier"], asked["state"])


def exchange(office: Office, answer: str, now: datetime) -> Standing:
    """Take the code, or the whole address the page ended at, and keep the tokens it yields."""
    app, key = _app_of(office.channels.zalo.app), machine_key(office.settings.home)
    with office.database.reading() as session:
        asked = credentials.credential(session, _question(app))
    if asked is None or asked.expires_at <= now:
        raise InputRejected("chưa có lần xin quyền nào còn hạn; chạy 'dondoc zalo connect' rồi làm lại")
    told = json.loads(key.open(asked.sealed, _PURPOSE))
    code = _code_of(answer, told["state"], app)
    pair = asyncio.run(_granted(_web(office), app, code, told["verifier"], now))
    KeptTokens(office.database, key, app.app_id).keep(pair)
    with office.database.writing() as session:
        credentials.forget(session, _question(app))
    return standing(office, now)


def standing(office: Office, now: datetime) -> Standing:
    """Return whether we may speak for the account, since when and until when."""
    config = office.channels.zalo.app
    if not config.app_id:
        return Standing(False, "Chưa khai ứng dụng Zalo: điền mục 'zalo_app' trong channels.yml.")
    pair = KeptTokens(office.database, machine_key(office.settings.home), config.app_id).read()
    if pair is None:
        return Standing(False, "OA chưa cấp quyền: chạy 'dondoc zalo connect' và mở địa chỉ được in ra.")
    until = f"{pair.expires_at.astimezone(HANOI):%H:%M %d/%m/%Y}"
    if not pair.is_granted:
        words = "Zalo từ chối gia hạn quyền"
        return Standing(False, f"{words}; mã hiện có dùng được đến {until}. Chạy 'dondoc zalo connect'.")
    since = f"{pair.obtained_at.astimezone(HANOI):%H:%M %d/%m/%Y}"
    return Standing(True, f"OA đã cấp quyền; mã truy cập lấy lúc {since}, tự gia hạn trước {until}.")


def _of_account(
    config: ZaloConfig, outbound: Outbound, home: Path, database: Callable[[], Database]
) -> dict[str, Notifier]:
    """Return the channels that speak for the account: they share one pair of tokens and who renews it."""
    names = [name for name in ("zalo_oa", "zalo_zbs") if name in config.names]
    web = Web(outbound)
    try:
        app = _app_of(config.app)
        tokens = Tokens(app, KeptTokens(database(), machine_key(home), app.app_id), web)
    except Refused as refused:
        return {name: ClosedByFault(name, str(refused)) for name in names}
    api = OpenApi(app, tokens, web)
    found: dict[str, Notifier] = {}
    if config.oa_buttons is not None:
        found["zalo_oa"] = OaNotifier(api, has_buttons=config.oa_buttons)
    if config.zbs is not None:
        found["zalo_zbs"] = ZbsNotifier(
            api, ZbsSettings(config.zbs.template, config.zbs.fields, config.zbs.in_trial)
        )
    return found


def _bot_of(bot: BotConfig, outbound: Outbound, database: Callable[[], Database]) -> Notifier:
    token = secret_of(bot.token_file, "zalo_bot_token")
    if not token:
        raise Refused("chưa có mã của bot; ghi vào tệp 'token_file' hoặc đặt DONDOC_ZALO_BOT_TOKEN")
    settings = ZaloBotSettings(
        token, secret_of(bot.secret_file, "zalo_bot_secret"), bot.url, bot.users, bot.messages_per_month
    )

    def used(now: datetime) -> int:
        first = now.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
        with database().reading() as session:
            return volumes.left_since(session, "zalo_bot", first)

    return ZaloBotNotifier(settings, Web(outbound), used)


def _guarded(channel: str, build: Callable[[], Notifier]) -> Notifier:
    try:
        return build()
    except Refused as refused:
        return ClosedByFault(channel, str(refused))


def _app_of(config: AppConfig) -> ZaloApp:
    secret = secret_of(config.secret_file, "zalo_app_secret")
    if not config.app_id or not secret:
        hint = "điền 'app_id' của mục 'zalo_app', và tệp 'app_secret_file' hoặc DONDOC_ZALO_APP_SECRET"
        raise Refused(f"chưa đủ thông tin ứng dụng Zalo; {hint}")
    return ZaloApp(
        config.app_id,
        config.oa_id,
        secret,
        config.redirect_uri,
        secret_of(config.verifier_file, "zalo_verifier"),
        config.sends_proof,
        config.oauth_url,
        config.oa_url,
        config.zbs_url,
    )


def _code_of(answer: str, state: str, app: ZaloApp) -> str:
    """Return the code in what a person pasted; a whole address must answer our own question."""
    if "?" not in answer:
        return answer.strip()
    told = {key: values[0] for key, values in parse_qs(urlsplit(answer.strip()).query).items()}
    if not hmac.compare_digest(told.get("state", "").encode(), state.encode()):
        raise InputRejected(
            "địa chỉ này không phải của lần xin quyền vừa rồi; chạy lại 'dondoc zalo connect'"
        )
    if app.oa_id and told.get("oa_id", app.oa_id) != app.oa_id:
        raise InputRejected(f"quyền được cấp cho OA khác, không phải OA {app.oa_id} ghi trong channels.yml")
    if not told.get("code"):
        raise InputRejected("địa chỉ này không có mã; Zalo có thể đã báo lỗi ở trang đó")
    return told["code"]


async def _granted(web: Web, app: ZaloApp, code: str, verifier: str, now: datetime) -> Pair:
    try:
        return await granted(web, app, code, verifier, now)
    except NotGranted as no:
        raise InputRejected(
            f"Zalo không đổi mã lấy quyền: {no.why}; mã chỉ dùng một lần, trong 10 phút"
        ) from None
    except (NotAsked, NoAnswer) as fault:
        raise Refused(f"không hỏi được máy chủ Zalo: {fault.why}; thử lại sau") from None
    finally:
        await web.close()


def _web(office: Office) -> Web:
    return Web(Outbound(office.channels.zalo.hosts, office.channels.allow_private))


def _question(app: ZaloApp) -> str:
    return f"zalo_oa:{app.app_id}#asked"
