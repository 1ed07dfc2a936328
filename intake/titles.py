"""How is a task of three hundred letters named in one line?

A title offers the opening of the text, cut where a reader would pause. It is a handle
for people, decided once by rule, so the same text always bears the same title.
"""

from __future__ import annotations

import re

from intake.words import cleaned

MAX_TITLE = 90
MIN_SENTENCE = 35  # shorter than this, the opening says too little to stand alone
MIN_CLAUSE = 55  # a comma may only part the items of a list
_PAUSE = re.compile(r"[.;:](?=\s)|\s[-–](?=\s)|\s\(")
_TAIL = " ,;:.-–("
_DANGLING = re.compile(
    r"(?:\s(?:và|hoặc|của|cho|các|những|với|theo|trong|tại|từ|đến|về|để|là|bằng|trên|việc|có|được|một|ngày))+$",
    re.IGNORECASE,
)


def short_title(text: str) -> str:
    """Return at most 90 letters of `text`, ending at a sentence, a clause or a word; "…" only when cut."""
    whole = cleaned(text).rstrip(_TAIL)
    if len(whole) <= MAX_TITLE:
        return whole
    return f"{_within(whole, MAX_TITLE - 1)}…"


def _within(text: str, limit: int) -> str:
    """Return `text` cut to `limit` letters at the last pause that leaves enough, else at a word."""
    head = text[: limit + 1]
    pauses = [pause.start() for pause in _PAUSE.finditer(head) if pause.start() >= MIN_SENTENCE]
    commas = [comma.start() for comma in re.finditer(r",\s", head) if comma.start() >= MIN_CLAUSE]
    at = max(pauses) if pauses else max(commas, default=0)
    kept = head[:at] if at else head.rpartition(" ")[0] or text[:limit]
    return (_DANGLING.sub("", kept.rstrip(_TAIL)) or kept).rstrip(_TAIL)
