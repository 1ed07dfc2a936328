"""How does a deadline enter the reader's own calendar?

One all-day entry per deadline in force (RFC 5545): the same UID for good, a SEQUENCE that
grows with every extension, no alarm, since reminding is our work and not the calendar's.
Written by hand because the usual library takes half a millisecond an entry.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta

from notifiers.base import IcsPart

_ESCAPES = str.maketrans({"\\": r"\\", ";": r"\;", ",": r"\,", "\n": r"\n"})


def as_calendar(parts: Sequence[IcsPart], at: datetime) -> bytes:
    """Return one calendar with an entry for each part; `at` is the moment of the letter."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Don doc//Nhac viec//VI", "METHOD:PUBLISH"]
    stamp = f"DTSTAMP:{at.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    for part in parts:
        lines += _entry(part, stamp)
    lines.append("END:VCALENDAR")
    return b"".join(_folded(line) for line in lines)


def _entry(part: IcsPart, stamp: str) -> Iterable[str]:
    return (
        "BEGIN:VEVENT",
        f"UID:{part.uid}",
        stamp,
        f"DTSTART;VALUE=DATE:{_digits(part.due_on)}",
        f"DTEND;VALUE=DATE:{_digits(part.due_on + timedelta(days=1))}",
        f"SEQUENCE:{part.sequence}",
        f"SUMMARY:{_escaped(part.summary)}",
        f"DESCRIPTION:{_escaped(part.description)}",
        "TRANSP:TRANSPARENT",
        "END:VEVENT",
    )


def _escaped(text: str) -> str:
    return text.translate(_ESCAPES)


def _digits(day: date) -> str:
    return day.isoformat().replace("-", "")


def _folded(line: str) -> bytes:
    """Return `line` in pieces of at most 75 octets, never cutting a character."""
    octets, pieces, room = line.encode(), [], 75
    while len(octets) > room:
        cut = room
        while octets[cut] & 0xC0 == 0x80:  # inside a character
            cut -= 1
        pieces.append(octets[:cut])
        octets, room = octets[cut:], 74  # the blank that opens a folded line counts
    return b"\r\n ".join([*pieces, octets]) + b"\r\n"
