"""What may stand under a person and a leave in the people file, and what does it mean?"""

from __future__ import annotations

import re
from datetime import date, datetime, time

from engine.deputies import Away
from engine.model import HANOI, PostRole
from engine.rulebook import CHANNELS, each_channel
from engine.yaml_words import spelt
from engine.yamltext import Section
from engine.yamlvalues import email

FOREVER = datetime.max.replace(tzinfo=HANOI)
MOMENT = "2026-01-09, hoặc 2026-01-09 12:00"
SPAN = "20:30-07:00"
_ROLE_WORDS = {
    PostRole.CONTACT: (
        "đầu mối", "cán bộ đầu mối", "chuyên viên", "chuyên viên đầu mối", "liên hệ", "liên lạc",
    ),
    PostRole.HEAD: (
        "thủ trưởng", "người đứng đầu", "lãnh đạo", "lãnh đạo đơn vị", "giám đốc", "chánh văn phòng",
        "trưởng", "trưởng ban", "chủ tịch xã", "chủ tịch phường", "chủ tịch ubnd xã", "chủ tịch ubnd phường",
    ),
    PostRole.COORDINATOR: (
        "điều phối", "theo dõi", "đôn đốc", "theo dõi đôn đốc", "theo dõi, đôn đốc", "cơ quan theo dõi",
        "cơ quan điều phối", "phòng theo dõi",
    ),
    PostRole.CHAIRMAN: ("chủ tịch", "chủ tịch tỉnh", "chủ tịch ubnd", "chủ tịch ubnd tỉnh", "chairperson"),
    PostRole.DEPUTY: (
        "phó", "cấp phó", "phó giám đốc", "phó thủ trưởng", "phó chủ tịch", "phó chánh văn phòng",
    ),
}  # fmt: skip
ROLE_WORDS = spelt({word: str(role) for role, words in _ROLE_WORDS.items() for word in (role, *words)})


def addresses_of(person: Section, post: str) -> dict[str, str]:
    """Return where a person is reached by what the file says, by channel."""
    found = {"email": email(person, "email"), "zalo_zbs": _phone(person), "mailbox": post}
    return {channel: address for channel, address in found.items() if address}


def prefers_of(person: Section, addresses: dict[str, str]) -> tuple[str, ...]:
    """Return the channels a person wants tried first, families as their members."""
    written = person.texts("prefers")
    for node in person.items("prefers"):
        if isinstance(node.value, str) and node.value.strip() not in CHANNELS:
            person.report_unknown("bad-value", "prefers", node.value.strip(), CHANNELS, node)
    prefers = each_channel(name for name in written if name in CHANNELS)
    if prefers == ("telegram",) and not addresses.keys() - {"mailbox"}:
        message = "chỉ ghi telegram mà không có kênh nào khác tới người này"
        hint = "ghi thêm email hoặc phone; Telegram có thể bị chặn bất cứ lúc nào"
        person.report("telegram-alone", message, hint, person.get("prefers"))
    return prefers


def quiet_of(person: Section) -> tuple[tuple[time, time], ...]:
    """Return the hours in which a person wants nothing; they may run past midnight."""
    found = []
    person.texts("quiet")  # reports what is no text
    for node in (item for item in person.items("quiet") if isinstance(item.value, str)):
        text = node.value.strip()
        span = _SPAN.fullmatch(text)
        begins, ends = (time.fromisoformat(hour) for hour in span.groups()) if span else (time(), time())
        if begins == ends:
            hint = f"ghi dạng: {SPAN} (từ giờ – đến giờ, có thể qua nửa đêm)"
            person.report("bad-value", f"'quiet' không nhận giá trị '{text}'", hint, node)
        else:
            found.append((begins, ends))
    return tuple(found)


def away_of(section: Section) -> Away | None:
    """Return one leave; None when it cannot be told from when until when, or nobody is named."""
    since = section.typed("from", lambda text: _moment(text, time.min), MOMENT, None)
    until = section.typed("to", lambda text: _moment(text, time.max), MOMENT, FOREVER)
    deputies, document = section.texts("deputy"), section.text("document", "")
    for key in ("from", "deputy"):
        if section.get(key) is None:
            section.text(key)  # reports the missing key
    section.finish()
    if since is not None and until is not None and until < since:
        section.report("bad-dates", "'to' sớm hơn 'from'", "sửa một trong hai mốc", section.get("to"))
        return None
    return Away(since, until, deputies, document) if since and until and deputies else None


def mobile(written: str) -> str:
    """Return a mobile number as Zalo has it, 84…, "" when it is none."""
    digits = re.sub(r"^(\+|00)", "", re.sub(r"[\s.()\-]", "", written))
    digits = re.sub(r"^(840|0)", "84", digits)
    return digits if _MOBILE.fullmatch(digits) else ""


def _phone(person: Section) -> str:
    """Return a mobile number as Zalo has it, 84…, "" when there is none."""
    written = person.text("phone", "")
    digits = mobile(written)
    if written and not digits:
        hint = "ghi số di động Việt Nam, dạng: 0912 345 678 hoặc +84 912 345 678"
        person.report("bad-phone", f"'{written}' không phải số di động", hint, person.get("phone"))
        return ""
    return digits


def _moment(text: str, of_day: time) -> datetime | None:
    """Return a moment as written, or the given time of a day; None when it is neither."""
    found = _DAY_AND_HOUR.fullmatch(text)
    if found is None:
        return None
    day = date.fromisoformat(found[1])
    return datetime.combine(day, time.fromisoformat(found[2]) if found[2] else of_day, tzinfo=HANOI)


_MOBILE = re.compile(r"84[35789][0-9]{8}")
_HOUR = r"((?:[01][0-9]|2[0-3]):[0-5][0-9])"
_SPAN = re.compile(rf"{_HOUR} ?[-–] ?{_HOUR}")
_DAY_AND_HOUR = re.compile(rf"(\d{{4}}-\d{{2}}-\d{{2}})(?:[ T]+{_HOUR})?", re.ASCII)
