"""How do we send mail, and how do we know what comes back as ours?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from notifiers.base import Notifier
from notifiers.email import EmailNotifier
from notifiers.smtp import EmailSettings
from notifiers.telegram import TelegramNotifier, TelegramSettings
from notifiers.verp import ReturnPath
from usecases.channels_email import BouncesConfig
from usecases.channels_telegram import TelegramConfig
from usecases.errors import Refused
from usecases.secrets import machine_key, secret_of
from usecases.zalo import ClosedByFault


def email_notifier(settings: EmailSettings, bounces: BouncesConfig, home: Path) -> Notifier:
    """Return the notifier of e-mail; its letters sign their return path where bounces have a domain."""

    def opened() -> Notifier:
        path = return_path(bounces, home)
        password = "" if settings.password_file else secret_of(None, "email_password")
        return EmailNotifier(replace(settings, return_path=path, password=password))

    return _or_closed("email", opened)


def telegram_notifier(config: TelegramConfig, private: frozenset[str]) -> Notifier:
    """Return the notifier of Telegram; one whose token cannot be read fails its own letters only."""

    def opened() -> Notifier:
        token = secret_of(config.token_file, "telegram_token")
        if not token:
            raise Refused("thiếu mã của bot; ghi vào tệp 'token_file' hoặc DONDOC_TELEGRAM_TOKEN")
        secret = secret_of(config.secret_file, "telegram_secret")
        return TelegramNotifier(TelegramSettings(token, config.base_url, config.proxy, secret, private))

    return _or_closed("telegram", opened)


def return_path(bounces: BouncesConfig, home: Path) -> ReturnPath | None:
    """Return what signs and reads return paths; None where bounces have no domain of their own."""
    if not bounces.domain:
        return None
    return ReturnPath(bounces.domain, machine_key(home).of("return-path"))


def _or_closed(channel: str, opened: Callable[[], Notifier]) -> Notifier:
    try:
        return opened()
    except Refused as refused:
        return ClosedByFault(channel, str(refused))
