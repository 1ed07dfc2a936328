"""What does channels.yml say about e-mail: the server, the sender, and where bounces come back?"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal, cast

from engine.yamltext import Section
from engine.yamlvalues import chosen, email
from notifiers.letters import OfficeNames
from notifiers.mime import Sender
from notifiers.smtp import EmailSettings
from usecases.channels_values import YES_NO_WORDS, domain, host, is_yes

SECURITY = ("none", "starttls", "tls")
SECURITY_WORDS = {
    **{word: "none" for word, value in YES_NO_WORDS.items() if value == "không"},
    **dict.fromkeys(("ssl", "ssl/tls", "smtps", "implicit", "implicit tls", "tls"), "tls"),
    **dict.fromkeys(("starttls", "start-tls", "start_tls", "start tls"), "starttls"),
    **dict.fromkeys(("none", "plain", "clear"), "none"),
}
MOST_CONNECTIONS = 20


@dataclass(frozen=True, slots=True)
class BouncesConfig:
    """Where mails that came back arrive; without a domain nothing is signed and nothing is read."""

    domain: str = ""
    folder: Path | None = None


def read_email(section: Section, office: OfficeNames) -> tuple[EmailSettings | None, BouncesConfig]:
    """Return the settings of e-mail, None for the closed channel, and where its bounces arrive."""
    is_open = is_yes(section, "enabled")
    settings = EmailSettings(
        host=host(section, "host"),
        port=section.typed("port", _port, "một số từ 1 đến 65535", 587),
        sender=sender_of(office, email(section, "sender")),
        security=cast(
            Literal["none", "starttls", "tls"],
            chosen(section, "security", SECURITY, "starttls", SECURITY_WORDS),
        ),
        username=section.text("username", ""),
        password_file=_file(section, "password_file"),
        envelope_from=email(section, "envelope_from"),
        ca_file=_file(section, "ca_file"),
        connections=section.typed("connections", _connections, f"một số từ 1 đến {MOST_CONNECTIONS}", 4),
    )
    bounces = BouncesConfig(
        domain(section, "bounce_domain"),
        _file(section, "bounces_folder"),
    )
    section.finish()
    if bounces.folder and not bounces.domain:
        words = "có 'bounces_folder' mà thiếu 'bounce_domain': không biết thư báo lỗi nói về thư nào"
        section.report("missing-key", words, "thêm dòng 'bounce_domain: …'", section.get("bounces_folder"))
    for key in ("host", "sender") if is_open else ():
        if not section.text(key, ""):
            section.report("missing-key", f"kênh email đã mở nhưng thiếu '{key}'", f"thêm dòng '{key}: …'")
    return settings if is_open else None, bounces


def sender_of(office: OfficeNames, address: str) -> Sender:
    """Return in whose name letters go out from `address`."""
    return Sender(f"Đôn đốc – {office.name}", address, office.reply_to, office.domain)


def _file(section: Section, key: str) -> Path | None:
    named = section.text(key, "")
    return Path(named) if named else None


def _port(text: str) -> int | None:
    return int(text) if text.isdecimal() and 0 < int(text) < 65536 else None


def _connections(text: str) -> int | None:
    return int(text) if text.isdecimal() and 0 < int(text) <= MOST_CONNECTIONS else None
