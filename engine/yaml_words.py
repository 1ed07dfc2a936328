"""Which word of the files did a person mean by the one they wrote?

People write Vietnamese, forget a letter, or name a thing as another product does. Nothing
is mended here: what was probably meant is proposed beside the mistake.
"""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Mapping, Sequence


def advice_on_word(written: str, known: Sequence[str], meant: str = "") -> str:
    """Return the words that may stand here, and which of them was probably meant."""
    near = meant or _nearest(written, known)
    listed = "dùng được: " + (", ".join(known) or "chưa có gì")
    asked = f"{listed} — ý bạn là '{near}'?" if near else listed
    hidden = _look_alike(written)
    return f"{asked}{' ' if near else '; '}{hidden}" if hidden else asked


def value_meant(written: str, known: Sequence[str], called: Mapping[str, str]) -> str:
    """Return the value of `known` that a person means by `written`; `called` are other words for some."""
    plain = _plain(written)
    same = next((value for value in known if _plain(value) == plain), "")
    return same or next((value for word, value in called.items() if _plain(word) == plain), "")


def key_meant(written: str, known: Sequence[str]) -> str:
    """Return the key of `known` that a person means by `written`, "" when none is near."""
    plain = _plain(written)
    same = next((key for key in known if _plain(key) == plain), "")
    named = next((key for key in _KEYS.get(plain, ()) if key in known), "")
    return same or named or _nearest(written, known) or _nearest(plain.replace(" ", "_"), known)


def unaccented(text: str) -> str:
    """Return Vietnamese words in the letters of ASCII; only to guess what was meant."""
    parted = unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "D"))
    return "".join(sign for sign in parted if not unicodedata.combining(sign))


def spelt(words: Mapping[str, str]) -> dict[str, str]:
    """Return the same words, and each without its diacritics and with its blanks as "-" and "_"."""
    found = dict(words)
    for word, value in words.items():
        for one in (word, unaccented(word)):
            found |= {one.replace(" ", sign): value for sign in " -_"}
    return found


def _nearest(written: str, known: Sequence[str]) -> str:
    return next(iter(difflib.get_close_matches(written, known, n=1, cutoff=0.6)), "")


def _plain(word: str) -> str:
    return " ".join(unaccented(word.casefold()).replace("-", " ").replace("_", " ").split())


def _look_alike(written: str) -> str:
    """Return a warning of the first sign that is not seen, or is a letter of another alphabet."""
    for place, sign in enumerate(written, start=1):
        name = unicodedata.name(sign, "")
        is_foreign = (sign.isalpha() and not name.startswith("LATIN")) or (sign.isspace() and sign != " ")
        if is_foreign or name.startswith("FULLWIDTH") or unicodedata.category(sign) == "Cf":
            return f"ký tự thứ {place} (U+{ord(sign):04X}) không phải ký tự thường dùng: xóa rồi gõ lại"
    return ""


# What people call a key; the first that the place takes is proposed.
_CALLED = {
    "before": ("truoc", "truoc han", "before due", "days before", "before working days"),
    "on": ("dung han", "den han", "ngay het han", "vao", "ngay nhan", "weekday", "weekdays", "due"),
    "after": ("sau", "sau han", "qua han", "after due", "days after", "after working days"),
    "at": ("gio", "luc", "hour", "time", "gio gui", "vao luc"),
    "level": ("cap", "cap nhan tin", "nguoi nhan", "gui", "audience"),
    "to": ("gui", "gui den", "gui toi", "nguoi nhan", "cap", "level", "audience", "post", "den ngay", "den"),
    "via": ("kenh", "qua", "kenh gui", "qua kenh", "channel", "channels", "by"),
    "template": ("mau", "mau tin", "loi rieng"),
    "repeat": ("lap", "lap lai", "nhac lai"),
    "every": ("moi", "sau moi", "interval", "cach"),
    "times": ("so lan", "lan", "count", "max"),
    "until": ("den khi", "dung khi", "cho den khi", "stop", "stop when"),
    "unless": ("tru khi", "dung khi", "stop", "stop when", "until", "stop condition", "khong nhac khi"),
    "warn": ("bao truoc", "canh bao"),
    "steps": ("bac", "cac bac", "levels", "ladder"),
    "policy": ("chinh sach", "use", "then", "apply"),
    "policies": ("chinh sach", "cac chinh sach"),
    "when": ("khi", "dieu kien", "if", "match", "where"),
    "rules": ("quy tac", "cac quy tac"),
    "priority": ("uu tien", "thu tu", "muc uu tien", "order", "weight"),
    "unit": ("don vi", "co quan", "ma don vi", "agency"),
    "unit_kind": ("loai don vi", "loai co quan", "kind", "unit type"),
    "deadline_kind": ("loai thoi han", "loai han", "deadline type", "thoi han"),
    "plan": ("ke hoach", "ma ke hoach", "document"),
    "duty": ("dinh ky", "viec dinh ky", "recurring"),
    "number": ("so", "so thu tu", "stt"),
    "words": ("tu", "tu khoa", "chua", "noi dung", "text", "contains", "keyword", "keywords", "title"),
    "tag": ("nhan", "the", "label", "labels"),
    "sending": ("gio gui", "khung gio gui", "quiet", "quiet hours", "gio yen lang", "gio yen tinh"),
    "hours": ("gio", "khung gio", "from", "tu", "spans"),
    "limits": ("gioi han", "muc moi ngay", "han muc", "budget", "budgets", "daily budget"),
    "tasks_per_day": ("moi ngay", "per day", "max", "so viec", "so nhiem vu", "limit", "budget"),
    "digests": ("tong hop", "tin tong hop"),
    "duties": ("viec dinh ky", "dinh ky", "recurring"),
    "open_before": ("mo truoc", "lead", "lead time", "lead times", "before", "truoc"),
    "report": ("bao cao", "thresholds", "nguong", "nguong bao cao"),
    "red_zone": ("vung do",),
    "ageing": ("aging", "moc qua han", "tuoi no", "bins"),
    "id": ("ma", "key"),
    "name": ("ten", "ho ten", "ho va ten", "full name"),
    "title": ("chuc vu", "chuc danh"),
    "role": ("vai tro", "vi tri"),
    "person": ("nguoi", "nguoi giu", "nguoi giu vi tri", "can bo"),
    "phone": ("dien thoai", "so dien thoai", "di dong", "mobile", "sdt"),
    "email": ("thu dien tu", "dia chi thu", "mail", "e mail"),
    "prefers": ("uu tien", "kenh uu tien", "kenh"),
    "away": ("vang", "vang mat", "nghi phep"),
    "deputy": ("nguoi thay", "thay"),
    "from": ("tu", "tu ngay", "since"),
    "posts": ("vi tri", "cac vi tri", "danh ba", "contacts", "people"),
    "code": ("ma", "ma don vi"),
    "kind": ("loai",),
    "aliases": ("ten khac", "cach viet", "viet tat"),
    "units": ("don vi", "cac don vi", "co quan"),
    "tests": ("phep thu", "cac phep thu"),
    "task": ("nhiem vu", "viec"),
    "facts": ("su viec", "cac su viec", "da xay ra", "events"),
    "expect": ("mong doi", "tin mong doi", "tin phai gui", "expected", "expects"),
    "expect_none": ("khong mong doi", "khong gui", "khong duoc gui", "expected none"),
    "only": ("chi", "chi co"),
    "vacant": ("trong", "khuyet", "vi tri trong"),
    "outage": ("dung may", "mat dien", "dich vu dung"),
    "deadline": ("han", "thoi han", "due"),
    "issued": ("ban hanh", "ngay ban hanh", "issued on"),
    "assigned": ("giao", "ngay giao", "assigned on"),
    "supporting": ("phoi hop", "don vi phoi hop"),
    "copies": ("so ban", "ban sao"),
    "what": ("viec gi", "su viec", "kind", "type"),
    "step": ("bac", "buoc"),
    "tasks": ("so viec", "so nhiem vu"),
    "day": ("ngay", "date"),
    "document": ("van ban", "can cu", "so van ban"),
    "note": ("ghi chu",),
    "year": ("nam",),
    "status": ("trang thai", "tinh trang"),
    "days_off": ("ngay nghi", "nghi", "holidays", "nghi le", "off days"),
    "working_days": ("lam bu", "ngay lam bu", "ngay lam viec", "makeup days", "make up days"),
    "enabled": ("bat", "mo", "on", "enable"),
}  # fmt: skip
_KEYS: dict[str, tuple[str, ...]] = {
    word: tuple(key for key, others in _CALLED.items() if word in others)
    for words in _CALLED.values()
    for word in words
}
