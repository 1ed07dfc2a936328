"""With which token may we speak for the official account now?

An access token lives 25 hours; the refresh token that yields the next works once, and its use
kills the access token before it. So one process at a time renews, and the new pair is kept
for good before anybody uses it. A refusal ends it: a person must grant access again.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol
from urllib.parse import urlencode

from notifiers.base import DeliveryFailed
from notifiers.http import Answer, NoAnswer, NotAsked, Web
from notifiers.words import plain
from notifiers.zalo_errors import failed, meaning, number_of

RENEW_AFTER = timedelta(hours=20)
LIFETIME = timedelta(hours=25)  # of an access token that does not say
LEASE = timedelta(seconds=60)  # longer than one question may take
_LOOK_AGAIN = 0.2
_LOOKS = 100
_KEEPING_TRIES = 4
_log = logging.getLogger(__name__)
WHO = "zalo: mã truy cập của OA"
NOT_GRANTED = f"{WHO} chưa có hoặc không còn hiệu lực"


@dataclass(frozen=True, slots=True)
class ZaloApp:
    """The application that speaks for the official account."""

    app_id: str
    oa_id: str
    secret: str = field(repr=False)
    redirect_uri: str = ""
    verifier: str = field(default="", repr=False)  # a fixed one, when the console holds its challenge
    sends_proof: bool = False
    oauth_url: str = "https://oauth.zaloapp.com"
    oa_url: str = "https://openapi.zalo.me"
    zbs_url: str = "https://business.openapi.zalo.me"

    def proof(self, access: str) -> str:
        """Return the proof that whoever holds the token also holds the application's secret."""
        return hmac.new(self.secret.encode(), access.encode(), hashlib.sha256).hexdigest()


@dataclass(frozen=True, slots=True)
class Pair:
    """The tokens in force; `is_granted` is False once Zalo has refused to renew them."""

    access: str = field(repr=False)
    refresh: str = field(repr=False)
    obtained_at: datetime
    expires_at: datetime
    is_granted: bool = True


class TokenStore(Protocol):
    """Where the pair is kept; every method is a transaction of its own, committed when it returns."""

    def read(self) -> Pair | None:
        """Return the pair in force, None while access was never granted."""
        ...

    def keep(self, pair: Pair) -> None:
        """Keep a new pair in the place of the one before."""
        ...

    def refused(self, pair: Pair, why: str) -> None:
        """Note that `pair` will not be renewed, unless another took its place meanwhile."""
        ...

    def lease(self, now: datetime, until: datetime) -> bool:
        """Return whether nobody else is renewing; then nobody else will until `until`."""
        ...

    def release(self) -> None:
        """Let others renew."""
        ...


class Refused(Exception):
    """Zalo gave no tokens for the code or the refresh token shown."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class Tokens:
    """Gives the access token to use, renewing it when it grows old or was refused."""

    def __init__(
        self,
        app: ZaloApp,
        store: TokenStore,
        web: Web,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._app, self._store, self._web, self._sleep = app, store, web, sleep
        self._lock = asyncio.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None

    async def access(self, now: datetime) -> str:
        """Return the token in force; one that is old but alive still serves when renewing fails."""
        pair = self._granted(now)
        is_alive = now < pair.expires_at
        if is_alive and (now < pair.obtained_at + RENEW_AFTER or not pair.is_granted):
            return pair.access
        try:
            return await self.renewed(pair.access, now)
        except DeliveryFailed:
            if is_alive:
                return pair.access
            raise

    async def renewed(self, refused: str, now: datetime) -> str:
        """Return a token other than `refused`: that of another who renewed meanwhile, or a new one."""
        self._adopt_loop()
        async with self._lock:
            for _ in range(_LOOKS):
                pair = self._granted(now)
                if pair.access != refused:
                    return pair.access
                if not pair.is_granted:
                    raise failed("refresh_token", NOT_GRANTED, now)
                if self._store.lease(now, now + LEASE):
                    try:
                        return await self._exchanged_under_lease(refused, now)
                    finally:
                        self._store.release()
                await self._sleep(_LOOK_AGAIN)
        raise failed("retry", f"{WHO} đang được một tiến trình khác gia hạn", now)

    def give_up(self, refused: str, now: datetime) -> DeliveryFailed:
        """Note that even a fresh token was refused and return the failure to raise."""
        pair = self._store.read()
        if pair is not None and pair.access == refused and pair.is_granted:
            self._store.refused(pair, "mã mới cấp cũng bị từ chối")
        return failed("refresh_token", f"{WHO} vừa gia hạn vẫn bị từ chối", now)

    async def _exchanged_under_lease(self, refused: str, now: datetime) -> str:
        pair = self._granted(now)  # once more: it may have changed while the lease was waited for
        if pair.access != refused:
            return pair.access
        if not pair.is_granted:
            raise failed("refresh_token", NOT_GRANTED, now)
        try:
            renewed = await refreshed(self._web, self._app, pair.refresh, now)
        except Refused as no:
            self._store.refused(pair, no.why)
            raise failed("refresh_token", f"{WHO} không gia hạn được: {no.why}", now) from None
        except (NotAsked, NoAnswer) as fault:
            raise failed("retry", f"{WHO} chưa gia hạn được: máy chủ Zalo {fault.why}", now) from None
        await self._kept(renewed)
        return renewed.access

    async def _kept(self, pair: Pair) -> None:
        """Keep a pair that Zalo will not give again, even while the database is busy."""
        for _ in range(_KEEPING_TRIES - 1):
            try:
                return self._store.keep(pair)
            except Exception:
                _log.exception("zalo: chưa cất được mã truy cập mới, thử lại")
                await self._sleep(1)
        return self._store.keep(pair)

    def _granted(self, now: datetime) -> Pair:
        pair = self._store.read()
        if pair is None or not (pair.is_granted or now < pair.expires_at):
            raise failed("refresh_token", NOT_GRANTED, now)
        return pair

    def _adopt_loop(self) -> None:
        loop = asyncio.get_running_loop()
        if self._loop is not loop:
            self._loop, self._lock = loop, asyncio.Lock()


def challenge_of(verifier: str) -> str:
    """Return what is shown beforehand of a verifier that is told later."""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def permission_url(app: ZaloApp, verifier: str, state: str) -> str:
    """Return the page where an administrator of the account lets the application speak for it."""
    asked = {
        "app_id": app.app_id,
        "redirect_uri": app.redirect_uri,
        "code_challenge": challenge_of(verifier),
        "state": state,
    }
    return f"{app.oauth_url}/v4/oa/permission?{urlencode(asked)}"


async def granted(web: Web, app: ZaloApp, code: str, verifier: str, now: datetime) -> Pair:
    """Return the first pair for a code; raises Refused, NotAsked or NoAnswer."""
    form = {"code": code, "grant_type": "authorization_code", "code_verifier": verifier}
    return await _exchanged(web, app, form, now)


async def refreshed(web: Web, app: ZaloApp, refresh: str, now: datetime) -> Pair:
    """Return the pair that follows; raises Refused, NotAsked or NoAnswer."""
    return await _exchanged(web, app, {"refresh_token": refresh, "grant_type": "refresh_token"}, now)


async def _exchanged(web: Web, app: ZaloApp, form: Mapping[str, str], now: datetime) -> Pair:
    url = f"{app.oauth_url}/v4/oa/access_token"
    whole = {**form, "app_id": app.app_id}
    answer = await web.ask("POST", url, headers={"secret_key": app.secret}, form=whole)
    body = answer.json
    if body is None or answer.status >= 500:
        raise NoAnswer(f"trả về HTTP {answer.status} không đọc được")
    return _pair(answer, now)


def _pair(answer: Answer, now: datetime) -> Pair:
    """Return the tokens in an answer; one without both of them is a refusal, whatever its number."""
    body = answer.json or {}
    access, refresh = body.get("access_token"), body.get("refresh_token")
    if not (isinstance(access, str) and access and isinstance(refresh, str) and refresh):
        number = number_of(body, "error")
        known = meaning("zalo_oauth", number).words if number is not None else ""
        said = plain(str(body.get("error_name") or body.get("error_description") or ""))[:100]
        raise Refused(f"{known or 'Zalo từ chối'}" + (f" ({number}, {said})" if number is not None else ""))
    seconds = number_of(body, "expires_in") or 0
    lifetime = timedelta(seconds=seconds) if 0 < seconds <= 10**7 else LIFETIME
    return Pair(access, refresh, now, now + lifetime)
