"""Which channels are open, and in whose name do letters go out?"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

from engine.problems import Problem
from engine.yamltext import Section, open_section
from engine.yamlvalues import email, needed
from notifiers.base import Notifier
from notifiers.letters import OfficeNames
from notifiers.mailbox import MailboxNotifier
from notifiers.smtp import EmailSettings
from usecases.channels_email import BouncesConfig, read_email, sender_of
from usecases.channels_guards import Guards, read_guards
from usecases.channels_telegram import TelegramConfig, read_telegram, report_alone
from usecases.channels_values import domain, is_host, is_yes, report_host
from usecases.channels_zalo import ZaloConfig, read_zalo
from usecases.configuration import accepted, text_of

LONGEST_BASE = 100  # a link with its token must fit into the 200 characters of a Zalo template
DAY = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Channels:
    """The office's names and the settings of each channel; None is a closed one."""

    office: OfficeNames
    mailbox: bool
    email: EmailSettings | None
    zalo: ZaloConfig
    bounces: BouncesConfig
    telegram: TelegramConfig | None = None
    allow_private: frozenset[str] = frozenset()  # hosts inside the network that may be asked over HTTP
    mail_after: timedelta | None = DAY  # how long a chat may go unanswered before the mail says it too
    guards: Guards = field(default_factory=Guards)

    @property
    def names(self) -> frozenset[str]:
        """The open channels."""
        own = (("mailbox", self.mailbox), ("email", self.email), ("telegram", self.telegram))
        return self.zalo.names | {name for name, is_open in own if is_open}

    @property
    def only_mailbox(self) -> Channels:
        """The same office with nothing open but the mailbox of this machine."""
        return replace(self, mailbox=True, email=None, telegram=None, zalo=ZaloConfig(self.zalo.app))


def load_channels(folder: Path) -> Channels:
    """Return the channels of `folder`/channels.yml."""
    return accepted(read_channels(*text_of(folder, "channels.yml")))


def read_channels(text: str, source: str) -> tuple[Channels, list[Problem]]:
    """Return the channels written in channels.yml and every mistake found."""
    root, problems = open_section(text, source, "tệp kênh gửi")
    office = _office(root.section(root.get("office"), "mục 'office'"))
    mailbox = root.section(root.get("mailbox"), "mục 'mailbox'")
    has_mailbox = is_yes(mailbox, "enabled", "có")
    mailbox.finish()
    email, bounces = read_email(root.section(root.get("email"), "mục 'email'"), office)
    mail_after = _mail_after(root.section(root.get("chats"), "mục 'chats'"))
    private = _private(root.section(root.get("outbound"), "mục 'outbound'"))
    zalo = read_zalo(root, private)
    section = root.section(root.get("telegram"), "mục 'telegram'")
    telegram = read_telegram(section, private)
    guards = read_guards(root)
    root.finish()
    channels = Channels(
        office, has_mailbox, email, zalo, bounces, telegram, private, mail_after, guards=guards
    )
    report_alone(section, channels.names)
    if not channels.names and not problems:
        root.report("no-channel", "không có kênh nào mở", "đặt 'enabled: có' cho mailbox hoặc email")
    return channels, problems


def notifiers_of(channels: Channels, mailbox: Path, home: Path) -> dict[str, Notifier]:
    """Return a notifier for each open channel but those of Zalo; `home` keeps the machine's key."""
    from usecases.mail import email_notifier, telegram_notifier  # slow to import

    found: dict[str, Notifier] = {}
    if channels.mailbox:
        sender = sender_of(channels.office, f"don-doc@{channels.office.domain}")
        found["mailbox"] = MailboxNotifier(mailbox, sender)
    if channels.email:
        found["email"] = email_notifier(channels.email, channels.bounces, home)
    if channels.telegram:
        found["telegram"] = telegram_notifier(channels.telegram, channels.allow_private)
    return found


def _mail_after(section: Section) -> timedelta | None:
    hours = section.typed("mail_after", _hours, "24 giờ, hoặc không", DAY)
    section.finish()
    return hours or None


def _hours(text: str) -> timedelta | None:
    """Return a time of up to a week; none at all for "không"."""
    number, _, unit = text.partition(" ")
    if text == "không":
        return timedelta(0)
    is_sound = unit == "giờ" and number.isdecimal() and 0 < int(number) <= 168
    return timedelta(hours=int(number)) if is_sound else None


def _private(section: Section) -> frozenset[str]:
    hosts = frozenset(host.casefold() for host in section.texts("allow_private"))
    for node in section.items("allow_private"):
        if isinstance(node.value, str) and not is_host(node.value.strip()):
            report_host(section, "allow_private", node.value.strip(), node)
    section.finish()
    return hosts


def _office(section: Section) -> OfficeNames:
    office = OfficeNames(
        needed(section, "name"),
        email(section, "reply_to", is_needed=True),
        domain(section, "domain", is_needed=True),
        needed(section, "contact"),
        section.typed("base_url", base_url_of, "https://don-doc.tinh.example", ""),
    )
    section.finish()
    return office


def base_url_of(text: str) -> str | None:
    """Return the address every link begins with, without its last "/"; None for one we would not send.

    Plain HTTP only towards this machine itself: a link is a key.
    """
    if not text:
        return ""
    parts = urlsplit(text)
    host = parts.hostname or ""
    is_safe = parts.scheme == "https" or (parts.scheme == "http" and host in {"localhost", "127.0.0.1"})
    is_plain = bool(re.fullmatch(r"https?://[A-Za-z0-9.-]+(:\d{1,5})?(/[\w.~-]+)*/?", text, re.ASCII))
    return text.rstrip("/") if is_safe and is_plain and len(text) <= LONGEST_BASE else None
