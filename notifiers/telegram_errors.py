"""What does a refusal of Telegram mean, and had the letter left this machine?

Telegram is blocked on some networks, so an answer may come from something in between: what is
not an answer of Telegram itself says nothing about anybody.
"""

from __future__ import annotations

from datetime import timedelta

import httpx
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
)

from notifiers.base import DeliveryFailed, DeliveryUnknown, Scope
from notifiers.http import NotAsked
from notifiers.words import plain

_OPTED_OUT = ("blocked by the user",)
_GONE = (
    "user is deactivated", "was kicked", "is not a member", "chat was deleted", "can't initiate conversation",
    "chat not found", "peer_id_invalid", "user not found", "group chat was upgraded",
)  # fmt: skip
_NOT_TELEGRAM = "parsing the server response"
_NEVER_LEFT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError,
               httpx.UnsupportedProtocol, httpx.InvalidURL, NotAsked)  # fmt: skip
_LATER = timedelta(hours=1)


def failure_of(error: Exception) -> DeliveryFailed:
    """Return what became of a letter whose sending raised `error`; no words of it carry the bot's token."""
    words = str(error).lower()
    if isinstance(error, ChatMigrated):
        moved_to = str(error.new_chat_id)
        return DeliveryFailed(_said("cuộc trò chuyện đã đổi mã số"), permanent=False, moved_to=moved_to)
    if isinstance(error, RetryAfter):
        return _busy(_seconds(error))
    if isinstance(error, Forbidden | BadRequest) and _NOT_TELEGRAM not in words:
        return _refused(words, is_forbidden=isinstance(error, Forbidden))
    if isinstance(error, InvalidToken):
        return _ours("mã bot hoặc địa chỉ máy chủ bị từ chối; kiểm tra mục 'telegram'", permanent=True)
    if isinstance(error, Conflict):
        return _ours("đang có nơi khác dùng cùng bot này", permanent=False)
    if "too many requests" in words:
        return _busy(60)
    if isinstance(error, Forbidden | BadRequest):
        return _ours("câu trả lời không phải của Telegram; đường mạng có thể đang bị chặn", permanent=False)
    if never_left(error):
        return _ours(_way_there(error), permanent=False)
    why = "không có câu trả lời trọn vẹn, chưa rõ tin đã đến hay chưa"
    return DeliveryUnknown(f"telegram: {why}")


def never_left(error: Exception) -> bool:
    """Whether the request certainly was not sent: nobody was reached, or we did not let it out."""
    cause = error.__cause__ if isinstance(error, TelegramError) else error
    if not isinstance(error, NetworkError | httpx.HTTPError | NotAsked):
        return False
    if isinstance(cause, httpx.RequestError):
        try:
            asked = cause.request.extensions.get("dondoc_asked")
        except RuntimeError:  # it never got a request
            asked = None
        if asked is not None:
            return not asked
    return isinstance(cause, _NEVER_LEFT)


def _refused(words: str, *, is_forbidden: bool) -> DeliveryFailed:
    if any(known in words for known in _OPTED_OUT):
        return _final("bot bị chặn", Scope.OPTED_OUT)
    if any(known in words for known in _GONE):
        return _final("không còn cuộc trò chuyện với người này", Scope.RECIPIENT)
    if is_forbidden:  # not in the list: it must not count against anybody
        return _ours(f"Telegram không cho gửi ({_shown(words)})", permanent=False)
    return _final(f"Telegram từ chối nội dung ({_shown(words)})", Scope.CONTENT)


def _final(words: str, scope: Scope) -> DeliveryFailed:
    return DeliveryFailed(f"telegram: {words} — không gửi lại", permanent=True, scope=scope)


def _ours(words: str, *, permanent: bool) -> DeliveryFailed:
    wait = _LATER if permanent else None
    return DeliveryFailed(_said(words), permanent=permanent, retry_after=wait, scope=Scope.CHANNEL)


def _busy(seconds: float) -> DeliveryFailed:
    """Return that Telegram wants us to wait; a second more than it says, as its clock is coarse."""
    wait = timedelta(seconds=seconds + 1)
    words = f"Telegram bảo chờ {seconds:g} giây"
    return DeliveryFailed(_said(words), permanent=False, retry_after=wait, scope=Scope.CHANNEL)


def _way_there(error: Exception) -> str:
    cause = error.__cause__ if isinstance(error, TelegramError) else error
    if isinstance(cause, NotAsked):
        return plain(cause.why)
    return "không kết nối được Telegram"


def _seconds(error: RetryAfter) -> float:
    wait = error.retry_after
    return wait.total_seconds() if isinstance(wait, timedelta) else float(wait)


def _said(words: str) -> str:
    return f"telegram: {words} — sẽ gửi lại"


def _shown(words: str) -> str:
    return plain(words)[:120]
