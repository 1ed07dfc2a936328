"""Which channels are open, and in whose name do letters go out?"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal, cast

from engine.problems import Problem
from engine.yamltext import Section, open_section
from notifiers.base import Notifier
from notifiers.email import EmailNotifier, EmailSettings
from notifiers.letters import OfficeNames
from notifiers.mailbox import MailboxNotifier
from notifiers.mime import Sender
from usecases.channels_zalo import ZaloConfig, read_zalo
from usecases.configuration import accepted, text_of

YES_NO = ("có", "không")


@dataclass(frozen=True, slots=True)
class Channels:
    """The office's names and the settings of each channel; None is a closed one."""

    office: OfficeNames
    mailbox: bool
    email: EmailSettings | None
    zalo: ZaloConfig
    allow_private: frozenset[str] = frozenset()  # hosts inside the network that may be asked over HTTP

    @property
    def names(self) -> frozenset[str]:
        """The open channels."""
        own = {name for name, is_open in (("mailbox", self.mailbox), ("email", self.email)) if is_open}
        return self.zalo.names | own

    @property
    def only_mailbox(self) -> Channels:
        """The same office with nothing open but the mailbox of this machine."""
        return replace(self, mailbox=True, email=None, zalo=ZaloConfig(self.zalo.app))


def load_channels(folder: Path) -> Channels:
    """Return the channels of `folder`/channels.yml."""
    return accepted(read_channels(*text_of(folder, "channels.yml")))


def read_channels(text: str, source: str) -> tuple[Channels, list[Problem]]:
    """Return the channels written in channels.yml and every mistake found."""
    root, problems = open_section(text, source, "tệp kênh gửi")
    office = _office(root.section(root.get("office"), "mục 'office'"))
    mailbox = root.section(root.get("mailbox"), "mục 'mailbox'")
    has_mailbox = mailbox.choice("enabled", YES_NO, "có") == "có"
    mailbox.finish()
    email = _email(root.section(root.get("email"), "mục 'email'"), office)
    private = _private(root.section(root.get("outbound"), "mục 'outbound'"))
    zalo = read_zalo(root, private)
    root.finish()
    channels = Channels(office, has_mailbox, email, zalo, private)
    if not channels.names and not problems:
        root.report("no-channel", "không có kênh nào mở", "đặt 'enabled: có' cho mailbox hoặc email")
    return channels, problems


def notifiers_of(channels: Channels, mailbox: Path) -> dict[str, Notifier]:
    """Return a notifier for each open channel."""
    found: dict[str, Notifier] = {}
    if channels.mailbox:
        found["mailbox"] = MailboxNotifier(
            mailbox, _sender(channels.office, f"don-doc@{channels.office.domain}")
        )
    if channels.email:
        found["email"] = EmailNotifier(channels.email)
    return found


def _private(section: Section) -> frozenset[str]:
    hosts = frozenset(host.casefold() for host in section.texts("allow_private"))
    section.finish()
    return hosts


def _office(section: Section) -> OfficeNames:
    office = OfficeNames(
        section.text("name"), section.text("reply_to"), section.text("domain"), section.text("contact")
    )
    section.finish()
    return office


def _email(section: Section, office: OfficeNames) -> EmailSettings | None:
    is_open = section.choice("enabled", YES_NO, "không") == "có"
    password = section.text("password_file", "")
    authority = section.text("ca_file", "")
    settings = EmailSettings(
        host=section.text("host", ""),
        port=section.typed("port", _port, "một số từ 1 đến 65535", 587),
        sender=_sender(office, section.text("sender", "")),
        security=cast(
            Literal["none", "starttls", "tls"],
            section.choice("security", ("none", "starttls", "tls"), "starttls"),
        ),
        username=section.text("username", ""),
        password_file=Path(password) if password else None,
        envelope_from=section.text("envelope_from", ""),
        ca_file=Path(authority) if authority else None,
    )
    section.finish()
    if not is_open:
        return None
    for key, value in (("host", settings.host), ("sender", settings.sender.address)):
        if not value:
            section.report("missing-key", f"kênh email đã mở nhưng thiếu '{key}'", f"thêm dòng '{key}: …'")
    return settings


def _sender(office: OfficeNames, address: str) -> Sender:
    return Sender(f"Đôn đốc – {office.name}", address, office.reply_to, office.domain)


def _port(text: str) -> int | None:
    return int(text) if text.isdecimal() and 0 < int(text) < 65536 else None
