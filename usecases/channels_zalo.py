"""What does channels.yml say about Zalo: the bot, the official account, the approved template?"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from engine.yamltext import Section
from usecases.channels_values import is_yes

MOST_USERS, MOST_MESSAGES = 100_000, 10_000_000


@dataclass(frozen=True, slots=True)
class AppConfig:
    """The application that speaks for the official account, and where its secrets lie."""

    app_id: str
    oa_id: str
    secret_file: Path | None
    oa_secret_file: Path | None
    verifier_file: Path | None
    redirect_uri: str
    sends_proof: bool
    is_strict: bool
    oauth_url: str
    oa_url: str
    zbs_url: str


@dataclass(frozen=True, slots=True)
class BotConfig:
    """The bot, where its secrets lie, and what its plan allows."""

    token_file: Path | None
    secret_file: Path | None
    users: int
    messages_per_month: int
    url: str


@dataclass(frozen=True, slots=True)
class ZbsConfig:
    """The template that is filled, and which of our fields its parameters take where names differ."""

    template: str
    fields: Mapping[str, str]
    in_trial: bool


@dataclass(frozen=True, slots=True)
class ZaloConfig:
    """The open channels of Zalo; None is a closed one. `app` stands whether they are open or not."""

    app: AppConfig
    bot: BotConfig | None = None
    oa_buttons: bool | None = None  # whether the account's messages carry buttons
    zbs: ZbsConfig | None = None

    @property
    def names(self) -> frozenset[str]:
        """The open channels of Zalo."""
        standing = {"zalo_bot": self.bot, "zalo_oa": self.oa_buttons, "zalo_zbs": self.zbs}
        return frozenset(name for name, settings in standing.items() if settings is not None)

    @property
    def hosts(self) -> frozenset[str]:
        """The hosts that may be asked."""
        urls = [self.app.oauth_url, self.app.oa_url, self.app.zbs_url, *([self.bot.url] if self.bot else [])]
        return frozenset((urlsplit(url).hostname or "").casefold() for url in urls)


def read_zalo(root: Section, private: frozenset[str]) -> ZaloConfig:
    """Return what the sections of Zalo say; `private` are the hosts that may speak plain HTTP."""
    app_section = root.section(root.get("zalo_app"), "mục 'zalo_app'")
    app = _app(app_section, private)
    bot = _bot(root.section(root.get("zalo_bot"), "mục 'zalo_bot'"), private)
    oa = root.section(root.get("zalo_oa"), "mục 'zalo_oa'")
    is_open, has_buttons = is_yes(oa, "enabled"), is_yes(oa, "buttons")
    oa.finish()
    zbs = _zbs(root.section(root.get("zalo_zbs"), "mục 'zalo_zbs'"))
    if is_open or zbs is not None:
        _need(app_section, "zalo_oa hoặc zalo_zbs", {"app_id": app.app_id, "oa_id": app.oa_id})
    return ZaloConfig(app, bot, has_buttons if is_open else None, zbs)


def _app(section: Section, private: frozenset[str]) -> AppConfig:
    app = AppConfig(
        app_id=section.text("app_id", ""),
        oa_id=section.text("oa_id", ""),
        secret_file=_file(section, "app_secret_file"),
        oa_secret_file=_file(section, "oa_secret_file"),
        verifier_file=_file(section, "verifier_file"),
        redirect_uri=section.text("redirect_uri", ""),
        sends_proof=is_yes(section, "proof"),
        is_strict=is_yes(section, "strict_signature"),
        oauth_url=_url(section, "oauth_url", "https://oauth.zaloapp.com", private),
        oa_url=_url(section, "oa_url", "https://openapi.zalo.me", private),
        zbs_url=_url(section, "zbs_url", "https://business.openapi.zalo.me", private),
    )
    section.finish()
    return app


def _bot(section: Section, private: frozenset[str]) -> BotConfig | None:
    is_open = is_yes(section, "enabled")
    bot = BotConfig(
        token_file=_file(section, "token_file"),
        secret_file=_file(section, "secret_file"),
        users=section.typed("users", _up_to(MOST_USERS), "một số từ 1", 50),
        messages_per_month=section.typed("messages_per_month", _up_to(MOST_MESSAGES), "một số từ 1", 3000),
        url=_url(section, "base_url", "https://bot-api.zaloplatforms.com", private),
    )
    section.finish()
    return bot if is_open else None


def _zbs(section: Section) -> ZbsConfig | None:
    is_open = is_yes(section, "enabled")
    template, in_trial = section.text("template", ""), is_yes(section, "trial")
    fields = {}
    for param in section.sections("params", "tham số của mẫu"):
        fields[param.text("name")] = param.text("field")
        param.finish()
    section.finish()
    if not is_open:
        return None
    _need(section, "zalo_zbs", {"template": template})
    return ZbsConfig(template, fields, in_trial)


def _need(section: Section, channel: str, values: dict[str, str]) -> None:
    for key, value in values.items():
        if not value:
            words = f"kênh {channel} đã mở nhưng {section.what} thiếu '{key}'"
            section.report("missing-key", words, f"thêm dòng '{key}: …'")


def _file(section: Section, key: str) -> Path | None:
    named = section.text(key, "")
    return Path(named) if named else None


def _url(section: Section, key: str, default: str, private: frozenset[str]) -> str:
    def read(text: str) -> str | None:
        parts = urlsplit(text)
        host = (parts.hostname or "").casefold()
        is_safe = parts.scheme == "https" or (parts.scheme == "http" and host in private)
        return text.rstrip("/") if is_safe and host and not (parts.query or parts.fragment) else None

    return section.typed(
        key, read, "https://máy-chủ (http chỉ với máy trong outbound.allow_private)", default
    )


def _up_to(most: int) -> Callable[[str], int | None]:
    return lambda text: int(text) if text.isdecimal() and 0 < int(text) <= most else None
