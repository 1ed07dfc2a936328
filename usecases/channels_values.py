"""Are the servers, domains and yes-or-no words of channels.yml what they should be?

A mistake is told with what was most likely meant: people paste addresses of pages where a name
of a server belongs, and write yes where the file says "có".
"""

from __future__ import annotations

import ipaddress
import re

from engine.yaml_words import spelt, unaccented
from engine.yamltext import Node, Section
from engine.yamlvalues import chosen, is_domain, is_host_name, meaning, needed

YES_NO = ("có", "không")
_MEANT = {
    **dict.fromkeys(("true", "yes", "y", "on", "1", "enabled", "bật", "mở", "đúng", "có"), "có"),
    **dict.fromkeys(("false", "no", "n", "off", "0", "disabled", "tắt", "đóng", "sai", "không"), "không"),
}
YES_NO_WORDS = spelt(_MEANT) | {"ko": "không"}


def is_yes(section: Section, key: str, default: str = "không") -> bool:
    """Return whether a key says "có"."""
    return chosen(section, key, YES_NO, default, YES_NO_WORDS) == "có"


def host(section: Section, key: str) -> str:
    """Return the server under `key`, "" when none is named or it is more than a name."""
    written = section.text(key, "")
    if not written or is_host(written):
        return written
    report_host(section, key, written, section.get(key))
    return ""


def is_host(text: str) -> bool:
    """Whether `text` is the name of a machine or its address in numbers, and nothing besides."""
    if not re.fullmatch(r"[\d.]+|[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*", text):
        return is_host_name(text)
    try:
        return bool(ipaddress.ip_address(text))
    except ValueError:
        return False


def report_host(section: Section, key: str, written: str, node: Node | None) -> None:
    """Report what is no server, with the name that stands in it."""
    hint = "chỉ ghi tên máy chủ hoặc địa chỉ IP, không kèm giao thức, cổng hay đường dẫn"
    message = f"'{key}' không nhận giá trị '{written}'"
    section.report("bad-host", message, hint + meaning(name_in(written), is_host), node)


def domain(section: Section, key: str, is_needed: bool = False) -> str:
    """Return the domain under `key` in small letters, "" when none is named or it cannot be one."""
    written = needed(section, key) if is_needed else section.text(key, "")
    if not written or is_domain(written):
        return written.lower()
    hint = "ghi một tên miền, ví dụ tinh.example" + meaning(name_in(written), is_domain)
    section.report("bad-domain", f"'{key}' không nhận giá trị '{written}'", hint, section.get(key))
    return ""


def name_in(written: str) -> str:
    """Return the bare name in the address of a page, a mailbox or a server with its port."""
    bare = re.sub(r"^[A-Za-z][\w+.-]*://|^(mailto|https?|smtps?):(?=\D)|^/+", "", unaccented(written.strip()))
    bare = re.split(r"[/?#]", bare, maxsplit=1)[0].rpartition("@")[2]
    bare = re.sub(r"\s*\.\s*", ".", re.sub(r":\d*$", "", bare))
    return bare.strip(" .*<>[]")
