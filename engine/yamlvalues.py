"""Is what stands under a key the kind of word that it must be, and if not, which was meant?

Nothing is mended: what a person most likely meant is proposed beside the mistake.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping

from engine.yaml_words import unaccented
from engine.yamltext import Section

EXPECTED_EMAIL = "ghi dạng: dau-moi@co-quan.example"


def needed(section: Section, key: str) -> str:
    """Return the text under a key that must have one; reports a key left out, and one left empty."""
    text, node = section.text(key), section.get(key)
    if node is not None and isinstance(node.value, str) and not text:
        _report_empty(section, key, f"ghi giá trị sau '{key}:'")
    return text


def chosen(
    section: Section, key: str, allowed: Iterable[str], default: str, meant: Mapping[str, str] | None = None
) -> str:
    """Return the word under `key`, `default` when there is none; a key left empty is no choice."""
    known = tuple(allowed)
    node = section.get(key)
    if key in section.node.value and (node is None or node.value == ""):
        _report_empty(section, key, f"dùng được: {', '.join(known)}")
        return default
    if node is not None and not isinstance(node.value, str):
        single = node.value[0].value if isinstance(node.value, list) and len(node.value) == 1 else ""
        hint = f"chỉ ghi một từ; dùng được: {', '.join(known)}" + meaning(single, known.__contains__)
        section.report("not-text", f"'{key}' phải là một giá trị chữ", hint, node)
        return default
    return section.choice(key, known, default, meant)


def email(section: Section, key: str, is_needed: bool = False) -> str:
    """Return the address under `key`, "" when there is none or it would not survive a mail header."""
    written = needed(section, key) if is_needed else section.text(key, "")
    if not written or is_email(written):
        return written
    hint = EXPECTED_EMAIL + meaning(_bare_address(written), is_email)
    section.report("bad-email", f"'{written}' không phải địa chỉ thư điện tử", hint, section.get(key))
    return ""


def is_email(text: str) -> bool:
    """Whether `text` is an address every mail server takes: plain letters, a domain with a dot."""
    local, _, domain = text.rpartition("@")
    return bool(_LOCAL.fullmatch(local)) and is_domain(domain)


def is_domain(text: str) -> bool:
    """Whether `text` can be the name of a domain, two parts at least, the last of them no number."""
    return is_host_name(text) and "." in text and not text.rpartition(".")[2].isdecimal()


def is_host_name(text: str) -> bool:
    """Whether `text` is the name a machine is found by; one without a dot is found in its own network."""
    return len(text) <= 253 and all(_LABEL.fullmatch(label) for label in text.split("."))


def meaning(guess: str, is_sound: Callable[[str], bool]) -> str:
    """Return " — ý bạn là '…'?" for a guess that would be taken, "" for any other."""
    return f" — ý bạn là '{guess}'?" if is_sound(guess) else ""


def _bare_address(written: str) -> str:
    inner = re.search(r"<([^<>]*)>", written)
    bare = re.sub(r"^mailto:", "", inner[1] if inner else written, flags=re.I)
    bare = re.sub(r"[(\[]at[)\]]", "@", bare, flags=re.I)
    return unaccented(re.sub(r"\s*([@.])\s*", r"\1", bare).strip(" .,;<>\"'"))


def _report_empty(section: Section, key: str, hint: str) -> None:
    section.report("empty-value", f"'{key}' để trống", hint, section.node.keys.get(key))


_LOCAL = re.compile(r"[\w.+!#$%&'/=?^`{|}~-]{1,64}", re.ASCII)
_LABEL = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?")
