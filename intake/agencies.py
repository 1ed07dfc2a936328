"""Who leads and who helps, when one cell names both?

Many annexes have a single column for agencies and say the roles in words. Only what the
words say is parted; a cell without roles stays as it is, and no name is changed.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

MAX_CELL = 2000
_OFFICE = r"(?:(?:các\s+)?(?:cơ\s+quan|đơn\s+vị)\s+)?"
_DOING = r"(?:\s+(?:tham\s+mưu|thực\s+hiện|chính))*"
_LABEL = re.compile(
    rf"(?:^|(?<=[\s;,.]))[-–+•*]?\s*{_OFFICE}"
    r"(chủ\s+trì|phối\s+hợp|đầu\s+mối|tham\s+mưu|thực\s+hiện|tham\s+gia|CT|PH)"
    r"(?:\s+thực\s+hiện|\s+tham\s+mưu)*\s*:\s*",
    re.IGNORECASE,
)
_MARK = re.compile(
    rf"\s*\(\s*(?:là\s+)?{_OFFICE}(chủ\s+trì|phối\s+hợp|CT\b|PH\b)[^()]{{0,40}}\)\s*", re.IGNORECASE
)
_TOGETHER = re.compile(
    rf"(?:giao\s+)?(?P<lead>\S.*?)\s+(?:là\s+)?{_OFFICE}chủ\s+trì{_DOING}\s*[,;]?\s*(?:và\s+)?"
    rf"phối\s+hợp(?:\s+thực\s+hiện)?(?:\s+(?:với|cùng))?(?:\s+(?P<supporting>.*))?",
    re.IGNORECASE,
)
_EACH = re.compile(
    rf"(?P<lead>\S[^;,]*?)\s+chủ\s+trì{_DOING}\s*[,;.]\s*(?P<supporting>.*?)\s+phối\s+hợp(?:\s+thực\s+hiện)?",
    re.IGNORECASE,
)
_BEFORE = re.compile(
    r"chủ\s+trì\s+(?P<lead>(?!,)[^;]*?)\s*[,;]\s*(?:và\s+)?phối\s+hợp(?:\s+(?:với|cùng))?\s+(?P<supporting>.*)",
    re.IGNORECASE,
)
_WITH = re.compile(
    r"(?P<lead>[^;]*?\S)\s*[,;]?\s+phối\s+hợp\s+(?:với|cùng)\s+(?P<supporting>.*)", re.IGNORECASE
)
_ROLE = re.compile(
    r"chủ\s+trì|phối\s+hợp|(?:đầu\s+mối|tham\s+mưu|thực\s+hiện|tham\s+gia|\b(?:CT|PH))\s*:|\((?:CT|PH)\)",
    re.IGNORECASE,
)
_HELPS = re.compile(r"phối|tham\s+gia|ph\b", re.IGNORECASE)
_EDGES = " \t\n,;.:-–+•*"


def split_roles(cell: str) -> tuple[str, str]:
    """Return the words for the lead and for those who support it.

    The whole cell is the lead when it does not say who has which role.
    """
    if len(cell) > MAX_CELL or not _ROLE.search(cell):
        return cell, ""
    return _labelled(cell) or _marked(cell) or _told(cell) or (cell, "")


def _labelled(cell: str) -> tuple[str, str] | None:
    """Read "Chủ trì: Sở A; Phối hợp: Sở B"; what stands before the first label leads."""
    labels = list(_LABEL.finditer(cell))
    if not labels:
        return None
    before = _bare(cell[: labels[0].start()])
    if before and _is_lead(labels[0][1]):
        return None
    ends = [*(label.start() for label in labels[1:]), len(cell)]
    parts = [(label[1], cell[label.end() : end]) for label, end in zip(labels, ends, strict=True)]
    return _by_role([("chủ trì", before), *parts])


def _marked(cell: str) -> tuple[str, str] | None:
    """Read "Sở A (chủ trì), Sở B (phối hợp)"; a name without a role after the lead supports it."""
    marks = list(_MARK.finditer(cell))
    if not marks:
        return None
    starts = [0, *(mark.end() for mark in marks)]
    parts = [(mark[1], cell[start : mark.start()]) for mark, start in zip(marks, starts, strict=False)]
    lead, supporting = _by_role([*parts, ("phối hợp", cell[starts[-1] :])])
    return (lead, supporting) if lead else None


def _told(cell: str) -> tuple[str, str] | None:
    """Read "Sở A chủ trì, phối hợp với Sở B", in the order people write it."""
    text = _bare(cell)
    for form in (_TOGETHER, _EACH, _BEFORE, _WITH):
        told = form.fullmatch(text)
        if told:
            return _bare(told["lead"]), _bare(told["supporting"] or "")
    return None


def _by_role(parts: Sequence[tuple[str, str]]) -> tuple[str, str]:
    lead = "; ".join(bare for role, words in parts if _is_lead(role) and (bare := _bare(words)))
    supporting = "; ".join(bare for role, words in parts if not _is_lead(role) and (bare := _bare(words)))
    return lead, supporting


def _is_lead(role: str) -> bool:
    return not _HELPS.match(role)


def _bare(words: str) -> str:
    """Return words without the separators around them; a closing bracket stays."""
    return re.sub(r"^(?:và|cùng)\s+", "", words.strip(_EDGES)).strip(_EDGES)
