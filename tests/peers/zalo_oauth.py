"""Who may call Zalo? Codes, access tokens and refresh tokens of the OAuth service.

A code works once within ten minutes. A refresh token works once within three months; what it gives
kills the access token before it at that instant. An access token lives 25 hours.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from tests.peers.exchanges import KNOWN
from tests.peers.wire import Reply, Request

if TYPE_CHECKING:
    from tests.peers.zalo import ZaloPeer

CODE_LIFE = timedelta(minutes=10)
ACCESS_LIFE = timedelta(hours=25)
REFRESH_LIFE = timedelta(days=90)
DOCS = "https://developers.zalo.me/docs/"


class ZaloOAuth:
    """The tokens of one application and one OA."""

    def __init__(self, peer: ZaloPeer) -> None:
        self._peer = peer
        self.codes: dict[str, tuple[datetime, str]] = {}  # code → issued, its PKCE challenge
        self.access: dict[str, datetime] = {}  # alive or expired; what was replaced is in `removed`
        self.removed: set[str] = set()
        self.refresh: dict[str, datetime] = {}
        self.spent: list[str] = []  # refresh tokens handed in a second time
        self._number = 1
        now = peer.now()
        self.access[KNOWN["access_token"]] = self.refresh[KNOWN["refresh_token"]] = now
        self.codes[KNOWN["code"]] = (now, KNOWN["code_challenge"])

    def answer(self, request: Request) -> Reply:
        with self._peer.changed:
            if request.path == "/v4/oa/permission":
                return self._permission(request.query)
            if request.path != "/v4/oa/access_token" or request.method != "POST":
                return Reply("Not Found", 404)
            return self._token(request)

    def refused(self, headers: dict[str, str]) -> int:
        """Return 0 when the token of a call is good, else -216 (never was one) or -220 (is one no longer)."""
        token = headers.get("access_token", "")
        if token in self.removed:
            return -220
        if token not in self.access:
            return -216
        return -220 if self._peer.now() - self.access[token] >= ACCESS_LIFE else 0

    def proof_fails(self, headers: dict[str, str]) -> bool:
        """Return whether the proof of a call is wrong, or missing where it is required."""
        given = headers.get("appsecret_proof", "")
        right = hmac.new(KNOWN["app_secret"].encode(), headers["access_token"].encode(), hashlib.sha256)
        return (self._peer.proof_required or given != "") and given != right.hexdigest()

    def _permission(self, query: dict[str, str]) -> Reply:
        if not self._peer.app_active or query.get("app_id") != KNOWN["app_id"]:
            return _no(-14002, "Invalid appId", "App is not active but user is not admin")
        if query.get("redirect_uri") != KNOWN["callback"]:
            return _no(-14003, "Invalid redirect uri", "")
        code = self.new_code(query.get("code_challenge", ""))
        back = {"code": code, "oa_id": KNOWN["oa_id"], "state": query.get("state", "")}
        return Reply("", 302, {"Location": f"{KNOWN['callback']}?{urlencode(back)}"})

    def new_code(self, challenge: str) -> str:
        """Return a code as a person's consent makes one."""
        code = f"thu-ma-{len(self.codes) + 1}"
        self.codes[code] = (self._peer.now(), challenge)
        return code

    def _token(self, request: Request) -> Reply:
        form = request.fields() if "urlencoded" in request.headers.get("content-type", "") else {}
        if request.headers.get("secret_key") != KNOWN["app_secret"] or form.get("app_id") != KNOWN["app_id"]:
            return _no(-14004, "Invalid secret key", "App or secret key is wrong")
        if form.get("grant_type") == "authorization_code":
            return self._for_code(form)
        if form.get("grant_type") == "refresh_token":
            return self._for_refresh(form.get("refresh_token", ""))
        return _no(-14005, "Invalid grant type", "")

    def _for_code(self, form: dict[str, Any]) -> Reply:
        issued, challenge = self.codes.pop(form.get("code", ""), (None, ""))
        if issued is None or self._peer.now() - issued > CODE_LIFE:
            return _no(-14006, "Invalid code", "Code is used or expired")
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        if base64.urlsafe_b64encode(digest).rstrip(b"=").decode() != challenge:
            return _no(-14007, "Invalid code verifier", "")
        return self._new_pair()

    def _for_refresh(self, token: str) -> Reply:
        issued = self.refresh.pop(token, None)
        if issued is None or self._peer.now() - issued > REFRESH_LIFE:
            self.spent.append(token)
            return _no(-14014, "Invalid refresh token", "Refresh token is used or expired")
        return self._new_pair()

    def _new_pair(self) -> Reply:
        self._number += 1
        access, refresh = f"thu-access-A{self._number}", f"thu-refresh-R{self._number}"
        self.removed |= set(self.access)
        self.access, self.refresh = {access: self._peer.now()}, {refresh: self._peer.now()}
        seconds = str(int(ACCESS_LIFE.total_seconds()))
        return Reply({"access_token": access, "refresh_token": refresh, "expires_in": seconds})


def _no(number: int, name: str, reason: str) -> Reply:
    body = {"error": number, "error_name": name, "error_reason": reason, "ref_doc": DOCS}
    return Reply(body if number > -14004 else {**body, "error_description": name})
