"""What does channels.yml say about Telegram, and is it anybody's only channel?"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from engine.problems import Problem
from engine.rulebook import Policy
from engine.yamltext import Section
from usecases.channels_values import is_yes

PUBLIC = "https://api.telegram.org"
_NAME = re.compile(r"[A-Za-z]\w{3,30}[Bb][Oo][Tt]", re.ASCII)
_INSTEAD = "thêm email hoặc mailbox; Telegram có thể bị chặn bất cứ lúc nào"


@dataclass(frozen=True, slots=True)
class TelegramConfig:
    """The bot, where its secrets lie, and the way to it."""

    bot: str  # its name, for links that open a chat with it
    token_file: Path | None
    secret_file: Path | None
    base_url: str
    proxy: str


def read_telegram(section: Section, private: frozenset[str]) -> TelegramConfig | None:
    """Return the settings of an open channel; `private` are the hosts that may speak plain HTTP."""
    is_open = is_yes(section, "enabled")
    token, secret = section.text("token_file", ""), section.text("secret_file", "")
    settings = TelegramConfig(
        section.typed("bot", _bot, "tên của bot, không có @, tận cùng bằng 'bot'", ""),
        Path(token) if token else None,
        Path(secret) if secret else None,
        section.typed(
            "base_url",
            lambda text: _url(text, private),
            "https://máy-chủ (http chỉ với máy trong outbound.allow_private)",
            PUBLIC,
        ),
        section.typed("proxy", _proxy, "http://máy-chủ:cổng, không kèm tên và mật khẩu", ""),
    )
    section.finish()
    named = section.get("bot")
    if is_open and (named is None or not named.value):
        section.report("missing-key", "kênh telegram đã mở nhưng thiếu 'bot'", "thêm dòng 'bot: …'")
    return settings if is_open else None


def report_alone(section: Section, names: Iterable[str]) -> None:
    """Report that Telegram is open and nothing else that leaves this machine."""
    if set(names) <= {"telegram", "mailbox"} and "telegram" in names:
        words = "telegram là kênh duy nhất ra ngoài máy này"
        section.report("only-telegram", words, "mở thêm email hoặc một kênh Zalo", section.get("enabled"))


def only_by_telegram(policies: Iterable[Policy]) -> list[Problem]:
    """Return the steps that would tell somebody through Telegram and nothing else."""
    found = []
    for policy in policies:
        for step in policy.steps:
            if set(step.via) == {"telegram"}:
                source, _, line = step.place.rpartition(":")
                words = f"bậc '{step.id}' chỉ gửi qua telegram"
                found.append(Problem(source, int(line or 0), 0, "only-telegram", words, _INSTEAD))
    return found


def _bot(text: str) -> str | None:
    return text if not text or _NAME.fullmatch(text) else None


def _url(text: str, private: frozenset[str]) -> str | None:
    parts = urlsplit(text)
    host = (parts.hostname or "").casefold()
    is_safe = parts.scheme == "https" or (parts.scheme == "http" and host in private)
    return text.rstrip("/") if is_safe and host and not (parts.query or parts.fragment) else None


def _proxy(text: str) -> str | None:
    parts = urlsplit(text)
    is_plain = parts.scheme in {"http", "https"} and parts.hostname and not parts.username
    return text if is_plain or not text else None
