"""Does a document carry a state-secret marking, or a row speak of such material?

Secret papers may not be kept on a device joined to a network (Luật Bảo vệ bí mật
nhà nước 117/2025/QH15, Điều 5): a marked file is refused whole, a row about marked
papers is put before a person. Ordinary words (bảo mật, mật khẩu, mật độ) are no hits.
This lowers the risk; it does not replace the officer in charge of secrecy.
"""

from __future__ import annotations

import re

from intake.words import cleaned

_LEVELS = {"mật", "tốimật", "tuyệtmật", "tàiliệumật", "tàiliệutốimật", "tàiliệutuyệtmật"}
_FIELD = re.compile(r"^(?:(?:dấu)?(?:chỉ)?(?:mứcđộ|cấpđộ|độ)mật|mứcđộ|cấpđộ|độ)[:=-]")
_FIELD_LEVEL = re.compile(r"(?:tối|tuyệt)?mật(?!khẩu|độ|mã|thiết)")
_BESIDE_NUMBER = re.compile(r"Số\b.*/.*\s(?:TUYỆT MẬT|TỐI MẬT|MẬT)")
_COMPOUND = r"(?!\s+(?i:khẩu|độ|thiết|mã|ong|vụ|danh|thám|phục))"
_SPEAKS = re.compile(
    r"\b(?:tối|tuyệt)\s+mật\b|"
    r"\b(?:độ|cấp|dấu|văn bản|tài liệu|hồ sơ|công văn|thông tin|loại)\s+[\"“'‘(]?mật\b" + _COMPOUND,
    re.IGNORECASE,
)
_LETTER = re.compile("[ậẬ\u0302\u0323]")  # composed or not, every marking has this letter
_STAMP = re.compile(r"(?<!BẢO )(?<!BÍ )(?<!CƠ )\bMẬT\b" + _COMPOUND)


def is_marked(line: str) -> bool:
    """Return whether `line` is nothing but a secrecy marking, spaced letters included.

    A field ("Độ mật: Mật") and a stamp beside the number of the document are markings too;
    parts of a line that tabs or wide gaps divide are looked at one by one.
    """
    if not _LETTER.search(line):
        return False
    if _BESIDE_NUMBER.fullmatch(cleaned(line)):
        return True
    parts = {line, *re.split(r"\t| {4,}", line)}
    return any(_is_level(re.sub(r"[\s.()\[\]“”\"'*!<>|_]+", "", cleaned(part)).lower()) for part in parts)


def _is_level(word: str) -> bool:
    """Return whether small letters without blanks are a level, alone or behind the name of the field."""
    field = _FIELD.match(word)
    if field:
        return bool(_FIELD_LEVEL.match(word[field.end() :]))
    return word in _LEVELS


def speaks_of_secrets(text: str) -> bool:
    """Return whether `text` names a level of secrecy."""
    if not _LETTER.search(text):
        return False
    text = cleaned(text)
    return bool(_SPEAKS.search(text) or _STAMP.search(text))
