"""What does channels.yml say about limits, and about whom may be written to while on trial?"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches

from engine.model import PostRole, Recipient
from engine.people_fields import ROLE_WORDS, mobile
from engine.problems import Problem
from engine.yamltext import Node, Section, open_section
from engine.yamlvalues import is_domain, is_email
from usecases.channels_values import is_yes, name_in

PER_TICK, PER_PERSON, PER_DAY = 10_000, 50, 20_000
STORM_FACTOR = 3
MOST = 1_000_000


@dataclass(frozen=True, slots=True)
class Guards:
    """The limits of sending; `allow` names addresses, "@domain"s and posts, and counts on trial only."""

    in_trial: bool = False
    allow: frozenset[str] = frozenset()
    per_tick: int = PER_TICK
    per_person_per_day: int = PER_PERSON
    per_day: int = PER_DAY
    storm_factor: int = STORM_FACTOR
    storm_least: int = 0  # 0: by the number of contacts in people.yml

    def may_write_to(self, recipient: Recipient, channel: str) -> bool:
        """Return whether a person may get something through a channel."""
        if not self.in_trial:
            return True
        address = recipient.addresses.get(channel, "").casefold()
        domain = f"@{address.rpartition('@')[2]}" if "@" in address else ""
        return bool(self.allow & ({recipient.post.casefold(), address, domain} - {""}))


def read_guards(root: Section) -> Guards:
    """Return the limits of the file that `root` has open."""
    trial = root.section(root.get("trial"), "mục 'trial'")
    in_trial = is_yes(trial, "enabled")
    allow = frozenset(name.casefold() for name in trial.texts("allow"))
    for node in trial.items("allow"):
        _judge_form(trial, node)
    trial.finish()
    section = root.section(root.get("guards"), "mục 'guards'")
    guards = Guards(
        in_trial,
        allow,
        _number(section, "per_tick", PER_TICK),
        _number(section, "per_person_per_day", PER_PERSON),
        _number(section, "per_day", PER_DAY),
        _number(section, "storm_factor", STORM_FACTOR),
        _number(section, "storm_least", 0),
    )
    section.finish()
    return guards


def unknown_posts(text: str, source: str, posts: Iterable[str]) -> list[Problem]:
    """Return a problem for each post on the list of the trial that stands in no people file."""
    root, problems = open_section(text, source, "tệp kênh gửi")
    trial = root.section(root.get("trial"), "mục 'trial'")
    known = {post.casefold(): post for post in posts}
    problems.clear()  # told by who reads the whole file
    for node in trial.items("allow"):
        written = node.value.strip() if isinstance(node.value, str) else ""
        if _is_post(written) and written.casefold() not in known:
            near = get_close_matches(written.casefold(), known, n=1, cutoff=0.6)
            hint = "ghi một vị trí có trong people.yml" + (f" — ý bạn là '{known[near[0]]}'?" if near else "")
            trial.report("unknown-post", f"danh bạ không có vị trí '{written}'", hint, node)
    return problems


def _judge_form(trial: Section, node: Node) -> None:
    """Report an entry that can be no post, no address of any channel and no domain: it lets nobody in."""
    written = node.value.strip() if isinstance(node.value, str) else None
    if written is None or _is_post(written) or _is_address(written):
        return
    meant = _meant(written)
    hint = f"ghi {_ENTRY}" + (f" — ý bạn là '{meant}'?" if meant else "")
    trial.report("bad-allow", f"'allow' không nhận giá trị '{written}'", hint, node)


def _is_post(written: str) -> bool:
    unit, _, role = written.partition("/")
    return bool(unit.strip()) and role.casefold() in set(PostRole)


def _is_address(written: str) -> bool:
    """Whether this may be an address: a mail address, a whole domain, a mobile number, an id in a chat."""
    if "@" in written:
        return is_domain(written[1:]) if written.startswith("@") else is_email(written)
    return bool(_CHAT.fullmatch(written)) and (not mobile(written) or mobile(written) == written)


def _meant(written: str) -> str:
    """Return what an entry was most likely meant to be, "" when that cannot be told."""
    unit, slash, role = written.partition("/")
    if slash:
        word = ROLE_WORDS.get(role.strip().casefold(), "")
        near = [word] if word else get_close_matches(role.strip().casefold(), list(PostRole), n=1)
        return f"{unit.strip()}/{near[0]}" if near and unit.strip() else ""
    if mobile(written) or _UNIT_CODE.fullmatch(written):
        return mobile(written) or f"{written}/{PostRole.CONTACT}"
    name = name_in(written)
    return f"@{name}" if is_domain(name) else ""


_ENTRY = "một vị trí (SYT/contact), một địa chỉ (số điện thoại ghi 84…), hoặc tên miền viết “@tinh.example”"
_CHAT = re.compile(r"(?:uid:)?-?(?=[\w:-]*\d)[\w:-]{6,}", re.ASCII)  # longer than the code of a commune
_UNIT_CODE = re.compile(r"[A-Z][A-Z0-9-]+|\d{5}")


def _number(section: Section, key: str, default: int) -> int:
    return section.typed(key, _positive, f"một số từ 1 đến {MOST}", default)


def _positive(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and 0 < int(text) <= MOST else None
